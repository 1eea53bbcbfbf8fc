"""A claim: one statement, written down once.

    from theorycheck import Claim, Space, function, point, real, dimension, l_smooth, constant_of

    def sides(xp, f, x, sigma, L, d):
        return abs(f.smoothed(x, sigma) - f(x)), L * d / 4 * sigma**2

    claim = Claim(
        id="mine/lemma-1",
        statement=r"$|f_\\sigma(x) - f(x)| \\le \\frac{Ld}{4}\\sigma^2$",
        space=Space(d=dimension(1, 2, 5), f=function(), x=point(), sigma=real(0), L=constant_of("f", "smoothness")),
        hypotheses=[l_smooth("f", "L")],
        sides=sides,
        relation="<=",
    )

`sides` returns the left and the right side of the conclusion as expressions over the namespace `xp`; its other parameters
are names of the space. It is read once into terms (`theorycheck.terms.formulas`): what is hunted, enclosed, proved and printed
is made from those.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from theorycheck.errors import ClaimError
from theorycheck.statement.verdicts import STATUSES

if TYPE_CHECKING:
    from theorycheck.derivations import Derivation
    from theorycheck.spaces import Space
    from theorycheck.terms.formulas import Formula

RELATIONS = ("<=", "<", ">=", ">", "=")
KINDS = (
    "definition",
    "identity",
    "inequality",
    "implication",
    "equivalence",
    "convergence",
    "algorithm",
    "experiment",
    "table",
)
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*(@[a-z0-9-]+)?(-corrected)?")

Sides = Callable[..., tuple[Any, Any]]
"""`sides(xp, **values) -> (left, right)`."""


class Hypothesis(Protocol):
    """What a claim may assume: a property of a function or a condition on the parameters."""

    @property
    def latex(self) -> str:
        """As it prints."""
        ...

    def holds(self, xp: Any, values: Mapping[str, Any]) -> Any:
        """Return a boolean array over the batch; under balls, True only where certain (or raise UndecidedError)."""
        ...

    def names(self) -> tuple[str, ...]:
        """The names of the space that it speaks of."""
        ...


@dataclass(frozen=True)
class Requirement:
    """A condition on the parameters, `condition(**values)`, made by `requires`."""

    condition: Callable[..., Any]
    latex: str

    def names(self) -> tuple[str, ...]:
        return tuple(name for name in inspect.signature(self.condition).parameters if name != "xp")

    def holds(self, xp: Any, values: Mapping[str, Any]) -> Any:
        raise NotImplementedError("a condition is evaluated as a term of its claim: Claim.holds")


def requires(condition: Callable[..., Any], latex: str) -> Requirement:
    r"""Assume a condition on the parameters.

    Examples
    --------
    >>> requires(lambda sigma, tau: tau > sigma, r"\tau > \sigma").latex
    '\\tau > \\sigma'
    """
    require_text("the TeX of a condition", latex)
    return Requirement(condition, latex)


@dataclass(frozen=True)
class Granted(Requirement):
    """A step of a proof that is granted and not executed, made by `granted`; no claim that has one is `proved` or `refuted`."""

    reason: str = ""


def granted(condition: Callable[..., Any], latex: str, reason: str) -> Granted:
    r"""Grant a step that the algebra cannot express: what a norm, an integral or a used claim gives.

    The numbers of the claim then stand for quantities that satisfy it. What rests on it is at most `conditional`.

    Examples
    --------
    >>> granted(lambda P, omega, G: P <= omega * G, r"P \le \omega G", "the norm of a matrix").reason
    'the norm of a matrix'
    """
    return Granted(condition, latex, reason)


def require_text(what: str, value: Any) -> None:
    """Raise a ClaimError where something is no text that can be written to a file."""
    if not isinstance(value, str):
        raise ClaimError(f"{what} is {value!r:.40}; write text")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ClaimError(f"{what} has half of a character, which no file holds")


@dataclass(frozen=True)
class Refutation:
    """An exact derivation of the contrary, for claims that no single evaluation of two sides decides.

    Attributes
    ----------
    derivation : callable
        As `Claim.derivation`; its conclusion contradicts the claim. Every link must be verified.
    explanation : str
        Why the conclusion contradicts the claim, and the instance, in one or two sentences.
    sides : callable or None
        `sides(xp, **instance)` demonstrates the contradiction on `instance`: the claim would need
        `left relation right`.
    relation : str
        The relation that the claim would need between the demonstrated sides.
    instance : Mapping[str, Any]
        Exact values (int, Fraction, tuples of them) for `sides`.
    """

    derivation: Callable[[Any], Derivation]
    explanation: str
    sides: Sides | None = None
    relation: str = "<="
    instance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not callable(self.derivation):
            raise ClaimError("a refutation needs a derivation, a function of the claim's symbols")
        require_text("the explanation of a refutation", self.explanation)
        if not isinstance(self.instance, Mapping) or not all(isinstance(name, str) for name in self.instance):
            raise ClaimError(
                f"the instance of a refutation is {self.instance!r:.40}; write names with their values"
            )


@dataclass(frozen=True)
class Observation:
    """What an experiment came back with.

    Attributes
    ----------
    outcome : str
        By the experiment's criterion: "agrees" with the claim, "disagrees" with it, or "undecided".
    summary : str
        What was measured, in one or two sentences with the numbers.
    details : Mapping[str, Any]
        JSON values: the measured series, intervals, settings. "ratios" as {"bins": edges, "counts": counts} is drawn as a
        histogram.
    figure : str
        An SVG document, shown in the report.
    """

    outcome: str
    summary: str
    details: Mapping[str, Any] = field(default_factory=dict)
    figure: str = ""

    def __post_init__(self) -> None:
        texts = (("outcome", self.outcome), ("summary", self.summary), ("figure", self.figure))
        for name, value in texts:
            require_text(f"the {name} of an observation", value)
        if not isinstance(self.details, Mapping):
            raise ClaimError(f"the details of an observation are {self.details!r:.40}, not a dictionary")


@dataclass(frozen=True)
class Experiment:
    """A simulation or a training run that bears on a claim; the most that it can give is `supported`.

    Attributes
    ----------
    name : str
    criterion : str
        Written down before the run: which statistic, in which regimes, how many repetitions, what counts as agreement.
        A false alarm must be as unlikely as 1e-9.
    run : callable
        `run(xp, generator, effort) -> Observation`: `xp` the namespace of arrays (NumPy or CuPy), `generator` a
        `numpy.random.Generator` of this experiment's own, `effort` 1, 10 or 100 (the budgets quick, standard, thorough).
    """

    name: str
    criterion: str
    run: Callable[[Any, Any, int], Observation]


@dataclass(
    frozen=True, eq=False
)  # a claim is the object that was declared; two are never compared by content
class Claim:
    """One statement of a paper or of a user.

    Attributes
    ----------
    id : str
        "PAPER/LABEL", a reading "PAPER/LABEL@a", a correction "PAPER/LABEL-corrected".
    statement : str
        The statement for people; TeX between dollar signs.
    kind : str
        One of `KINDS`.
    printed : str
        Where it is printed ("Lemma 2.1(d)").
    space : Space or None
        The set of instances.
    hypotheses : sequence of Hypothesis
        As printed; nothing is added silently.
    sides : callable or None
        `sides(xp, **values) -> (left, right)`, see the module's docstring.
    relation : str
        "<=", "<", ">=", ">" or "=", asserted between the two sides for every instance that satisfies the hypotheses.
    derivation : callable or None
        `derivation(symbols) -> Derivation`: our proof (see `theorycheck.derivations`).
    printed_proof : callable or None
        `printed_proof(symbols) -> Derivation`: the paper's chain, link by link, named as in the catalogue. Its links never
        change the status; those that fail are reported as proof gaps.
    refutation : Refutation or None
        An exact derivation of the contrary.
    experiments : sequence of Experiment
        Simulations, for what no evaluation of two sides can show (limits along a run, training).
    readings : sequence of Claim
        For an entry whose printed form is ambiguous: one claim per reading. The entry's own verdict is the status that
        all readings share, else that of the preferred one, else `inconclusive`.
    preferred : (str, str) or None
        Of an entry with readings: the id of the reading that the paper's own text speaks for, and the sentence that does.
    parts : sequence of Claim
        For a statement with several conclusions: one claim each. It is refuted if one of them is, contested if one is,
        else as good as the weakest.
    uses : sequence of str
        Ids of the claims that the derivation uses; the theorem graph and "fully proved" are computed from them.
    corrects : str or None
        Id of the refuted claim that this one corrects.
    implements : sequence of str
        For `definition` and `algorithm`: import paths "package.module:function" of what implements it.
    tests : sequence of str
        For `definition` and `algorithm`: the test files that test the implementation.
    expected : str or None
        The status that the author of the file expects; a run exits with 1 when another one comes out.
    expected_proof_gaps : sequence of str
        Names of the printed links that are expected to fail.
    note : str
        Anything a reader should know: conventions, what is presupposed, what was found.
    """

    id: str
    statement: str
    kind: str = "inequality"
    printed: str = ""
    space: Space | None = None
    hypotheses: Sequence[Hypothesis] = ()
    sides: Sides | None = None
    relation: str = "<="
    derivation: Callable[[Any], Derivation] | None = None
    printed_proof: Callable[[Any], Derivation] | None = None
    refutation: Refutation | None = None
    experiments: Sequence[Experiment] = ()
    readings: Sequence[Claim] = ()
    preferred: tuple[str, str] | None = None
    parts: Sequence[Claim] = ()
    uses: Sequence[str] = ()
    corrects: str | None = None
    implements: Sequence[str] = ()
    tests: Sequence[str] = ()
    expected: str | None = None
    expected_proof_gaps: Sequence[str] = ()
    note: str = ""

    def __post_init__(self) -> None:
        for name in (
            "hypotheses",
            "experiments",
            "readings",
            "parts",
            "uses",
            "implements",
            "tests",
            "expected_proof_gaps",
        ):
            given = getattr(self, name)
            if isinstance(given, str) or not isinstance(given, Iterable):
                raise ClaimError(f"{self.id}: {name}= is {given!r:.40}; write a list")
            object.__setattr__(self, name, tuple(given))
        if not isinstance(self.id, str) or not _ID.fullmatch(self.id):
            raise ClaimError(
                f"claim id {self.id!r} is not of the form PAPER/LABEL in lower case (like mine/lemma-1)"
            )
        if self.kind not in KINDS:
            raise ClaimError(f"{self.id}: unknown kind {self.kind!r}; use one of {', '.join(KINDS)}")
        if self.relation not in RELATIONS:
            raise ClaimError(
                f"{self.id}: unknown relation {self.relation!r}; use one of {', '.join(RELATIONS)}"
            )
        if self.expected is not None and self.expected not in STATUSES:
            raise ClaimError(
                f"{self.id}: unknown expected status {self.expected!r}; use one of {', '.join(STATUSES)}"
            )
        self._check_types()
        self._check_content()
        self._check_members()

    def _check_types(self) -> None:
        for name in ("statement", "printed", "note"):
            require_text(f"{self.id}: {name}=", getattr(self, name))
        if self.space is not None and not hasattr(self.space, "domains"):
            raise ClaimError(f"{self.id}: space= is {self.space!r:.40}; write Space(x=real(), …)")
        for name in ("sides", "derivation", "printed_proof"):
            if getattr(self, name) is not None and not callable(getattr(self, name)):
                raise ClaimError(f"{self.id}: {name}= is {getattr(self, name)!r:.40}; write a function")
        if self.refutation is not None and not isinstance(self.refutation, Refutation):
            raise ClaimError(f"{self.id}: refutation= is {self.refutation!r:.40}; write Refutation(…)")
        kinds: tuple[tuple[str, type], ...] = (
            *((name, str) for name in ("uses", "implements", "tests", "expected_proof_gaps")),
            *((name, Claim) for name in ("readings", "parts")),
            ("experiments", Experiment),
        )
        for name, kind in kinds:
            for item in getattr(self, name):
                if not isinstance(item, kind):
                    raise ClaimError(f"{self.id}: {name}= has {item!r:.40}, which is no {kind.__name__}")

    def _check_content(self) -> None:
        content = (
            self.sides,
            self.derivation,
            self.refutation,
            self.experiments,
            self.readings,
            self.parts,
            self.implements,
        )
        if not any(content):
            raise ClaimError(
                f"{self.id}: nothing to check; give it sides= (with a space=), a derivation=, experiments=, readings=, "
                "parts= or implements="
            )
        if self.sides is None and self.space is None:
            return
        if self.sides is not None and self.space is None:
            raise ClaimError(f"{self.id}: sides= needs a space= that says what its arguments range over")
        assert self.space is not None
        known = set(self.space.names)
        if self.sides is not None:
            parameters = list(inspect.signature(self.sides).parameters)
            if not parameters or parameters[0] != "xp":
                raise ClaimError(f"{self.id}: the first parameter of sides must be xp, the array namespace")
            _require_known(self.id, "sides", _required_names(self.sides)[1:], known)
        for hypothesis in self.hypotheses:
            if not hasattr(hypothesis, "holds"):
                raise ClaimError(
                    f"{self.id}: hypothesis {hypothesis!r} is no hypothesis; use convex('f'), l_smooth('f', 'L'), requires(…) …"
                )
            require_text(f"{self.id}: the TeX of a hypothesis", hypothesis.latex)
            _require_known(self.id, f"the hypothesis {hypothesis.latex}", hypothesis.names(), known)

    def _check_members(self) -> None:
        own = (self.sides, self.derivation, self.refutation, self.readings)
        if self.parts and any(own):
            raise ClaimError(
                f"{self.id}: a claim with parts= is judged by them; make the rest a part as well"
            )
        if self.preferred is not None and self.preferred[0] not in [reading.id for reading in self.readings]:
            raise ClaimError(
                f"{self.id}: preferred= names {self.preferred[0]}, which is none of its readings"
            )

    @property
    def members(self) -> tuple[Claim, ...]:
        """The claims from whose verdicts its own is concluded: its readings or its parts."""
        return (*self.readings, *self.parts)

    @property
    def paper(self) -> str:
        return self.id.split("/", 1)[0]

    @property
    def label(self) -> str:
        return self.id.split("/", 1)[1]

    @functools.cached_property
    def formula(self) -> Formula:
        """Both sides as terms."""
        from theorycheck.terms.formulas import Formula

        assert self.sides is not None and self.space is not None
        return Formula(self.sides, self.space.kinds, self.space.size_values)

    def evaluate(self, xp: Any, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return both sides on `values` (by name), in the namespace `xp`."""
        return self.formula.evaluate(xp, values)

    def condition(self, hypothesis: Requirement) -> Formula:
        """A condition on the parameters as a term.

        Raises
        ------
        ClaimError
            If it is no comparison.
        """
        from theorycheck.terms.formulas import Formula

        known: dict[int, Formula] = self.__dict__.setdefault("_conditions", {})
        found = known.get(id(hypothesis))
        if found is None:
            assert self.space is not None
            found = known[id(hypothesis)] = Formula(
                hypothesis.condition, self.space.kinds, self.space.size_values
            )
        return found

    def holds(self, hypothesis: Hypothesis, xp: Any, values: Mapping[str, Any]) -> Any:
        """Where a hypothesis holds on `values`: truth values; in balls only where that is certain.

        Raises
        ------
        UndecidedError
            If balls cannot tell.
        ClaimError
            If the hypothesis is no comparison.
        """
        if not isinstance(hypothesis, Requirement):
            return hypothesis.holds(xp, values)
        formula = self.condition(hypothesis)
        terms = formula.for_values(values)
        if len(terms) != 1 or not terms[0].truth:
            raise ClaimError(
                f"{self.id}: the hypothesis {hypothesis.latex} gives numbers, no truth values; it must be a comparison, "
                "like lambda sigma, tau: tau > sigma"
            )
        return formula.evaluate(xp, values)[0]


def _required_names(function: Callable[..., Any]) -> list[str]:
    parameters = inspect.signature(function).parameters.values()
    return [p.name for p in parameters if p.default is inspect.Parameter.empty]


def _require_known(claim: str, what: str, names: Sequence[str], known: set[str]) -> None:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ClaimError(
            f"{claim}: {what} asks for {', '.join(unknown)}, which the space does not declare "
            f"(it declares {', '.join(sorted(known))})"
        )
