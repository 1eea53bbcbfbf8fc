"""What another claim says at given arguments, and whether it speaks of them at all."""

from fractions import Fraction

import pytest
import sympy

from theorycheck import (
    Claim,
    Space,
    bounded_below,
    choice,
    constant_of,
    continuous,
    convex,
    dimension,
    each,
    finite_sum,
    function,
    granted,
    integer,
    l_smooth,
    lipschitz,
    matrix,
    minimiser_of,
    minimises,
    nonconstant,
    point,
    real,
    requires,
    strongly_convex,
    vector,
)
from theorycheck.algebra import expectation, gaussian, inner, norm_squared, normal_form, uniform
from theorycheck.algebra.facts import ConvexFacts, Fact, Lemma, SmoothFacts
from theorycheck.algebra.functions import AbstractFunction
from theorycheck.derivations import by_expansion, chain, consequence, derivation, eq, expected, hypothesis
from theorycheck.derivations.discharge import unfounded, unmet
from theorycheck.derivations.links import Link, check_link
from theorycheck.derivations.reasons.consequences import PositiveMean
from theorycheck.derivations.signs import known_signs
from theorycheck.derivations.symbols import symbols_of
from theorycheck.errors import ClaimError
from theorycheck.functions import DEFAULT_FAMILIES
from theorycheck.statement.properties import strictly_above

ARBITRARY = {"d": dimension(1, 2), "f": function(), "x": point(), "y": point()}
CITED = "test/cited"


def convexity(xp, f, x, y, t, sigma):
    between = xp.scale(t, x) + xp.scale(1 - t, y)
    return f.smoothed(between, sigma), t * f.smoothed(x, sigma) + (1 - t) * f.smoothed(y, sigma)


def strong_convexity(xp, f, x, y, t, sigma, r):
    left, right = convexity(xp, f, x, y, t, sigma)
    return left, right - r / 2 * t * (1 - t) * xp.vecdot(x - y, x - y)


def smoothness(xp, f, x, y, sigma, L):
    deviation = f.smoothed(y, sigma) - f.smoothed(x, sigma) - xp.vecdot(f.smoothed_gradient(x, sigma), y - x)
    return abs(deviation), L / 2 * xp.vecdot(y - x, y - x)


def lipschitz_gradient(xp, f, x, y, L):
    return xp.norm(f.gradient(x) - f.gradient(y)), L * xp.norm(x - y)


def tautology(xp):
    return xp.number(0), xp.number(1)


def bare(claim_id, sides, space, *hypotheses, relation="<=", **more):
    return Claim(
        id=claim_id,
        statement="…",
        space=Space(**space),
        hypotheses=hypotheses,
        sides=sides,
        relation=relation,
        **more,
    )


def stating(sides, *hypotheses, relation="<=", **domains):
    space = {**ARBITRARY, "sigma": real(0), **domains}
    return bare(CITED, sides, space, *hypotheses, relation=relation)


def of_numbers(sides, *hypotheses, relation="<=", **domains):
    return bare(CITED, sides, domains, *hypotheses, relation=relation)


T, L, R = real(0, 1), constant_of("f", "smoothness"), constant_of("f", "strong_convexity")
CONVEX, SMOOTH, STRONG, LOW = (
    convex("f"),
    l_smooth("f", "L"),
    strongly_convex("f", "r"),
    bounded_below("f", "m"),
)
KEEPS_CONVEX = stating(convexity, CONVEX, t=T)
KEEPS_SMOOTH = stating(smoothness, SMOOTH, L=L)
KEEPS_STRONG = stating(strong_convexity, STRONG, t=T, r=R)
KEEPS_BOUND = stating(lambda xp, f, x, m, sigma: (m, f.smoothed(x, sigma)), LOW, m=real())
TWO_FORMS = bare("test/forms", lipschitz_gradient, {**ARBITRARY, "L": L}, SMOOTH)


def user(*hypotheses, **domains):
    space = {
        **ARBITRARY,
        "sigma": real(0),
        "tau": real(),
        "L": L,
        "r": R,
        "m": real(),
        "K": real(0),
        **domains,
    }
    return bare("test/user", lambda xp, f, x: (f(x), f(x)), space, *hypotheses)


USER = user(CONVEX, SMOOTH, STRONG, LOW)
S = symbols_of(USER)
U = gaussian("u", S.d)


@pytest.fixture(autouse=True)
def claims(monkeypatch):
    """The claims that can be cited, by id."""
    known = {}
    monkeypatch.setattr(
        "theorycheck.derivations.lemmas.claim_cited", lambda claim_id, beside: known.get(claim_id)
    )
    return known


@pytest.fixture
def cite(claims):
    """Cite a claim, and say what the facts are and why they may not be used."""

    def facts_and_problem(cited, by=USER, **values):
        claims[cited.id] = cited
        made = symbols_of(by).lemma(cited.id, **values)
        first = made[0] if isinstance(made, tuple) else made
        return made, unmet(first.source, by, known_signs(by))

    return facts_and_problem


@pytest.fixture
def problem(cite):
    return lambda *arguments, **values: cite(*arguments, **values)[1]


def outcome(left, relation, right, reason, claim=USER):
    return check_link(Link("1", left, relation, right, reason), claim)


# ---- properties ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cited", "assumed", "values"),
    [
        (KEEPS_CONVEX, CONVEX, {}),
        (KEEPS_SMOOTH, SMOOTH, {"L": S.L}),
        (KEEPS_STRONG, STRONG, {"r": S.r}),
        (KEEPS_BOUND, LOW, {"m": S.m}),
        (stating(convexity, CONVEX, t=real(0, 1, open_low=True, open_high=True)), CONVEX, {}),
    ],
)
def test_what_smoothing_keeps_is_the_mean_of_the_property(cite, cited, assumed, values):
    """Each fact of f_σ is the expectation of the fact of f at shifted points."""
    family, why_not = cite(cited, f=S.f, sigma=S.sigma, **values)
    assert why_not == ""
    mine, shift = S.assume(assumed), U.vector * S.sigma
    assert (family.function, type(family)) == (S.f.smooth(S.sigma), type(mine))
    t = sympy.Rational(1, 3)
    methods = {"between": (S.x, S.y, t), "tangent": (S.x, S.y), "upper": (S.x, S.y), "lower": (S.x, S.y)}
    for name, arguments in {**methods, "at": (S.x,)}.items():
        if hasattr(family, name):
            moved = [a + shift if a in (S.x, S.y) else a for a in arguments]
            slack = getattr(mine, name)(*moved).slack
            fact = getattr(family, name)(*arguments)
            assert sympy.expand(normal_form(expectation(slack, U) - fact.slack)) == 0
            result = outcome(0, "<=", fact.slack, consequence("", hypothesis(fact)))
            assert result.verified, result
            assert [ground.text for ground in result.rests_on if ground.kind == "claim"] == [CITED]


def halved(xp, f, x, y, t, sigma):
    left, right = convexity(xp, f, x, y, t, sigma)
    return left / 2, right / 2


def one_sided(xp, f, x, y, sigma, L):
    deviation = f.smoothed(y, sigma) - f.smoothed(x, sigma) - xp.vecdot(f.smoothed_gradient(x, sigma), y - x)
    return deviation, L / 2 * xp.vecdot(y - x, y - x)


def at_one_point(xp, f, x, y, t, sigma):
    return convexity(xp, f, x, x, t, sigma)


def twice(xp, f, x, y, t, sigma):
    left, right = convexity(xp, f, x, y, t, sigma)
    return 2 * left, right


@pytest.mark.parametrize(
    ("cited", "values"),
    [
        (stating(halved, CONVEX, t=T), {}),
        (stating(twice, CONVEX, t=T), {}),
        (stating(one_sided, SMOOTH, L=L), {"L": S.L}),
        (stating(at_one_point, CONVEX, t=T), {}),
        (stating(convexity, CONVEX, t=T, relation=">="), {}),
        (stating(convexity, CONVEX, t=T, relation="="), {}),
        (TWO_FORMS, {"L": S.L}),
    ],
)
def test_what_is_no_property(cite, cited, values):
    if "sigma" in cited.space.domains:
        values = {**values, "sigma": S.sigma}
    with pytest.raises(ClaimError, match="no property of a function"):
        cite(cited, f=S.f, **values)


def test_the_constant_is_read_from_the_formula(cite):
    def weaker(xp, f, x, y, sigma, L):
        left, right = smoothness(xp, f, x, y, sigma, L)
        return left, 3 * right

    family, why_not = cite(stating(weaker, SMOOTH, L=L), f=S.f, sigma=S.sigma, L=S.L)
    assert (family.constant, why_not) == (3 * S.L, "")
    unsmoothed = lambda xp, f, x, y, t, sigma: convexity(xp, f, x, y, t, 0 * sigma)  # noqa: E731
    family, _ = cite(stating(unsmoothed, CONVEX, t=T), f=S.f, sigma=S.sigma)
    assert family.function == S.f


def test_a_property_of_another_claim_discharges_a_hypothesis(cite):
    """f is L-smooth, so f_σ is, so its gradient is Lipschitz."""
    smooth, _ = cite(KEEPS_SMOOTH, f=S.f, sigma=S.sigma, L=S.L)
    fact, why_not = cite(TWO_FORMS, f=smooth, x=S.x, y=S.y, L=S.L)
    g = S.f.smooth(S.sigma)
    change = norm_squared(g.gradient(S.x) - g.gradient(S.y))
    assert why_not == ""
    assert sympy.expand(normal_form(fact.slack - (S.L**2 * norm_squared(S.x - S.y) - change))) == 0
    result = outcome(change, "<=", S.L**2 * norm_squared(S.x - S.y), consequence("", hypothesis(fact)))
    assert result.verified
    assert {ground.text for ground in result.rests_on if ground.weakens} == {CITED, "test/forms"}
    assert cite(TWO_FORMS, f=(smooth,), x=S.x, y=S.y, L=2 * S.L)[1] == "", "a larger constant is one as well"
    assert "does not follow" in cite(TWO_FORMS, f=smooth, x=S.x, y=S.y, L=S.L / 2)[1]
    assert "does not follow" in cite(TWO_FORMS, f=g, x=S.x, y=S.y, L=S.L)[1], "nothing is known of f_σ itself"
    with pytest.raises(ClaimError, match="f stands for a function"):
        cite(TWO_FORMS, f=(smooth, S.assume(SMOOTH)), x=S.x, y=S.y, L=S.L)  # of two functions


def test_facts_that_are_given_must_have_a_source(cite):
    g = S.f.smooth(S.sigma)
    for source in (
        SMOOTH,
        CONVEX,
        "premise",
        "exp(w) >= 1 + w",
        Lemma(CITED, (("f", S.f), ("sigma", S.sigma))),
    ):
        cite(KEEPS_SMOOTH, f=S.f, sigma=S.sigma, L=S.L)
        made_up = SmoothFacts(g, S.L, source, "made up")
        assert cite(TWO_FORMS, f=made_up, x=S.x, y=S.y, L=S.L)[1] != ""
    half, _ = cite(KEEPS_SMOOTH, f=S.f, sigma=S.sigma, L=S.L)
    forged = SmoothFacts(g, S.L / 2, half.source, half.label)
    assert "these constants" in unfounded(forged, USER, known_signs(USER))

    class Mine(SmoothFacts):
        def __eq__(self, other):
            return True

        __hash__ = SmoothFacts.__hash__

    assert "no family" in unfounded(Mine(g, S.L, half.source, ""), USER, known_signs(USER))


# ---- hypotheses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("have", "needed", "enough"),
    [
        (CONVEX, CONVEX, True),
        (STRONG, CONVEX, True),
        (CONVEX, strongly_convex("f", "k"), False),
        (strongly_convex("f", "r"), strongly_convex("f", "k"), False),
        (strongly_convex("f", 2), strongly_convex("f", 1), True),
        (strongly_convex("f", 1), strongly_convex("f", 2), False),
        (SMOOTH, CONVEX, False),
        (l_smooth("f", 1), l_smooth("f", 2), True),
        (l_smooth("f", 2), l_smooth("f", 1), False),
        (lipschitz("f", 1), lipschitz("f", 2), True),
        (lipschitz("f", 2), lipschitz("f", 1), False),
        (lipschitz("f", 1), l_smooth("f", 1), False),
        (bounded_below("f", 2), bounded_below("f", 1), True),
        (bounded_below("f", 1), bounded_below("f", 2), False),
        (bounded_below("f", 1), strictly_above("f", 1), False),
        (bounded_below("f", 2), strictly_above("f", 1), True),
        (strictly_above("f", 1), bounded_below("f", 1), True),
        (continuous("f"), continuous("f"), True),
        (nonconstant("f"), continuous("f"), False),
        (None, nonconstant("f"), False),
    ],
)
def test_properties_of_functions(problem, have, needed, enough):
    mine = user(*(() if have is None else (have,)))
    cited = bare(CITED, tautology, {**ARBITRARY, "k": real()}, needed)
    s = symbols_of(mine)
    found = problem(cited, mine, f=s.f, x=s.x, y=s.y, k=s.K)
    assert (found == "") is enough, found
    assert enough or needed.latex in found
    assert problem(cited, mine, f=s.f.smooth(s.sigma), x=s.x, y=s.y, k=s.K) != "", "nothing is known of f_σ"
    assert problem(cited, mine, f=AbstractFunction("g"), x=s.x, y=s.y, k=s.K) != ""


CONDITION = requires(lambda a, b: a < b, "a < b")


@pytest.mark.parametrize(
    ("a", "b", "assumed", "enough"),
    [
        (1, 2, (), True),
        (1, 1, (), False),
        (S.K, S.K + 1, (), True),
        (S.K, 2 * S.K + Fraction(1, 10), (), True),
        (S.K, 2 * S.K, (), False),
        (S.m, S.K, (requires(lambda m, K: m < K, "m < K"),), True),
        (S.m, S.K, (requires(lambda m, K: m <= K, "m ≤ K"),), False),
        (S.m**3, S.K**3, (requires(lambda m, K: (m > 0) & (m < K), "0 < m < K"),), False),
        (-S.K, S.K, (requires(lambda K: K > 0, "K > 0"),), True),
    ],
)
def test_conditions(problem, a, b, assumed, enough):
    cited = of_numbers(lambda xp, a, b: (a, b), CONDITION, a=real(), b=real())
    found = problem(cited, user(*assumed), a=a, b=b)
    assert found == "" if enough else "a < b does not follow" in found


@pytest.mark.parametrize(
    ("condition", "value", "enough"),
    [
        (lambda a: a == 1, 1, True),
        (lambda a: a == 1, S.K, False),
        (lambda a: a != 0, S.K + 1, True),
        (lambda a: a != 0, S.m, False),
        (lambda a: (a >= 0) & (a <= 1), Fraction(1, 2), True),
        (lambda a: (a >= 0) & (a <= 1), S.K, False),
        (lambda a: (a >= 1) | (a <= 0), S.K, False),
        (lambda xp, a: xp.sqrt(a) >= 1, S.K + 1, True),
        (lambda xp, a: xp.sqrt(a) >= -1, S.m, False),
        (lambda a: 1 / a >= 0, S.K, False),
    ],
)
def test_other_conditions(problem, condition, value, enough):
    for made in (requires(condition, "C"), granted(condition, "C", "why")):
        found = problem(of_numbers(lambda xp, a: (a, a), made, a=real()), a=value)
        assert found == "" if enough else "C does not follow" in found


def test_a_hypothesis_that_both_claims_have(problem):
    either = requires(lambda K: (K >= 1) | (K <= 0), "K ≥ 1 or K ≤ 0")
    cited = of_numbers(lambda xp, K: (K, K), either, K=real(0))
    mine = user(either)
    s = symbols_of(mine)
    assert problem(cited, mine, K=s.K) == ""
    assert "does not follow" in problem(cited, mine, K=s.K / 2)
    assert "does not follow" in problem(cited, K=S.K)

    class Own:
        latex = "K is nice"

        def names(self):
            return ("K",)

        def holds(self, xp, values):
            return values["K"] >= 0

    own = Own()
    cited = of_numbers(lambda xp, K: (K, K), own, K=real(0))
    assert problem(cited, user(own), K=symbols_of(user(own)).K) == ""
    assert "K is nice is none of this claim" in problem(cited, K=S.K)


def test_samples_and_finite_sums(problem):
    space = {"f": finite_sum((1, 2)), "x_star": point()}
    mine = user(each(CONVEX), **{**space, "L": constant_of("f", "each_smoothness")})
    s = symbols_of(mine)
    assert problem(KEEPS_CONVEX, mine, f=s.sample("f"), sigma=s.sigma) == ""
    assert problem(KEEPS_CONVEX, mine, f=s.sample("f", "j"), sigma=s.sigma) == ""
    assert "does not follow" in problem(KEEPS_CONVEX, mine, f=s.f, sigma=s.sigma), "the mean is not a sample"
    for_sums = lambda *families, **more: bare(  # noqa: E731
        CITED, tautology, {"d": dimension(1, 2), "f": finite_sum(*families, **more)}, each(CONVEX)
    )
    assert problem(for_sums((1, 2, 3)), mine, f=s.f) == ""
    for other in (for_sums((1, 3)), for_sums((1, 2), tilted=True), for_sums((1, 2), DEFAULT_FAMILIES[0])):
        assert "finite sums of another kind" in problem(other, mine, f=s.f)
    assert "finite sums of another kind" in problem(for_sums((1, 2)), mine, f=s.f.smooth(s.sigma))
    lacking = user(**{**space, "L": constant_of("f", "each_smoothness")})
    assert "for every $k$ does not follow" in problem(for_sums((1, 2)), lacking, f=symbols_of(lacking).f)


def test_minimisers(problem):
    space = {
        "d": dimension(1, 2),
        "f": finite_sum((1, 2), tilted=True),
        "x_star": minimiser_of("f"),
        "x": point(),
        "s": real(0),
    }
    lowest = minimises("f", "x_star")
    cited = bare(CITED, lambda xp, f, x, x_star: (f(x_star), f(x)), space, lowest)
    mine = bare("test/user", tautology, space, lowest)
    s = symbols_of(mine)
    assert problem(cited, mine, f=s.f, x=s.x, x_star=s.x_star, s=1) == ""
    assert "not the minimiser" in problem(cited, mine, f=s.f, x=s.x, x_star=s.x, s=1)
    unassumed = bare("test/user", tautology, space)
    assert "minimises" in problem(cited, unassumed, f=s.f, x=s.x, x_star=s.x_star, s=1)
    smoothed = bare(CITED, tautology, space, minimises("f", "x_star", "s"))
    assert "minimises" in problem(smoothed, mine, f=s.f, x=s.x, x_star=s.x_star, s=s.s)


# ---- domains ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("domain", "value", "enough"),
    [
        (real(0, 1), Fraction(1, 2), True),
        (real(0, 1), 2, False),
        (real(0, 1), S.K / (1 + S.K), True),
        (real(0, 1), S.K, False),
        (real(0), S.tau, False),
        (real(0), S.tau**2, True),
        (real(0, open_low=True), S.sigma, False),
        (real(0, open_low=True), 0, False),
        (real(0, open_low=True), S.sigma + 1, True),
        (real(None, 0), -S.K, True),
        (real(), sympy.sqrt(S.tau), False),
        (real(), sympy.I, False),
        (real(), 1 / S.sigma, False),
        (real(), sympy.oo, False),
        (real(), uniform("t").scalar, False),
        (integer(1, 5), 2, True),
        (integer(1, 5), Fraction(1, 2), False),
        (integer(1, 5), 6, False),
        (integer(1, 5), S.K, False),
        (integer(1, 5), S.d, False),
        (choice(1, 2), 2, True),
        (choice(1, 2), 3, False),
        (choice(1, 2), S.d, False),
    ],
)
def test_numbers(problem, domain, value, enough):
    found = problem(of_numbers(tautology, a=domain), a=value)
    assert found == "" if enough else " a" in found or "a " in found, found


def test_bounds_by_other_names(problem):
    cited = of_numbers(tautology, a=real(), b=real("a", open_low=True))
    assert problem(cited, a=S.m, b=S.m + 1) == ""
    assert "bounds of b" in problem(cited, a=S.m, b=S.m)
    assert "bounds of b" in problem(cited, a=S.m, b=S.K)


@pytest.mark.parametrize(
    ("constant", "hypotheses", "value", "enough"),
    [
        ("smoothness", (SMOOTH,), "L", True),
        ("smoothness", (), "L", True),  # the same constant of the same function
        ("smoothness", (SMOOTH,), "K", False),
        ("smoothness", (), "K", False),
        ("lipschitz", (lipschitz("f", "K"),), "K", True),
        ("lower_bound", (LOW,), "m", True),
        ("lower_bound", (LOW,), "K", False),
        ("strong_convexity", (strongly_convex("f", "K"),), "K", True),
        ("strong_convexity", (strongly_convex("f", "m"),), "m", False),  # a modulus is not negative
        ("strong_convexity", (), "K", False),
    ],
)
def test_constants_of_functions(problem, constant, hypotheses, value, enough):
    mine = user(*hypotheses)
    s = symbols_of(mine)
    cited = bare(CITED, tautology, {**ARBITRARY, "c": constant_of("f", constant)})
    found = problem(cited, mine, f=s.f, x=s.x, y=s.y, c=getattr(s, value))
    assert (found == "") is enough, found
    assert problem(cited, mine, f=s.f.smooth(s.sigma), x=s.x, y=s.y, c=getattr(s, value)) != ""


def test_constants_that_are_positive_or_have_no_property(problem):
    positive = bare(CITED, tautology, {**ARBITRARY, "c": constant_of("f", "smoothness", positive=True)})
    assert "not certainly positive" in problem(positive, f=S.f, x=S.x, y=S.y, c=S.L)
    assert problem(positive, f=S.f, x=S.x, y=S.y, c=S.L + 1) == ""
    moment = bare(CITED, tautology, {"f": finite_sum((1, 2)), "c": constant_of("f", "second_moment")})
    mine = bare("test/user", tautology, {"f": finite_sum((1, 2)), "b": constant_of("f", "second_moment")})
    s = symbols_of(mine)
    assert problem(moment, mine, f=s.f, c=s.b) == ""
    assert "not the number" in problem(moment, mine, f=s.f, c=s.b + 1)


def test_functions_points_and_dimensions(problem):
    few = bare(CITED, tautology, {"d": dimension(1, 2), "f": function(DEFAULT_FAMILIES[0])})
    assert "certain families" in problem(few, f=S.f)
    mine = user(f=function(DEFAULT_FAMILIES[0]))
    assert problem(few, mine, f=symbols_of(mine).f) == "", "the same families"
    assert "certain families" in problem(few, mine, f=symbols_of(mine).f.smooth(1))
    box = bare(CITED, tautology, {"d": dimension(1, 2), "x": vector("d", 0, 1)})
    assert "no arbitrary one" in problem(box, x=S.x)
    line = bare(CITED, tautology, {"x": point()})
    assert "points of the line" in problem(line, x=S.x)
    in_few = bare(CITED, tautology, {"d": dimension(2, 3), "x": point()})
    assert "in the dimensions 2, 3 alone" in problem(in_few, x=S.x)
    derived = bare(
        CITED,
        tautology,
        {"d": dimension(2, 3), "x": point()},
        derivation=lambda s: derivation(chain(s.left, eq(s.right, by_expansion("both sides")))),
    )
    assert problem(derived, x=S.x) == ""
    assert "not the dimension" in problem(derived, x=S.x, d=2)
    assert (
        problem(bare(CITED, tautology, {"d": dimension(1, 2), "x": point()}), x=S.x + U.vector, d=S.d) == ""
    )


def test_a_formula_that_is_read_for_each_dimension_has_no_form_for_all(cite):
    cited = bare(
        CITED, lambda xp, x, d: (0, xp.vecdot(x, x) if d > 1 else 1), {"d": dimension(1, 2), "x": point()}
    )
    with pytest.raises(ClaimError, match="no symbolic form at these values"):
        cite(cited, x=S.x)


def test_parts_without_a_value(problem):
    cited = of_numbers(lambda xp, a, b: (a / b * b, a), a=real(), b=real())
    assert problem(cited, a=S.m, b=S.K + 1) == ""
    assert "may have no value" in problem(cited, a=S.m, b=S.K)
    hidden = requires(
        lambda a, b: (a - b) / (a - b) * a >= 0, "a ≥ 0"
    )  # SymPy cancels it where a and b have names
    presupposing = of_numbers(lambda xp, a, b: (a, a), hidden, a=real(), b=real())
    assert problem(presupposing, a=S.K + 1, b=S.K) == ""
    assert "may have no value" in problem(presupposing, a=S.K, b=S.m)
    root = of_numbers(lambda xp, a: (xp.sqrt(a) ** 2, a), a=real())
    assert problem(root, a=S.K) == ""
    assert "may have no value" in problem(root, a=S.m)


def test_gradients_that_may_not_exist(problem):
    tangent = lambda xp, f, x, y: (f(x) + xp.vecdot(f.gradient(x), y - x), f(y))  # noqa: E731
    cited = bare(CITED, tangent, ARBITRARY, CONVEX)
    assert problem(cited, user(CONVEX, SMOOTH), f=S.f, x=S.x, y=S.y) == ""
    assert "the gradient of $f$ may not exist" in problem(cited, user(CONVEX), f=S.f, x=S.x, y=S.y)


# ---- what a lemma is -------------------------------------------------------------------------------------------------


def test_what_is_refused_at_once(cite, claims):
    claims["test/entry"] = Claim(id="test/entry", statement="…", readings=[KEEPS_CONVEX])
    claims["test/whole"] = Claim(id="test/whole", statement="…", parts=[KEEPS_CONVEX])
    claims["test/prose"] = Claim(id="test/prose", statement="…", derivation=lambda s: None)
    claims[CITED] = KEEPS_CONVEX
    bad = [
        ("test/nothing", {}, "there is no claim test/nothing"),
        ("test/entry", {}, "use one of test/cited"),
        ("test/whole", {}, "use one of test/cited"),
        ("test/prose", {}, "has no formula"),
        (KEEPS_CONVEX, {}, "by the id"),
        (CITED, {"f": S.f}, "needs a value for sigma"),
        (CITED, {"sigma": 1}, "needs a value for f"),
        (CITED, {"f": S.f, "sigma": 1, "x": S.x}, "needs values for y, t"),
        (CITED, {"f": S.f, "sigma": 1, "z": 2}, "has no z"),
        (CITED, {"f": S.x, "sigma": 1}, "stands for a function"),
        (CITED, {"f": S.f, "sigma": S.x}, "stands for a number"),
        (CITED, {"f": S.f, "sigma": "sigma"}, "is no number, point or function"),
        (CITED, {"f": S.f, "sigma": True}, "is no number, point or function"),
        (CITED, {"f": S.f, "sigma": 0.1}, "not exact"),
        (CITED, {"f": S.f, "sigma": 1, "x": 2, "y": S.y, "t": 1}, "stands for a vector"),
    ]
    for claim_id, values, words in bad:
        with pytest.raises(ClaimError, match=words):
            S.lemma(claim_id, **values)
    with pytest.raises(ClaimError, match="by these names"):
        S.lemma(CITED, CONVEX, S.f.smooth(S.sigma))
    entries = bare(CITED, lambda xp, A, a: (0, a), {"A": matrix(2, 2), "a": real()})
    with pytest.raises(ClaimError, match="no symbols for what A stands for"):
        cite(entries, A=1, a=2)
    with pytest.raises(ClaimError, match="needs a value for A"):
        cite(entries, a=2)


def test_one_function_twice_and_two_functions(cite):
    """A name stands for one thing; two names may stand for the same."""
    sides = lambda xp, f, g, x: (f(x), g(x))  # noqa: E731
    above = requires(lambda a, b: a <= b, "a ≤ b")
    space = {"d": dimension(1, 2), "f": function(), "g": function(), "x": point(), "a": real(), "b": real()}
    cited = bare(CITED, sides, space, above, relation="=")
    fact, _ = cite(cited, f=S.f, g=S.f.smooth(1), x=S.x, a=0, b=1)
    assert sympy.expand(fact.slack - (S.f.smooth(1)(S.x) - S.f(S.x))) == 0
    same, _ = cite(cited, f=S.f, g=S.f, x=S.x, a=0, b=1)
    assert same.slack == 0


def test_no_variable_is_captured(cite):
    """The mean in the cited formula is not over the direction of which an argument speaks."""
    sides = lambda xp, f, x, sigma, d: (f(x), xp.gaussian_mean(lambda u: f(x + xp.scale(sigma, u)), d, 2))  # noqa: E731
    cited = bare(
        CITED, sides, {"d": dimension(1, 2), "f": function(), "x": point(), "sigma": real(0)}, CONVEX
    )
    moved = S.x + U.vector
    fact, why_not = cite(cited, f=S.f, x=moved, sigma=S.sigma)
    assert why_not == ""
    assert normal_form(fact.slack) == S.f.smooth(S.sigma)(moved) - S.f(moved)
    averaged = normal_form(expectation(fact.slack, U))
    assert sympy.expand(averaged - (S.f.smooth(sympy.sqrt(S.sigma**2 + 1))(S.x) - S.f.smooth(1)(S.x))) == 0
    k = lambda xp, f, x: (f(x), xp.sample_mean(f, lambda sample: sample(x)))  # noqa: E731
    space = {"d": dimension(1, 2), "f": finite_sum((1, 2)), "x": point()}
    mine = bare("test/user", tautology, space)
    s = symbols_of(mine)
    at_draw = s.x - s.sample("f").gradient(s.x)
    equality, why_not = cite(bare(CITED, k, space, relation="="), mine, f=s.f, x=at_draw)
    assert why_not == ""
    assert normal_form(equality.slack) == 0, "E_k f_k(p) = f(p) where p does not depend on that k"


def test_equalities(cite):
    """An equality may be multiplied by any number, and shows equalities."""
    cited = of_numbers(
        lambda xp, a, b: ((a + b) ** 2 - (a - b) ** 2, 4 * a * b), a=real(), b=real(), relation="="
    )
    unknown = of_numbers(lambda xp, a, b: (xp.sin(a) * b, xp.cos(b) * a), a=real(), b=real(), relation="=")
    assert cite(cited, a=S.tau, b=S.m)[1] == ""
    fact, _ = cite(unknown, a=S.tau, b=S.m)
    left, right = sympy.sin(S.tau) * S.m, sympy.cos(S.m) * S.tau
    times = S.m - 7
    for relation, sign in (("=", 1), ("<=", 1), (">=", -1)):
        reason = consequence("", sign * times * hypothesis(fact))
        assert outcome(times * left, relation, times * right, reason).verified
        assert not outcome(left, relation, right + 1, consequence("", sign * hypothesis(fact))).verified
    assert not outcome(left, "<", right, consequence("", hypothesis(fact))).verified
    imaginary = consequence("", sympy.sqrt(S.m) * hypothesis(fact))
    assert not outcome(sympy.sqrt(S.m) * left, "=", sympy.sqrt(S.m) * right, imaginary).verified
    bound, _ = cite(of_numbers(lambda xp, a: (a, a**2 + 1), a=real()), a=S.m)
    assert not outcome(S.m, "=", S.m**2 + 1, consequence("", hypothesis(bound))).verified
    forged = Fact(bound.slack, bound.label, bound.source, zero=True)
    assert not outcome(S.m, "=", S.m**2 + 1, consequence("", hypothesis(forged))).verified


def test_equalities_of_vectors(cite):
    sides = lambda xp, f, x, y, L: (f.gradient(x), xp.scale(L, y))  # noqa: E731
    cited = bare(CITED, sides, {**ARBITRARY, "L": L}, SMOOTH, relation="=")
    fact, why_not = cite(cited, f=S.f, x=S.x, y=S.y, L=S.L)
    assert why_not == ""
    left, right = inner(S.f.gradient(S.x), S.direction), S.L * inner(S.y, S.direction)
    assert outcome(left, "=", right, consequence("", hypothesis(fact))).verified


def test_two_pieces_and_strict_ones(cite):
    two, why_not = cite(KEEPS_SMOOTH, f=S.f, sigma=S.sigma, L=S.L, x=S.x, y=S.y)
    assert why_not == "" and len(two) == 2
    family = S.lemma(CITED, f=S.f, sigma=S.sigma, L=S.L)
    wanted = {
        sympy.expand(normal_form(fact.slack)) for fact in (family.upper(S.x, S.y), family.lower(S.x, S.y))
    }
    assert {sympy.expand(normal_form(fact.slack)) for fact in two} == wanted
    for fact in two:
        assert outcome(0, "<=", fact.slack, consequence("", hypothesis(fact))).verified
    above = bare(
        CITED,
        lambda xp, f, x, m: (m, f(x)),
        {**ARBITRARY, "m": real()},
        strictly_above("f", "m"),
        relation="<",
    )
    mine = user(strictly_above("f", "m"))
    s = symbols_of(mine)
    moved = s.x + U.vector
    fact, why_not = cite(above, mine, f=s.f, x=moved, y=s.y, m=s.m)
    assert fact.strict and why_not == ""
    assert outcome(s.m, "<", s.f.smooth(1)(s.x), PositiveMean("", fact, U), mine).verified
    weak, _ = cite(
        bare(CITED, above.sides, {**ARBITRARY, "m": real()}, LOW), user(LOW), f=s.f, x=moved, y=s.y, m=s.m
    )
    assert not weak.strict
    forged = Fact(weak.slack, weak.label, weak.source, strict=True)
    assert not outcome(s.m, "<", s.f.smooth(1)(s.x), PositiveMean("", forged, U), user(LOW)).verified


def test_links_of_a_nonconvex_function_are_refused(cite):
    mine = user(SMOOTH)
    s = symbols_of(mine)
    family, _ = cite(KEEPS_CONVEX, mine, f=s.f, sigma=s.sigma)
    fact = family.between(s.x, s.y, sympy.Rational(1, 2))
    result = outcome(0, "<=", fact.slack, consequence("", hypothesis(fact)), mine)
    assert not result.verified and "$f$ is convex does not follow" in result.reason
    claim = user(CONVEX)
    family, _ = cite(KEEPS_CONVEX, claim, f=symbols_of(claim).f, sigma=S.sigma)
    t = family.between(S.x, S.y, 2)
    assert "not certified" in outcome(0, "<=", t.slack, consequence("", hypothesis(t)), claim).reason
    g = AbstractFunction("f", S.sigma, frozenset({"k"}))
    forged = ConvexFacts(g, sympy.Integer(0), family.source, family.label).between(S.x, S.y, Fraction(1, 2))
    assert not outcome(0, "<=", forged.slack, consequence("", hypothesis(forged)), claim).verified


def test_expected_lemmas(cite):
    """Lemmas hold for every value of a random direction, so in the mean."""
    fact, _ = cite(TWO_FORMS, f=S.f, x=S.x + U.vector * S.sigma, y=S.x, L=S.L)
    change = norm_squared(S.f.gradient(S.x + U.vector * S.sigma) - S.f.gradient(S.x))
    right = S.L**2 * S.sigma**2 * S.d / 2
    reason = consequence("", expected(hypothesis(fact), U))
    assert outcome(expectation(change, U), "<=", right, reason).verified
    assert not outcome(expectation(change, U), "<=", right / 2, reason).verified
