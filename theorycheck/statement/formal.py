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
from theorycheck.statement.claims import Claim, Granted, Requirement
from theorycheck.statement.properties import Each, LSmooth
from theorycheck.terms.defined import conditions
from theorycheck.terms.latex import name_latex, statement
from theorycheck.terms.latex.pieces import number
from theorycheck.terms.nodes import Node, ordered
from theorycheck.terms.ranges import ANY, NONNEGATIVE, Range

if TYPE_CHECKING:
    from theorycheck.spaces import Space

NO_FORMAL_STATEMENT = "no formal statement"
"""What displays say of a claim without a formula."""
MOST_FAMILIES = 4
MOST_CONDITIONS = 8
_CONSTANTS = {
    "smoothness": "{name} a smoothness constant of {f}",
    "lipschitz": "{name} a Lipschitz constant of {f}",
    "strong_convexity": "{name} a modulus of convexity of {f}, not negative",
    "lower_bound": "{name} a lower bound of {f}",
    "each_smoothness": "{name} a smoothness constant of every {f_k}",
    "each_lipschitz": "{name} a Lipschitz constant of every {f_k}",
    "each_strong_convexity": "{name} a modulus of convexity of every {f_k}, not negative",
    "second_moment": "{name} a bound of the mean over $k$ of the squared norm of the gradient of {f_k}",
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
    given = _given(claim.space)
    try:
        sides = claim.formula.for_values(given)
        assumed = [_assumed(claim, hypothesis, given) for hypothesis in claim.hypotheses]
    except TheorycheckError as error:
        return f"It has no formal statement: {error}"
    if len(sides) != 2:
        return ""
    terms = [item for item in assumed if isinstance(item, Node)]
    granted = {_term(claim, one, given) for one in claim.hypotheses if isinstance(one, Granted)}
    partial = conditions(sides, ranges_of(claim.space), integers_of(claim.space), terms)
    needed = partial[:MOST_CONDITIONS]
    printed = statement(sides, claim.relation, [*terms, *(one.term for one in needed)], claim.space.names)
    told = dict(zip(terms, printed.conditions, strict=False))
    hypotheses = [
        one if isinstance(one, str) else f"${told[one]}$" + (" (granted)" if one in granted else "")
        for one in assumed
    ]
    text = f"For all {_series([_domain(name, claim.space, given) for name in claim.space.names])}"
    if hypotheses:
        text += f", assuming {_series(hypotheses)}"
    text += f"{_sizes(claim, given)}: $${printed.formula}$$"
    if printed.where:
        text += f" where {_series([f'${name} = {meaning}$' for name, meaning in printed.where])}"
    wherever = [
        f"${shown}$" + (" (in its case)" if one.in_its_case else "")
        for one, shown in zip(needed, printed.conditions[len(terms) :], strict=True)
    ]
    if len(partial) > len(needed):
        wherever.append(f"{len(partial) - len(needed)} more conditions")
    wherever += _differentiable(claim, sides)
    if wherever:
        text += f"{';' if printed.where else ''} wherever it is defined: {_series(wherever)}"
    return text + ("." if printed.where or wherever else "")


def _series(parts: Sequence[str]) -> str:
    """Parts of a sentence; semicolons where a part has commas of its own."""
    return ("; " if any(", " in part.replace(r"\, ", "") for part in parts) else ", ").join(parts)


def _assumed(claim: Claim, hypothesis: Any, given: Mapping[str, Any]) -> Node | str:
    """A condition as its term; any other hypothesis in its own words."""
    if isinstance(hypothesis, Requirement):
        return _term(claim, hypothesis, given)
    return _in_words(hypothesis.latex)


def _term(claim: Claim, hypothesis: Requirement, given: Mapping[str, Any]) -> Node:
    return claim.condition(hypothesis).for_values(given)[0]


def _in_words(text: str) -> str:
    """A hypothesis is prose, or TeX without dollar signs."""
    return text if "$" in text or "\\" not in text else f"${text}$"


# ---- sizes ---------------------------------------------------------------------------------------------------


def _given(space: Space) -> dict[str, Any]:
    """Values of the sizes for a reading of the formulas: the second ones where the first say little, being 0 or 1."""
    given: dict[str, Any] = {}
    for name, domain in space.domains.items():
        if isinstance(domain, (Choice, Dimension)):
            given[name] = _second(domain.values)
        elif isinstance(domain, FiniteSumDomain):
            given[name] = _Count(range(_second(domain.counts)))
    return given


def _sizes(claim: Claim, given: Mapping[str, Any]) -> str:
    """That the formula is printed for some sizes only; "" if it has one form for all."""
    if claim.formula.generic is not None:
        return ""
    assert claim.space is not None
    names, shown = [], []
    for name in claim.formula.sizes():
        domain = claim.space.domains.get(name)
        values = getattr(domain, "values", getattr(domain, "counts", ()))
        if name in given and len(values) > 1 and f"${name_latex(name)}$" not in names:
            value, letter = given[name], name_latex(name)
            names.append(f"${letter}$")
            count = isinstance(value, _Count)
            shown.append(
                f"{len(value.samples)} functions ${letter}_k$" if count else f"${letter} = {_value(value)}$"
            )
    if not names:
        return ""
    return f"; the formula is read for each {', '.join(names)} by itself, here for {', '.join(shown)}"


def _second(values: Sequence[Any]) -> Any:
    return values[1] if len(values) > 1 and values[0] in (0, 1) else values[0]


def _value(value: Any) -> str:
    if isinstance(value, str):
        return rf"\text{{{value.replace('_', ' ')}}}"
    return number(Fraction(value)).text


# ---- the space -----------------------------------------------------------------------------------------------


def _domain(name: str, space: Space, given: Mapping[str, Any]) -> str:
    """What one name ranges over, and what it stands for if it is a letter."""
    meaning = getattr(space.domains[name], "stands_for", "")
    return _values(name, space, given) + (f" (the letter for ${meaning}$)" if meaning else "")


def _values(name: str, space: Space, given: Mapping[str, Any]) -> str:
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
        positive = f" with ${shown} > 0$" if domain.positive else ""
        return _CONSTANTS[domain.constant].format(**words) + positive
    if isinstance(domain, MinimiserOf):
        return rf"${shown}$ the point where $\nabla {name_latex(domain.function)} = 0$"
    own = (type(domain).__doc__ or type(domain).__name__).strip().split("\n")[0].rstrip(".")
    return f"${shown}$ ({own})"


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
    if domain.even:
        tilted = rf" and ${shown}$ even about a drawn point"
    return (
        rf"${shown} = \mathbb{{E}}_k\, {shown}_k$ the mean of {counts} functions "
        rf"${shown}_k : {points} \to \mathbb{{R}}$ ({families}){tilted}"
    )


def ranges_of(space: Space) -> dict[str, Range]:
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


def integers_of(space: Space) -> list[str]:
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
