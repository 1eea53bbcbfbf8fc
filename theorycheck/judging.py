"""The line from a claim to its verdict, readable from top to bottom.

    claim ── plan ──► checks ── run ──► evidence ── conclude ──► verdict

A check is one thing to do (a link of a derivation, the hunt, …); the pytest plugin makes each of them a
test item. The status is chosen by `statement.grades` (of an entry: `statement.entries`), which sees nothing but the
evidence and the statuses of the claims that are cited.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import platform
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from theorycheck import __version__
from theorycheck.deadline import TimeIsUpError, limited
from theorycheck.errors import ClaimError, FormulaError, TheorycheckError
from theorycheck.settings import Settings
from theorycheck.statement.claims import Claim, Experiment, Observation
from theorycheck.statement.entries import gaps_of_members, grade_entry
from theorycheck.statement.grades import Grade, grade
from theorycheck.statement.verdicts import Counterexample, Evidence, ProofGap, Sharpness, Verdict

if TYPE_CHECKING:
    from theorycheck.derivations.links import Derivation, Link
    from theorycheck.derivations.results import LinkResult
    from theorycheck.hunting import Progress


@dataclass(frozen=True)
class Finding:
    """What one check came back with."""

    evidence: Evidence
    proof_gap: ProofGap | None = None
    sharpness: Sharpness | None = None
    counterexample: Counterexample | None = None


@dataclass(frozen=True)
class Check:
    """One thing to do for a claim; `run` returns what came out and never decides the status.

    `stopped(seconds)` says what has come out by then, where a part of it counts when `run` is stopped.
    """

    name: str
    run: Callable[[], Finding]
    stopped: Callable[[float], Finding] | None = None

    @property
    def kind(self) -> str:
        """The kind of its evidence."""
        return next(kind for kind in KINDS if self.name == kind or self.name.startswith(f"{kind} "))


ENTRIES = ("reading", "part")
"""Checks that judge other claims, whose own checks have their own limits."""
KINDS = (
    "implementation",
    "reading",
    "part",
    "contrary link",
    "contrary conclusion",
    "demonstration",
    "link",
    "conclusion",
    "printed link",
    "printed conclusion",
    "admissible instance",
    "hunt",
    "direct proof",
    "experiment",
)
"""Kinds of checks, of their names and of their evidence."""


VerdictOf = Callable[[Claim], Verdict]
"""How an entry comes by the verdict of one of its readings or parts."""

SAVING_SECONDS = 30
"""For what a stopped check keeps: the script of a certified violation is written."""
NO_SUCH_CLAIM = "not judged here"
IN_A_CIRCLE = "cites itself in a circle"


def check(
    claim: Claim,
    *,
    backend: str = "numpy",
    budget: str = "standard",
    seed: int = 0,
    timeout: float | None = None,
) -> Verdict:
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
    timeout : float or None
        Seconds that one check may take, instead of the budget's; what takes longer decides nothing and says so.

    Returns
    -------
    Verdict
        Depends on the claim and these arguments alone, but for its timings.

    Raises
    ------
    TheorycheckError
        If the claim cannot be checked: see the classes in `theorycheck.errors`.
    """
    return judge(claim, Settings(backend, budget, seed, timeout))


def judge(
    claim: Claim,
    settings: Settings,
    verdict_of: VerdictOf | None = None,
    cited: Mapping[str, str] | None = None,
    citing: tuple[str, ...] = (),
) -> Verdict:
    """As `check`; a run hands in what it knows of other claims.

    Parameters
    ----------
    claim : Claim
    settings : Settings
    verdict_of : callable or None
        Verdicts of readings and parts; None judges them here.
    cited : Mapping[str, str] or None
        Statuses of cited claims; None judges them here.
    citing : tuple of str
        Ids of the claims that are judged because they cite each other down to this one.

    Raises
    ------
    TheorycheckError
    """
    start = time.perf_counter()
    try:
        checks = _planned(claim, settings, verdict_of)
        findings = [run_check(item, claim, settings.seconds) for item in checks]
        verdict = conclude(claim, settings, findings, time.perf_counter() - start, cited or {})
        return verdict if cited is not None else citing_judged(claim, verdict, _judging(settings), citing)
    except TheorycheckError as error:
        raise _named(error, claim) from error
    except Exception as error:
        raise ClaimError(f"{claim.id}: the check fails with {_where_and_what(error, claim)}") from error


def _planned(claim: Claim, settings: Settings, verdict_of: VerdictOf | None) -> tuple[Check, ...]:
    try:
        return limited(settings.seconds, lambda: plan(claim, settings, verdict_of))
    except TimeIsUpError as error:
        raise ClaimError(
            f"{claim.id}: its derivations are not built within the limit: {error}; make them smaller, or raise --timeout"
        ) from error
    except (SystemExit, GeneratorExit) as error:
        raise ClaimError(
            f"{claim.id}: it ends the program ({error!r}) while it is read; it must return"
        ) from error


def citing_judged(
    claim: Claim,
    verdict: Verdict,
    status_of: Callable[[Claim, tuple[str, ...]], str],
    citing: tuple[str, ...] = (),
) -> Verdict:
    """The verdict with the statuses of the claims that it cites.

    `status_of(claim, citing)` judges one of them, for the claims `citing` that cite each other down to it.
    """
    from theorycheck.statement.loading import claim_cited

    if not verdict.cites:
        return verdict
    above = (*citing, claim.id)
    statuses: dict[str, str] = {}
    for name in verdict.cites:
        found = None if name in above else claim_cited(name, claim)
        if found is not None:
            statuses[name] = status_of(found, above)
        else:
            statuses[name] = IN_A_CIRCLE if name in above else NO_SUCH_CLAIM
    return regraded(claim, verdict, statuses)


def _judging(settings: Settings) -> Callable[[Claim, tuple[str, ...]], str]:
    return lambda claim, citing: judge(claim, settings, citing=citing).status


def plan(claim: Claim, settings: Settings, verdict_of: VerdictOf | None = None) -> tuple[Check, ...]:
    """List the checks of a claim, in the order in which they are run."""
    checks: list[Check] = []
    if claim.implements:
        checks.append(Check("implementation", lambda: _implementation(claim)))
    for kind, members in (("reading", claim.readings), ("part", claim.parts)):
        for member in members:
            run = functools.partial(_member, kind, member, settings, verdict_of)
            checks.append(Check(f"{kind} {member.label}", run))
    if claim.refutation is not None:
        contrary = _built(claim, "contrary")
        checks += _link_checks(claim, "contrary", "contrary link", contrary)
        checks.append(Check("contrary conclusion", lambda: _end(claim, "contrary conclusion", contrary)))
        if claim.refutation.sides is not None:
            checks.append(Check("demonstration", lambda: _demonstration(claim, settings)))
    if claim.derivation is not None:
        derivation = _built(claim, "derivation")
        checks += _link_checks(claim, "derivation", "link", derivation)
        checks.append(Check("conclusion", lambda: _end(claim, "conclusion", derivation)))
    if claim.printed_proof is not None:
        printed = _built(claim, "printed proof")
        checks += _link_checks(claim, "printed proof", "printed link", printed, settings)
        checks.append(Check("printed conclusion", lambda: _end(claim, "printed conclusion", printed)))
    if claim.space is not None and claim.hypotheses and (claim.sides is None or claim.refutation is not None):
        checks.append(Check("admissible instance", lambda: _admissible_instance(claim, settings)))
    if claim.sides is not None:
        checks.append(_hunt_check(claim, settings))
        if claim.derivation is None:
            checks.append(Check("direct proof", lambda: _direct_proof(claim, settings)))
    for experiment in claim.experiments:
        name = f"experiment {experiment.name}"
        checks.append(Check(name, functools.partial(_experiment, claim, experiment, settings)))
    return tuple(checks)


def run_check(item: Check, claim: Claim, seconds: float) -> Finding:
    """Do one thing, timed; an exception of the user's formula becomes a `FormulaError` that names the claim.

    What takes longer than `seconds` is stopped and decides nothing, but for a violation that a hunt has certified by then.

    Raises
    ------
    TheorycheckError
    """
    start = time.perf_counter()
    try:
        finding = item.run() if item.kind in ENTRIES else limited(seconds, item.run)
    except TimeIsUpError as error:
        finding = _stopped(item, claim, str(error), seconds)
    except TheorycheckError as error:
        raise _named(error, claim) from error
    except (SystemExit, GeneratorExit) as error:
        raise FormulaError(f"{claim.id}: {item.name} ends the program ({error!r}); it must return") from error
    except Exception as error:
        raise FormulaError(f"{claim.id}: {item.name} fails with {_where_and_what(error, claim)}") from error
    return replace(finding, evidence=replace(finding.evidence, seconds=time.perf_counter() - start))


def _stopped(item: Check, claim: Claim, error: str, seconds: float) -> Finding:
    """What a check decides that ran out of time: what it has by then, mostly nothing; a printed link is then not verified."""
    if item.stopped is not None:
        with contextlib.suppress(TimeIsUpError, TheorycheckError):
            return limited(SAVING_SECONDS, functools.partial(item.stopped, seconds))
    return undecided_by(item, claim, error, seconds)


def undecided_by(item: Check, claim: Claim, error: str, seconds: float) -> Finding:
    """What a check says that has nothing when it is stopped."""
    reason = f"stopped: {error}; see --timeout"
    gap = None
    if item.kind in ("printed link", "printed conclusion"):
        link = item.name.removeprefix("printed link ") if item.kind == "printed link" else "conclusion"
        gap = ProofGap(link, claim.statement, "unverified", reason)
    evidence = Evidence(item.kind, item.name, "unverified", reason, {"stopped_after": seconds})
    return Finding(evidence, proof_gap=gap)


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
        Check(f"{kind} {link.name}", functools.partial(_link, claim, which, kind, link, derivation, settings))
        for link in derivation.links
    ]


def _link(
    claim: Claim, which: str, kind: str, link: Link, derivation: Derivation, settings: Settings | None
) -> Finding:
    from theorycheck.derivations.links import check_link, link_details

    result = check_link(link, claim)
    if which == "printed proof" and settings is not None:
        from theorycheck.derivations.counterexamples import break_link
        from theorycheck.hunting import hunt

        quick = replace(settings, budget="quick")  # a link breaks soon or seldom
        result = _unless_unfounded(link, derivation, result)
        if not result.verified:
            result = break_link(link, result, claim, lambda written: hunt(written, quick).counterexample)
    evidence = Evidence(
        kind, f"{kind} {link.name}", result.outcome, result.reason, link_details(link, result)
    )
    gap = None
    if which == "printed proof" and not result.verified:
        gap = ProofGap(link.name, link.latex, result.outcome, result.reason, result.counterexample)
    return Finding(evidence, proof_gap=gap)


def _unless_unfounded(link: Link, derivation: Derivation, result: LinkResult) -> LinkResult:
    """A derivative under an integral that no link of the proof justifies is not verified by its own look alone."""
    from theorycheck.derivations.faults import unfounded_derivatives

    problem = dict(unfounded_derivatives(derivation)).get(link.name)
    if problem is None or not result.verified:
        return result
    return replace(result, outcome="unverified", reason=problem, theorem=None, rests_on=())


def _end(claim: Claim, kind: str, derivation: Derivation) -> Finding:
    """Where a derivation ends, against what it should show."""
    from theorycheck.derivations.conclusions import check_conclusion, check_contrary, check_printed_conclusion

    compare = {
        "conclusion": check_conclusion,
        "contrary conclusion": check_contrary,
        "printed conclusion": check_printed_conclusion,
    }[kind]
    result = compare(claim, derivation)
    details = {"rests_on": [ground.to_dict() for ground in result.rests_on]}
    gap = None
    if kind == "printed conclusion" and result.outcome == "unverified":
        gap = ProofGap("conclusion", claim.statement, result.outcome, result.reason)
    return Finding(Evidence(kind, kind, result.outcome, result.reason, details), proof_gap=gap)


def _admissible_instance(claim: Claim, settings: Settings) -> Finding:
    """Is there an instance at all that satisfies the hypotheses? Without one, anything follows from them."""
    from theorycheck.hunting import certified_admissible

    instance = certified_admissible(claim, replace(settings, budget="quick"))
    outcome = "unverified" if instance is None else "verified"
    summary = (
        "instances satisfy the hypotheses in floats; balls decide it for none of those that were tried"
        if instance is None
        else "an instance is certified to satisfy the hypotheses"
    )
    details = {} if instance is None else {"instance": dict(instance)}
    return Finding(Evidence("admissible instance", "admissible instance", outcome, summary, details))


def _hunt_check(claim: Claim, settings: Settings) -> Check:
    from theorycheck.hunting import Progress, stopped_hunt

    progress = Progress()

    def stopped(seconds: float) -> Finding:
        result = stopped_hunt(claim, progress, seconds)
        return Finding(result.evidence, counterexample=result.counterexample)

    return Check("hunt", lambda: _hunt(claim, settings, progress), stopped)


def _hunt(claim: Claim, settings: Settings, progress: Progress) -> Finding:
    from theorycheck.derivations.linear import linear_proof
    from theorycheck.hunting import hunt

    result = hunt(claim, settings, progress)
    if result.counterexample is None and linear_proof(claim) is not None:
        told = (
            "linear arithmetic gives the conclusion from the hypotheses, whatever its functions and norms are"
        )
        evidence = replace(result.evidence, details={**result.evidence.details, "vacuous": told})
        return Finding(evidence)
    return Finding(result.evidence, sharpness=result.sharpness, counterexample=result.counterexample)


def _direct_proof(claim: Claim, settings: Settings) -> Finding:
    """The formula proved by itself; what breaks it goes through the gate of every counterexample."""
    from theorycheck.derivations.direct import direct_proof
    from theorycheck.hunting import brief, counterexample_at
    from theorycheck.spaces import instance_from_json

    evidence = direct_proof(claim, settings)
    if "instance" not in evidence.details:
        return Finding(evidence)
    instance = instance_from_json(evidence.details["instance"])
    counterexample = counterexample_at(claim, instance, settings)
    if counterexample is None:
        return Finding(evidence)
    sides = f"left {counterexample.left}, right {counterexample.right}"
    summary = f"violated, certified at {counterexample.bits} bits: {sides} at {brief(instance)}"
    return Finding(replace(evidence, outcome="violated", summary=summary), counterexample=counterexample)


def _demonstration(claim: Claim, settings: Settings) -> Finding:
    """The refutation's own sides at its instance; and the claim's own formula there, where the space has that instance."""
    from theorycheck.hunting import counterexample_at, demonstrate

    evidence, counterexample = demonstrate(claim, settings)
    assert claim.refutation is not None
    own = counterexample_at(claim, claim.refutation.instance, settings)
    if own is not None:
        evidence = replace(evidence, details={**evidence.details, "own formula": True})
    return Finding(evidence, counterexample=own or counterexample)


def _experiment(claim: Claim, experiment: Experiment, settings: Settings) -> Finding:
    from theorycheck.streams import generator
    from theorycheck.terms.namespaces import namespace

    stream = generator(settings.seed, claim.id, "experiment", experiment.name)
    observation = experiment.run(namespace(settings.backend), stream, settings.work.effort)
    if not isinstance(observation, Observation):
        raise ClaimError(
            f"{claim.id}: the experiment {experiment.name} returns {observation!r:.60}; "
            "return Observation('agrees', …), 'disagrees' or 'undecided'"
        )
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


def _member(kind: str, member: Claim, settings: Settings, verdict_of: VerdictOf | None) -> Finding:
    verdict = judge(member, settings) if verdict_of is None else verdict_of(member)
    details = {
        "id": member.id,
        "status": verdict.status,
        "proof_gaps": [gap.to_dict() for gap in verdict.proof_gaps],
        "rests_on": [ground.to_dict() for ground in verdict.rests_on],
    }
    summary = f"{member.id}: {verdict.status}"
    return Finding(Evidence(kind, f"{kind} {member.label}", "implemented", summary, details))


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


def conclude(
    claim: Claim,
    settings: Settings,
    findings: Sequence[Finding],
    seconds: float,
    cited: Mapping[str, str] | None = None,
) -> Verdict:
    """Put the findings together under the status that they allow; `cited` has the statuses of cited claims."""
    from theorycheck.statement.formal import formal_statement

    evidence = tuple(f.evidence for f in findings)
    counterexample = counterexample_of(findings)
    found = _graded(claim, evidence, counterexample, cited or {})
    sharpness = next((f.sharpness for f in findings if f.sharpness is not None), None)
    if any(item.details.get("vacuous") for item in evidence):
        sharpness = None
    own_gaps = [f.proof_gap for f in findings if f.proof_gap is not None]
    return Verdict(
        claim=claim.id,
        paper=claim.paper,
        label=claim.label,
        kind=claim.kind,
        status=found.status,
        expected=claim.expected,
        reason=found.reason,
        statement=claim.statement,
        printed=claim.printed,
        hypotheses=tuple(hypothesis.latex for hypothesis in claim.hypotheses),
        uses=tuple(claim.uses),
        corrects=claim.corrects,
        note=claim.note,
        proof_gaps=(*own_gaps, *gaps_of_members(evidence)),
        expected_proof_gaps=tuple(claim.expected_proof_gaps),
        sharpness=sharpness,
        counterexample=counterexample,
        evidence=evidence,
        seed=settings.seed,
        budget=settings.budget,
        backend=settings.backend,
        versions=versions(settings.backend),
        seconds=seconds,
        rests_on=found.rests_on,
        preferred=claim.preferred,
        formal=formal_statement(claim),
    )


def regraded(claim: Claim, verdict: Verdict, cited: Mapping[str, str]) -> Verdict:
    """The same evidence under the status that it allows, now that the statuses of cited claims are known."""
    found = _graded(claim, verdict.evidence, verdict.counterexample, cited)
    return replace(verdict, status=found.status, reason=found.reason, rests_on=found.rests_on)


def _graded(
    claim: Claim,
    evidence: Sequence[Evidence],
    counterexample: Counterexample | None,
    cited: Mapping[str, str],
) -> Grade:
    if claim.members:
        return grade_entry(claim, evidence)
    return grade(claim, evidence, counterexample, cited)


def counterexample_of(findings: Sequence[Finding]) -> Counterexample | None:
    """The counterexample to the claim's own formula if there is one, else what a demonstration shows."""
    found = [f for f in findings if f.counterexample is not None]
    own = [
        f
        for f in found
        if f.evidence.kind in ("hunt", "direct proof") or f.evidence.details.get("own formula")
    ]
    return next((f.counterexample for f in own + found), None)


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
