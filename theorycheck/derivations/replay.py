"""Re-verification of certificates from their JSON alone, and from what the caller gives.

A certificate is a proof, never a source of hypotheses: domains, assumptions, facts and equalities that it uses must be among
the `Given` of its reader. Without any it may only prove what holds for all reals.

Nothing of the search that found a certificate is used, and no SymPy: expression trees are read by a plain
evaluator, identities are expanded in rationals, ranges, Sturm sequences and ball enclosures are recomputed.
What is trusted is python-flint and the small modules `balls`, `trees`, `derivatives`, `polynomials`,
`vanishing`, `polynomial_identities`, `ranges`, `problems`, `root_isolation`, `fractions_of_polynomials` and
`branch_and_bound`.

An equality is an exact identity of fractions of polynomials, or one that the caller knows to hold (SymPy reduced it); the
stored points are evaluated again as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from theorycheck.derivations import polynomials
from theorycheck.derivations.branch_and_bound import check_splits, cover
from theorycheck.derivations.combinations import Combination, Factor
from theorycheck.derivations.derivatives import symbols_of
from theorycheck.derivations.fractions_of_polynomials import (
    PolynomialFraction,
    as_fraction,
    combination_proves,
    denominator_problem,
    factor_for,
    tails_hold,
)
from theorycheck.derivations.given import Given
from theorycheck.derivations.polynomial_identities import check_polynomial_identity
from theorycheck.derivations.polynomials import Polynomial
from theorycheck.derivations.problems import Problem
from theorycheck.derivations.ranges import REAL, Range, range_of
from theorycheck.derivations.root_isolation import certainly_signed, dense
from theorycheck.derivations.trees import LARGEST_EXPONENT, Tree, compile_tree, parse_rational
from theorycheck.derivations.vanishing import same_ratio
from theorycheck.errors import ReplayError, TheorycheckError
from theorycheck.terms.balls import precision, to_arb

MOST_BITS = 20_000
RELATIVE_RADIUS = 1e-10
ABSOLUTE_RADIUS = 1e-30
DEEPEST_PROOF = 12
MOST_BOXES = 2_000_000


def replay_certificate(certificate: Mapping[str, Any], given: Given | None = None) -> None:
    """Re-verify a certificate.

    Parameters
    ----------
    certificate : Mapping
        As stored by a link's `LinkResult.certificate`; "type" says which procedure made it.
    given : Given, optional
        What is known without the certificate, and what it is to prove. Default: nothing.

    Raises
    ------
    ReplayError
        If the certificate is malformed, uses what is not given, or does not prove what it says.
    """
    given = Given() if given is None else given
    try:
        if not isinstance(certificate, Mapping):
            raise ReplayError(f"{certificate!r:.60} is not a certificate")
        kind = certificate.get("type")
        if kind == "polynomial identity":
            check_polynomial_identity(certificate, given, replay_certificate)
        elif kind == "equality":
            _equality(certificate, given)
            if given.target is not None:
                raise ReplayError("an equality is no proof of an inequality")
        else:
            problem = _problem(certificate)
            given.check_problem(problem)
            _inequality(certificate, problem, given, 0)
    except ReplayError:
        raise
    except TheorycheckError as error:
        raise ReplayError(f"the certificate does not replay: {error}") from error
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError) as error:
        raise ReplayError(f"the certificate is malformed ({type(error).__name__}: {error!s:.80})") from error


def _part(data: Mapping[str, Any], name: str, kind: type | tuple[type, ...]) -> Any:
    value = data.get(name)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
        raise ReplayError(f"the certificate's part {name!r} is missing or malformed: {value!r:.60}")
    return value


# equalities ---------------------------------------------------------------------------------------
def _equality(certificate: Mapping[str, Any], given: Given) -> None:
    left, right = _part(certificate, "left", list), _part(certificate, "right", list)
    f, g = compile_tree(left), compile_tree(right)
    names = symbols_of(left) | symbols_of(right)
    points = _part(certificate, "points", list)
    if not points:
        raise ReplayError("an equality without points at which it was compared")
    for entry in points:
        bits, values = _part(entry, "bits", int), _part(entry, "values", dict)
        if not 2 <= bits <= MOST_BITS:
            raise ReplayError(f"a working precision of {bits} bits is not accepted")
        exact = {name: parse_rational(values.get(name)) for name in names}
        with precision(bits):
            arguments = {name: to_arb(value) for name, value in exact.items()}
            if not agree(f(arguments), g(arguments)):
                raise ReplayError(f"the sides are not seen to agree at {values!r:.120}")
    known = (left, right) in given.equalities and certificate.get("algebraic", False) is False
    if not known and not same_fraction(left, right):
        raise ReplayError(
            "the sides are not the same rational function; that they agree at points proves nothing"
        )


def agree(left: Any, right: Any) -> bool:
    """Whether two balls overlap and are so small that this means something."""
    difference = left - right
    if not difference.is_finite() or not difference.contains(0):
        return False
    size = max(float(abs(left).upper()), float(abs(right).upper()))
    return float(difference.rad()) <= max(RELATIVE_RADIUS * size, ABSOLUTE_RADIUS)


def same_fraction(left: Tree, right: Tree) -> bool:
    """Whether two trees are the same rational function of their symbols and non-rational parts, exactly."""
    (first, second), generators = polynomials.reduced_forms([left, right])
    return same_ratio(first, second, generators)


# inequalities -------------------------------------------------------------------------------------
def _problem(certificate: Mapping[str, Any]) -> Problem:
    domains = {name: Range.from_json(found) for name, found in _part(certificate, "domains", dict).items()}
    assumptions = tuple(_checked(tree) for tree in _part(certificate, "assumptions", list))
    positive = certificate.get("positive_assumptions", [])
    if not isinstance(positive, list) or any(
        type(place) is not int or not 0 <= place < len(assumptions) for place in positive
    ):
        raise ReplayError(f"{positive!r:.60} does not say which assumptions are strict")
    elementary = []
    for item in _part(certificate, "elementary", list):
        name, argument = item
        elementary.append((str(name), _checked(argument)))
    problem = Problem(
        target=_checked(_part(certificate, "target", list)),
        domains=domains,
        assumptions=assumptions,
        strict=_part(certificate, "strict", bool),
        positive=frozenset(positive),
        elementary=tuple(elementary),
    )
    if any(found.empty for part in problem.context() for found in part.values()):
        raise ReplayError("the assumptions contradict the domains, so that anything would follow")
    return problem


def _checked(tree: Any) -> Tree:
    compile_tree(tree)  # raises ReplayError on anything malformed
    return list(tree)


def _inequality(certificate: Mapping[str, Any], problem: Problem, given: Given, depth: int) -> None:
    """Check that the certificate proves the problem; its own "target" and "strict" must be the problem's."""
    if depth > DEEPEST_PROOF:
        raise ReplayError(f"a proof is nested more than {DEEPEST_PROOF} deep")
    if certificate.get("target") != problem.target or certificate.get("strict") is not problem.strict:
        raise ReplayError("a part of the proof proves something else than it is used for")
    kind = certificate.get("type")
    check = _CHECKS.get(kind) if isinstance(kind, str) else None
    if check is None:
        raise ReplayError(f"unknown type of certificate {kind!r:.60}")
    check(certificate, problem, given, depth)


def _signs(certificate: Mapping[str, Any], problem: Problem, given: Given, depth: int) -> None:
    domains, facts = problem.context()
    found = range_of(problem.target, domains, facts)
    if found is None or not (found.positive if problem.strict else found.nonnegative):
        raise ReplayError("the signs of the parts do not give the sign of the whole")


def _signed_numerator(
    certificate: Mapping[str, Any], problem: Problem, given: Given, depth: int
) -> tuple[PolynomialFraction, Polynomial, int]:
    """Return the fraction and its numerator, multiplied by the certified sign of the denominator."""
    fraction = as_fraction(problem)
    if fraction is None:
        raise ReplayError("a part of the expression might be undefined")
    sign = 1
    if set(fraction.denominator) == {()}:
        if fraction.denominator[()] < 0:
            sign = -1
    else:
        proof = _part(certificate, "denominator", dict)
        sign = _part(proof, "sign", int)
        if sign not in (1, -1):
            raise ReplayError(f"{sign!r:.40} is not the sign of a denominator")
        _inequality(
            _part(proof, "proof", dict), denominator_problem(problem, fraction, sign), given, depth + 1
        )
    return fraction, polynomials.scale(fraction.numerator, sign), sign


def _combination(certificate: Mapping[str, Any], problem: Problem, given: Given, depth: int) -> None:
    fraction, numerator, _ = _signed_numerator(certificate, problem, given, depth)
    factors = []
    for entry in _part(certificate, "factors", list):
        polynomial = polynomials.from_json(entry["polynomial"])
        if entry["reason"] is None:
            factors.append(Factor(polynomial, None))
            continue
        factor = factor_for(fraction, entry["reason"])
        if factor is None or factor.polynomial != polynomial:
            raise ReplayError(f"a factor is not known to be nonnegative: {entry['reason']!r:.80}")
        factors.append(factor)
    terms = []
    for coefficient, exponents in _part(certificate, "terms", list):
        powers = {int(i): k for i, k in exponents.items()}
        if any(
            type(k) is not int or not 0 < k <= LARGEST_EXPONENT or not 0 <= i < len(factors)
            for i, k in powers.items()
        ):
            raise ReplayError("a term has a malformed exponent")
        terms.append((parse_rational(coefficient), powers))
    if not combination_proves(numerator, Combination(tuple(factors), tuple(terms)), strict=problem.strict):
        raise ReplayError("the terms do not add up to the expression, or do not give its sign")


def _roots(certificate: Mapping[str, Any], problem: Problem, given: Given, depth: int) -> None:
    fraction, numerator, _ = _signed_numerator(certificate, problem, given, depth)
    variable = _part(certificate, "variable", str)
    if polynomials.variables_of(numerator) - {variable}:
        raise ReplayError(f"the numerator is not a polynomial in {variable:.60} alone")
    domain = fraction.ranges.get(variable, REAL)
    if not certainly_signed(dense(numerator, variable), domain, strict=problem.strict):
        raise ReplayError("the polynomial changes sign on its domain")


def _coefficient_ranges(certificate: Mapping[str, Any], problem: Problem, given: Given, depth: int) -> None:
    fraction, _, sign = _signed_numerator(certificate, problem, given, depth)
    variable, radius = _part(certificate, "variable", str), parse_rational(certificate.get("radius"))
    if radius < 0 or not tails_hold(problem, fraction, variable, radius, sign):
        raise ReplayError("the tails are not dominated by a polynomial of the right sign")
    if radius > 0:
        middle = problem.context()[0].get(variable, REAL).intersect(Range(-radius, radius))
        if not middle.empty:
            restricted = replace(problem, domains={**problem.domains, variable: middle})
            _boxes(_part(certificate, "middle", dict), restricted, given, depth)


def _boxes(certificate: Mapping[str, Any], problem: Problem, given: Given, depth: int) -> None:
    domains, _ = problem.context()
    splits = certificate.get("splits")
    if splits is None:
        count = min(_part(certificate, "count", int), MOST_BOXES)
        if not cover(problem.target, domains, strict=problem.strict, max_boxes=count).complete:
            raise ReplayError(f"bisection into {count} parts does not decide the box")
        return
    check_splits(problem.target, domains, _part(certificate, "splits", list), strict=problem.strict)


def _products(certificate: Mapping[str, Any], problem: Problem, given: Given, depth: int) -> None:
    """A sum of products of squares and of expressions with proofs of their own."""
    total: list[Tree] = [["rational", "0"]]
    positive = False
    for term in _part(certificate, "terms", list):
        product: list[Tree] = [["rational", "1"]]
        strict = True
        for entry in term:
            tree = _checked(_part(entry, "tree", list))
            if "proof" in entry:
                proof = _part(entry, "proof", dict)
                strict = strict and proof.get("strict") is True
                _inequality(
                    proof,
                    replace(problem, target=tree, strict=proof.get("strict") is True),
                    given,
                    depth + 1,
                )
                product.append(tree)
            else:
                strict = False
                fraction = as_fraction(replace(problem, target=tree))
                if fraction is None:
                    raise ReplayError("the base of a square might not be real")
                _signed_numerator(entry, replace(problem, target=tree), given, depth)
                product.append(["pow", tree, ["rational", "2"]])
        positive = positive or strict
        total.append(["mul", *product])
    if not same_fraction(problem.target, ["add", *total]):
        raise ReplayError("the products do not add up to the expression")
    if problem.strict and not positive:
        raise ReplayError("no product is strictly positive")


def _rewritten(certificate: Mapping[str, Any], problem: Problem, given: Given, depth: int) -> None:
    proof = _part(certificate, "proof", dict)
    equality = _part(certificate, "equality", dict)
    if equality.get("left") != problem.target:
        raise ReplayError("the rewriting starts from another expression")
    _equality(equality, given)
    _inequality(proof, replace(problem, target=_checked(equality.get("right"))), given, depth + 1)


_CHECKS: dict[str, Callable[[Mapping[str, Any], Problem, Given, int], None]] = {
    "signs": _signs,
    "shifted polynomial": _combination,
    "sum of squares": _combination,
    "nonnegative combination": _combination,
    "root isolation": _roots,
    "coefficient ranges": _coefficient_ranges,
    "boxes": _boxes,
    "products": _products,
    "rewritten": _rewritten,
}
