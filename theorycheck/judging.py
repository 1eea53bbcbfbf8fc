"""The line from a claim to its verdict, readable from top to bottom.

    claim ── plan ──► checks ── run ──► evidence ── conclude ──► verdict

A check is one thing to do (a link of a derivation, the hunt, …); the pytest plugin makes each of them a
test item.
`conclude` is the only place where a status is chosen, and it sees nothing but the evidence.
"""

from __future__ import annotations

import functools
import importlib.metadata
import platform
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from theorycheck import __version__
from theorycheck.errors import ClaimError, FormulaError, TheorycheckError
from theorycheck.settings import Settings
from theorycheck.statement.claims import Claim, Experiment, Granted
from theorycheck.statement.verdicts import Counterexample, Evidence, ProofGap, Sharpness, Verdict

if TYPE_CHECKING:
    from theorycheck.derivations.links import Derivation, Link


@dataclass(frozen=True)
class Finding:
    """What one check came back with."""

    evidence: Evidence
    proof_gap: ProofGap | None = None
    sharpness: Sharpness | None = None
    counterexample: Counterexample | None = None


@dataclass(frozen=True)
class Check:
    """One thing to do for a claim; `run` returns what came out and never decides the status."""

    name: str
    run: Callable[[], Finding]


VerdictOf = Callable[[Claim], Verdict]
"""How an entry with readings comes by the verdict of one of them."""


def check(claim: Claim, *, backend: str = "numpy", budget: str = "standard", seed: int = 0) -> Verdict:
    """Judge a claim exactly as it is written.

    Parameters
    ----------
    claim : Claim
    backend : {"numpy", "cupy"}
        Where the hunt evaluates its batches; certificates always use balls on the CPU.
    budget : {"quick", "standard", "thorough"}
        How much work may be done, see `theorycheck.settings.BUDGETS`.
    seed : int
        Seed of every random stream.

    Returns
    -------
    Verdict
        Depends on the claim and these arguments alone, but for its timings.

    Raises
    ------
    TheorycheckError
        If the claim cannot be checked: see the classes in `theorycheck.errors`.
    """
    return judge(claim, Settings(backend, budget, seed))


def judge(claim: Claim, settings: Settings, verdict_of: VerdictOf | None = None) -> Verdict:
    """As `check`; `verdict_of` hands in the verdicts of readings that were judged already."""
    start = time.perf_counter()
    try:
        findings = [run_check(item, claim) for item in plan(claim, settings, verdict_of)]
        return conclude(claim, settings, findings, time.perf_counter() - start)
    except TheorycheckError as error:
        raise _named(error, claim) from error
    except Exception as error:
        raise ClaimError(f"{claim.id}: the check fails with {_where_and_what(error, claim)}") from error


def plan(claim: Claim, settings: Settings, verdict_of: VerdictOf | None = None) -> tuple[Check, ...]:
    """List the checks of a claim, in the order in which they are run."""
    checks: list[Check] = []
    if claim.implements:
        checks.append(Check("implementation", lambda: _implementation(claim)))
    for reading in claim.readings:
        checks.append(
            Check(f"reading {reading.label}", functools.partial(_reading, reading, settings, verdict_of))
        )
    if claim.refutation is not None:
        checks += _link_checks(claim, "contrary", "contrary link", _built(claim, "contrary"))
        if claim.refutation.sides is not None:
            checks.append(Check("demonstration", lambda: _demonstration(claim, settings)))
    if claim.derivation is not None:
        derivation = _built(claim, "derivation")
        checks += _link_checks(claim, "derivation", "link", derivation)
        checks.append(Check("conclusion", lambda: _conclusion(claim, derivation)))
    if claim.printed_proof is not None:
        checks += _link_checks(
            claim, "printed proof", "printed link", _built(claim, "printed proof"), settings
        )
    if claim.sides is not None:
        checks.append(Check("hunt", lambda: _hunt(claim, settings)))
        if claim.derivation is None:
            checks.append(Check("direct proof", lambda: _direct_proof(claim, settings)))
    for experiment in claim.experiments:
        name = f"experiment {experiment.name}"
        checks.append(Check(name, functools.partial(_experiment, claim, experiment, settings)))
    return tuple(checks)


def run_check(item: Check, claim: Claim) -> Finding:
    """Do one thing, timed; an exception of the user's formula becomes a `FormulaError` that names the claim.

    Raises
    ------
    TheorycheckError
    """
    start = time.perf_counter()
    try:
        finding = item.run()
    except TheorycheckError as error:
        raise _named(error, claim) from error
    except Exception as error:
        raise FormulaError(f"{claim.id}: {item.name} fails with {_where_and_what(error, claim)}") from error
    return replace(finding, evidence=replace(finding.evidence, seconds=time.perf_counter() - start))


def _named(error: TheorycheckError, claim: Claim) -> TheorycheckError:
    """The same error, with the claim's id in its message."""
    return error if claim.id in str(error) else type(error)(f"{claim.id}: {error}")


def _where_and_what(error: Exception, claim: Claim) -> str:
    """Describe an exception in one line: type, message, the claim's own line where it arose, what to mend."""
    what = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")
    frames = traceback.extract_tb(error.__traceback__)
    contrary = None if claim.refutation is None else claim.refutation.derivation
    written = [claim.sides, claim.derivation, claim.printed_proof, contrary]
    codes = [getattr(function, "__code__", None) for function in written]
    files = {code.co_filename for code in codes if code is not None}
    ours = [frame for frame in frames if frame.filename in files]
    if ours:
        return f"{what} ({ours[-1].filename}:{ours[-1].lineno}); mend the formula there"
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{what}{place}; mend the claim's formula, or report this if the formula is in order"


# ---- the single checks -------------------------------------------------------------------------------------


def _built(claim: Claim, which: str) -> Derivation:
    """Build one of the claim's derivations on its symbols."""
    from theorycheck.derivations.links import Derivation
    from theorycheck.derivations.symbols import symbols_of

    builder = {
        "derivation": claim.derivation,
        "printed proof": claim.printed_proof,
        "contrary": None if claim.refutation is None else claim.refutation.derivation,
    }[which]
    assert builder is not None
    try:
        built = builder(symbols_of(claim))
    except TheorycheckError as error:
        raise _named(error, claim) from error
    except Exception as error:
        what = _where_and_what(error, claim)
        raise ClaimError(f"{claim.id}: its {which} fails while it is built with {what}") from error
    if not isinstance(built, Derivation):
        raise ClaimError(
            f"{claim.id}: its {which} returns {built!r:.60}, not a theorycheck.derivations.Derivation"
        )
    return built


def _link_checks(
    claim: Claim, which: str, kind: str, derivation: Derivation, settings: Settings | None = None
) -> list[Check]:
    return [
        Check(f"{kind} {link.name}", functools.partial(_link, claim, which, kind, link, settings))
        for link in derivation.links
    ]


def _link(claim: Claim, which: str, kind: str, link: Link, settings: Settings | None) -> Finding:
    from theorycheck.derivations.links import check_link, link_details

    result = check_link(link, claim)
    if which == "printed proof" and not result.verified and settings is not None:
        from theorycheck.derivations.counterexamples import break_link

        result = break_link(link, result, claim, settings)
    evidence = Evidence(
        kind, f"{kind} {link.name}", result.outcome, result.reason, link_details(link, result)
    )
    gap = None
    if which == "printed proof" and not result.verified:
        gap = ProofGap(link.name, link.latex, result.outcome, result.reason, result.counterexample)
    return Finding(evidence, proof_gap=gap)


def _conclusion(claim: Claim, derivation: Derivation) -> Finding:
    from theorycheck.derivations.goals import check_conclusion

    result = check_conclusion(claim, derivation)
    return Finding(
        Evidence("conclusion", "conclusion", result.outcome, result.reason, dict(result.certificate or {}))
    )


def _hunt(claim: Claim, settings: Settings) -> Finding:
    from theorycheck.hunting import hunt

    result = hunt(claim, settings)
    return Finding(result.evidence, sharpness=result.sharpness, counterexample=result.counterexample)


def _direct_proof(claim: Claim, settings: Settings) -> Finding:
    from theorycheck.derivations.direct import direct_proof

    return Finding(direct_proof(claim, settings))


def _demonstration(claim: Claim, settings: Settings) -> Finding:
    from theorycheck.hunting import demonstrate

    evidence, counterexample = demonstrate(claim, settings)
    return Finding(evidence, counterexample=counterexample)


def _experiment(claim: Claim, experiment: Experiment, settings: Settings) -> Finding:
    from theorycheck.streams import generator
    from theorycheck.terms.namespaces import namespace

    stream = generator(settings.seed, claim.id, "experiment", experiment.name)
    observation = experiment.run(namespace(settings.backend), stream, settings.work.effort)
    if observation.outcome not in ("agrees", "disagrees", "undecided"):
        raise ClaimError(
            f"{claim.id}: the experiment {experiment.name} comes back with {observation.outcome!r}; "
            "return Observation('agrees', …), 'disagrees' or 'undecided'"
        )
    details = {"criterion": experiment.criterion, **observation.details}
    if observation.figure:
        details["figure"] = observation.figure
    name = f"experiment {experiment.name}"
    return Finding(Evidence("experiment", name, observation.outcome, observation.summary, details))


def _reading(reading: Claim, settings: Settings, verdict_of: VerdictOf | None) -> Finding:
    verdict = judge(reading, settings) if verdict_of is None else verdict_of(reading)
    summary = f"{reading.id}: {verdict.status}"
    details = {"id": reading.id, "status": verdict.status, "proof_gaps": list(verdict.gap_names)}
    return Finding(Evidence("reading", f"reading {reading.label}", "implemented", summary, details))


def _implementation(claim: Claim) -> Finding:
    """Import what a definition names; the tests that it names are listed with it."""
    from theorycheck.statement.loading import import_path

    for path in claim.implements:
        import_path(path, claim.id)
    summary = (
        f"implemented by {', '.join(claim.implements)}; tested in {', '.join(claim.tests) or 'no named test'}"
    )
    details = {"implements": list(claim.implements), "tests": list(claim.tests)}
    return Finding(Evidence("implementation", "implementation", "implemented", summary, details))


# ---- the verdict -------------------------------------------------------------------------------------------


def conclude(claim: Claim, settings: Settings, findings: Sequence[Finding], seconds: float) -> Verdict:
    """Choose the status that the findings allow, and no stronger one."""
    from theorycheck.statement.formal import formal_statement

    counterexample = next((f.counterexample for f in findings if f.counterexample is not None), None)
    sharpness = next((f.sharpness for f in findings if f.sharpness is not None), None)
    status, reason = _status(claim, [f.evidence for f in findings], counterexample)
    return Verdict(
        claim=claim.id,
        paper=claim.paper,
        label=claim.label,
        kind=claim.kind,
        status=status,
        expected=claim.expected,
        reason=reason,
        statement=claim.statement,
        printed=claim.printed,
        hypotheses=tuple(hypothesis.latex for hypothesis in claim.hypotheses),
        uses=tuple(claim.uses),
        corrects=claim.corrects,
        note=claim.note,
        proof_gaps=tuple(f.proof_gap for f in findings if f.proof_gap is not None),
        expected_proof_gaps=tuple(claim.expected_proof_gaps),
        sharpness=sharpness,
        counterexample=counterexample,
        evidence=tuple(f.evidence for f in findings),
        seed=settings.seed,
        budget=settings.budget,
        backend=settings.backend,
        versions=versions(settings.backend),
        seconds=seconds,
        formal=formal_statement(claim),
    )


def _status(claim: Claim, evidence: list[Evidence], counterexample: Counterexample | None) -> tuple[str, str]:
    by_kind: dict[str, list[Evidence]] = {}
    for item in evidence:
        by_kind.setdefault(item.kind, []).append(item)

    if claim.readings:
        return _status_of_readings(by_kind.get("reading", []))
    links, conclusions = by_kind.get("link", []), by_kind.get("conclusion", [])
    proof = links + conclusions if claim.derivation is not None else []
    complete = claim.derivation is not None and bool(links) and bool(conclusions)
    proved = complete and all(item.outcome == "verified" for item in proof)
    direct = by_kind.get("direct proof", [])
    proved_directly = any(
        item.outcome == "verified" and item.details.get("scope") == "all" for item in direct
    )
    covered = any(item.outcome == "verified" and item.details.get("scope") == "box" for item in direct)
    contrary = by_kind.get("contrary link", []) if claim.refutation is not None else []
    contradicted = bool(contrary) and all(item.outcome == "verified" for item in contrary)
    demonstrations = by_kind.get("demonstration", [])
    needed = claim.refutation is not None and claim.refutation.sides is not None
    demonstrated = (bool(demonstrations) or not needed) and all(
        item.outcome == "violated" for item in demonstrations
    )

    violated = counterexample is not None or (contradicted and demonstrated)
    experiments = by_kind.get("experiment", [])
    disagreeing = [item for item in experiments if item.outcome == "disagrees"]

    if violated and (proved or proved_directly or covered):
        return "inconclusive", (
            "a verified derivation and a certified counterexample contradict each other: "
            "the derivation's model of the claim and its formula disagree; please report this"
        )
    if contradicted and demonstrated:
        assert claim.refutation is not None
        return "refuted", claim.refutation.explanation
    if contrary:
        failing = [e.name for e in contrary + demonstrations if e.outcome not in ("verified", "violated")]
        return "inconclusive", f"the derivation of the contrary is not verified: {', '.join(failing)}"
    if disagreeing and counterexample is None:
        found = "; ".join(f"{item.name}: {item.summary}" for item in disagreeing)
        if claim.kind == "experiment":
            return "refuted", found
        return "inconclusive", f"an experiment disagrees, which proves nothing: {found}"
    if counterexample is not None:
        return "refuted", "a counterexample was certified in balls together with its hypotheses"
    granted = [hypothesis.latex for hypothesis in claim.hypotheses if isinstance(hypothesis, Granted)]
    if granted and (proved or proved_directly or covered):
        return _on_granted_steps(granted, by_kind.get("hunt", []) + experiments)
    if proved:
        return (
            "proved",
            f"all {len(links)} links of the derivation are verified and it ends in the claim",
        )
    if proved_directly:
        return "proved", next(e.summary for e in direct if e.outcome == "verified")
    if covered:
        return "certified", next(e.summary for e in direct if e.outcome == "verified")
    if proof:
        failing = [f"{item.name} ({item.summary})" for item in proof if item.outcome != "verified"]
        missing = "the derivation is not verified: " + "; ".join(failing)
    else:
        missing = ""
    searches = by_kind.get("hunt", []) + experiments
    summaries = "; ".join(part for part in (*(item.summary for item in searches), missing) if part)
    if searches and all(item.outcome in ("not violated", "agrees") for item in searches):
        return "supported", summaries
    if "implementation" in by_kind and claim.kind in ("definition", "algorithm"):
        return "defined", by_kind["implementation"][0].summary
    if searches:
        return "inconclusive", summaries
    return "inconclusive", missing or "no evidence decides the claim"


def _on_granted_steps(granted: list[str], searches: list[Evidence]) -> tuple[str, str]:
    """A verified proof that grants steps is as good as the search beside it."""
    found = "; ".join(item.summary for item in searches)
    reason = f"the links are verified, but they rest on steps that are granted and not executed: {'; '.join(granted)}"
    if searches and all(item.outcome in ("not violated", "agrees") for item in searches):
        return "supported", f"{found}; {reason}"
    return "inconclusive", reason


def _status_of_readings(readings: list[Evidence]) -> tuple[str, str]:
    statuses = {str(item.details["status"]) for item in readings}
    listing = "; ".join(item.summary for item in readings)
    if len(statuses) == 1:
        return statuses.pop(), f"all readings agree: {listing}"
    return "inconclusive", f"the printed form is open and its readings differ: {listing}"


@functools.cache
def versions(backend: str) -> dict[str, str]:
    names = ["numpy", "scipy", "sympy", "python-flint", "hypothesis"]
    if backend == "cupy":
        installed = [
            str(distribution.metadata["Name"]) for distribution in importlib.metadata.distributions()
        ]
        names += [name for name in installed if name.startswith("cupy")]
    versions = {"python": platform.python_version(), "theorycheck": __version__}
    for name in names:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions
