r"""The formal statement of a claim, printed from its terms: what is hunted and proved, beside what the prose says.

    For all $x \in \mathbb{R}^{d}$, $\eta \ge 0$ with $\eta \le 1$: $$\lVert x \rVert^{2} \le a$$ wherever $y \ne 0$.

The text is prose with TeX between dollar signs, one display for the formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from theorycheck.errors import TheorycheckError
from theorycheck.functions.domains import CONVEXITY, ConstantOf, FiniteSumDomain, FunctionDomain, MinimiserOf
from theorycheck.spaces.arrays import Entries
from theorycheck.spaces.discrete import Choice, Dimension, Integer
from theorycheck.spaces.domains import Real
from theorycheck.statement.claims import Granted, Requirement
from theorycheck.statement.properties import Each, LSmooth
from theorycheck.terms.defined import conditions
from theorycheck.terms.latex import latex, name_latex, statement
from theorycheck.terms.latex.pieces import number
from theorycheck.terms.nodes import Node, ordered
from theorycheck.terms.ranges import ANY, NONNEGATIVE, Range

if TYPE_CHECKING:
    from theorycheck.spaces import Space
    from theorycheck.statement.claims import Claim, Requirement

MOST_FAMILIES = 4
MOST_CONDITIONS = 8
_CONSTANTS = {
    "smoothness": "{name} with which {f} is {name}-smooth",
    "lipschitz": "{name} with which {f} is {name}-Lipschitz",
    "strong_convexity": r"{name}$\,\ge 0$ with which {f} is {name}-strongly convex",
    "lower_bound": r"{name} with {f}$\,\ge\,${name} everywhere",
    "each_smoothness": "{name} with which every {f_k} is {name}-smooth",
    "each_lipschitz": "{name} with which every {f_k} is {name}-Lipschitz",
    "each_strong_convexity": r"{name}$\,\ge 0$ with which every {f_k} is {name}-strongly convex",
    "second_moment": r"{name} that bounds $\mathbb{{E}}_k \lVert\nabla${f_k}$\rVert^{{2}}$ everywhere",
}


@dataclass(frozen=True)
class _Count:
    """Stands for a finite sum where only the number of its samples is asked for."""

    samples: range


def formal_statement(claim: Claim) -> str:
    """Return the formal statement in prose with TeX between dollar signs; "" for a claim without a formula.

    A formula that has no form for all sizes is printed for one choice of them, and says so.
    """
    if claim.sides is None or claim.space is None:
        return ""
    given, sizes = _given(claim)
    try:
        sides = claim.formula.for_values(given)
        assumed = [_assumed(claim, hypothesis, given) for hypothesis in claim.hypotheses]
    except TheorycheckError as error:
        return f"It has no formal statement: {error}"
    if len(sides) != 2 or any(side.truth for side in sides):
        return ""
    terms = [item for item in assumed if isinstance(item, Node)]
    partial = conditions(sides, _ranges(claim.space), _integers(claim.space), terms)
    printed = statement(
        sides, claim.relation, [condition.term for condition in partial[:MOST_CONDITIONS]], claim.space.names
    )
    start = f"For all {_series([_domain(name, claim.space, given) for name in claim.space.names])}"
    hypotheses = [latex_of if isinstance(latex_of, str) else f"${latex(latex_of)}$" for latex_of in assumed]
    if hypotheses:
        start += f" with {_series(hypotheses)}"
    if sizes:
        shown = ", ".join(f"${name_latex(name)} = {value}$" for name, value in sizes.items())
        names = _series([f"${name_latex(name)}$" for name in sizes])
        start += f"; the formula is read for each {names} by itself, here for {shown}"
    where = [f"${name} = {text}$" for name, text in printed.where]
    wherever = [
        f"${text}$" + (" (in its case)" if condition.in_its_case else "")
        for text, condition in zip(printed.conditions, partial, strict=False)
    ]
    wherever += (
        [f"{len(partial) - MOST_CONDITIONS} more conditions"] if len(partial) > MOST_CONDITIONS else []
    )
    wherever += _differentiable(claim, sides)
    text = f"{start}: $${printed.formula}$$"
    if where:
        text += f" where {_series(where)}"
    if wherever:
        text += f"{';' if where else ''} wherever it is defined: {_series(wherever)}"
    return text + ("." if where or wherever else "")


def _series(parts: Sequence[str]) -> str:
    """Parts of a sentence; semicolons where a part has commas of its own."""
    return ("; " if any(", " in part.replace(r"\, ", "") for part in parts) else ", ").join(parts)


def _assumed(claim: Claim, hypothesis: Any, given: Mapping[str, Any]) -> Node | str:
    """A condition as its term; any other hypothesis in its own words."""
    if not isinstance(hypothesis, Requirement):
        return _in_words(hypothesis.latex)
    term = _term(claim, hypothesis, given)
    return f"${latex(term)}$ (granted)" if isinstance(hypothesis, Granted) else term


def _term(claim: Claim, hypothesis: Requirement, given: Mapping[str, Any]) -> Node:
    return claim.condition(hypothesis).for_values(given)[0]


def _in_words(text: str) -> str:
    """A hypothesis is prose, or TeX without dollar signs."""
    return text if "$" in text or "\\" not in text else f"${text}$"


# ---- sizes ---------------------------------------------------------------------------------------------------


def _given(claim: Claim) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values for a reading of the formulas, and those that the formula asks for: the second ones where there are two.

    The first is often 1 or 0, and a sum of one term says little.
    """
    assert claim.space is not None
    given: dict[str, Any] = {}
    shown: dict[str, Any] = {}
    for name, domain in claim.space.domains.items():
        if isinstance(domain, (Choice, Dimension)):
            given[name] = shown[name] = _second(domain.values)
        elif isinstance(domain, FiniteSumDomain):
            count = _second(domain.counts)
            given[name], shown[name] = _Count(range(count)), f"{count}\\text{{ samples}}"
    try:
        generic = claim.formula.generic is not None
        wanted = set() if generic else set(claim.formula.sizes())
    except TheorycheckError:
        wanted = set()
    return given, {name: _value(shown[name]) for name in shown if name in wanted}


def _second(values: Sequence[Any]) -> Any:
    return values[1] if len(values) > 1 and values[0] in (0, 1) else values[0]


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value if "\\" in value else rf"\text{{{value.replace('_', ' ')}}}"
    return number(Fraction(value)).text


# ---- the space -----------------------------------------------------------------------------------------------


def _domain(name: str, space: Space, given: Mapping[str, Any]) -> str:
    """What one name ranges over."""
    domain: Any = space.domains[name]
    shown = name_latex(name)
    kind = space.kinds[name]
    if type(domain) is Real:
        return f"${_interval(shown, domain)}$"
    if isinstance(domain, Integer):
        return rf"${shown} \in \{{{domain.low}, \dots, {domain.high}\}}$"
    if isinstance(domain, (Choice, Dimension)):
        return rf"${shown} \in \{{{', '.join(map(_value, domain.values))}\}}$"
    if isinstance(domain, Entries):
        axes = kind.shape[1:] if kind.axes is None else kind.axes(given)
        lengths = [name_latex(length) if isinstance(length, str) else str(length) for length in axes]
        power = r" \times ".join(lengths)
        return rf"${shown} \in {_entries(domain.entry)}" + ("$" if power == "1" else f"^{{{power}}}$")
    if type(domain) in (FunctionDomain, FiniteSumDomain):
        return _function(shown, domain, kind.dimension)
    if type(domain) is ConstantOf:
        words = {
            "name": f"${shown}$",
            "f": f"${name_latex(domain.function)}$",
            "f_k": f"${name_latex(domain.function)}_k$",
        }
        return _CONSTANTS[domain.constant].format(**words)
    if isinstance(domain, MinimiserOf):
        return rf"${shown}$ the point where $\nabla {name_latex(domain.function)} = 0$"
    told = (type(domain).__doc__ or type(domain).__name__).strip().split("\n")[0].rstrip(".")
    return f"${shown}$ ({told})"


def _interval(shown: str, domain: Real) -> str:
    low, high = _end(domain.low), _end(domain.high)
    below = "<" if domain.open_low else r"\le"
    above = "<" if domain.open_high else r"\le"
    if low and high:
        return f"{low} {below} {shown} {above} {high}"
    if low:
        sign = ">" if domain.open_low else r"\ge"
        return f"{shown} {sign} {low}"
    return f"{shown} {above} {high}" if high else rf"{shown} \in \mathbb{{R}}"


def _end(bound: Fraction | str | None) -> str:
    if bound is None:
        return ""
    return name_latex(bound) if isinstance(bound, str) else number(bound).text


def _entries(entry: Real) -> str:
    if entry.low is None and entry.high is None:
        return r"\mathbb{R}"
    left = r"(-\infty" if entry.low is None else f"{'(' if entry.open_low else '['}{_end(entry.low)}"
    right = r"\infty)" if entry.high is None else f"{_end(entry.high)}{')' if entry.open_high else ']'}"
    return f"{left}, {right}"


def _function(shown: str, domain: FunctionDomain, length: int | str) -> str:
    power = name_latex(length) if isinstance(length, str) else str(length)
    points = r"\mathbb{R}" if length == 1 else rf"\mathbb{{R}}^{{{power}}}"
    names = [family.name for family in domain.declared]
    families = f"families {' / '.join(names[:MOST_FAMILIES])}" if names else "shipped families"
    if len(names) > MOST_FAMILIES:
        families += f" and {len(names) - MOST_FAMILIES} more"
    if not isinstance(domain, FiniteSumDomain):
        return rf"${shown} : {points} \to \mathbb{{R}}$ ({families})"
    counts = " or ".join(map(str, domain.counts))
    tilted = rf" and $\nabla {shown} = 0$ at a drawn point" if domain.tilted else ""
    return (
        rf"${shown} = \mathbb{{E}}_k\, {shown}_k$ the mean of {counts} functions "
        rf"${shown}_k : {points} \to \mathbb{{R}}$ ({families}){tilted}"
    )


def _ranges(space: Space) -> dict[str, Range]:
    """Where the numbers of the space lie."""
    found: dict[str, Range] = {}
    for name, domain in space.domains.items():
        if isinstance(domain, Real):
            found[name] = _range_of(domain, found)
        elif isinstance(domain, Entries):
            found[name] = _range_of(domain.entry, found)
        elif isinstance(domain, Integer):
            found[name] = Range(Fraction(domain.low), False, Fraction(domain.high), False)
        elif isinstance(domain, (Choice, Dimension)):
            numbers = [Fraction(value) for value in domain.values if not isinstance(value, str)]
            if numbers:
                found[name] = Range(min(numbers), False, max(numbers), False)
        elif isinstance(domain, ConstantOf):
            bounded = domain.constant != "lower_bound"
            found[name] = NONNEGATIVE if bounded or domain.constant in CONVEXITY else ANY
    return found


def _range_of(domain: Real, found: Mapping[str, Range]) -> Range:
    low = high = ANY
    if isinstance(domain.low, str):
        known = found.get(domain.low, ANY)
        low = Range(known.low, known.low_open or domain.open_low)
    elif domain.low is not None:
        low = Range(domain.low, domain.open_low)
    if isinstance(domain.high, str):
        known = found.get(domain.high, ANY)
        high = Range(high=known.high, high_open=known.high_open or domain.open_high)
    elif domain.high is not None:
        high = Range(high=domain.high, high_open=domain.open_high)
    return low.and_also(high)


def _integers(space: Space) -> list[str]:
    """Names whose values are whole numbers."""
    return [
        name
        for name, domain in space.domains.items()
        if isinstance(domain, (Integer, Dimension))
        or (isinstance(domain, Choice) and all(isinstance(value, int) for value in domain.values))
    ]


# ---- gradients -----------------------------------------------------------------------------------------------


def _differentiable(claim: Claim, sides: Sequence[Node]) -> list[str]:
    """Which functions must have the gradients that the statement speaks of; those assumed to be smooth have them."""
    smooth = set()
    for hypothesis in claim.hypotheses:
        if isinstance(hypothesis, LSmooth) or (
            isinstance(hypothesis, Each) and isinstance(hypothesis.of_mean, LSmooth)
        ):
            smooth.add(hypothesis.function)
    named: dict[str, None] = {}
    for item in ordered(sides):
        if item.op == "function" and item.params[1].endswith("gradient") and item.params[0][0] not in smooth:
            named[item.params[0][0]] = None
    return [f"the gradients of ${name_latex(name)}$ exist" for name in named]
