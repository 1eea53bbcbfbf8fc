"""Derivations, printed proofs and contrary derivations end in what they are for, or the verdict says that they don't."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck import Claim, Refutation, Space, check, convex, dimension, function, granted, point, real
from theorycheck.algebra import (
    AbstractFunction,
    Fact,
    Integral,
    directional_derivative,
    expectation,
    index,
    inner,
    norm_squared,
    vector,
)
from theorycheck.derivations import (
    by_expansion,
    chain,
    consequence,
    derivation,
    differentiate_inside,
    elementary,
    eq,
    ge,
    gt,
    hypothesis,
    le,
    lt,
)
from theorycheck.derivations.conclusions import check_contrary, check_printed_conclusion
from theorycheck.derivations.symbols import symbols_of
from theorycheck.errors import ClaimError, SpaceError
from theorycheck.statement.claims import requires

X = sympy.Symbol("x", real=True)
ZERO, ONE = sympy.Integer(0), sympy.Integer(1)
SQUARE = chain(ZERO, le(X**2, elementary("a square")))


def kinds(verdict):
    return {ground.kind for ground in verdict.rests_on}


# ---- contrary derivations --------------------------------------------------------------------------------------


def contrary_of_something_else(_):
    return derivation(SQUARE, concludes=((sympy.exp(X), "<=", ZERO),))


def test_a_contrary_that_does_not_end_in_what_it_says_refutes_nothing():
    exponential = Claim(
        id="mine/exp",
        kind="implication",
        statement="$e^x > 0$",
        refutation=Refutation(contrary_of_something_else, "$e^x \\le 0$"),
    )
    jensen = Claim(
        id="mine/jensen",
        statement="Jensen at the midpoint",
        space=Space(d=dimension(1), f=function(), x=point(), y=point()),
        hypotheses=[convex("f")],
        sides=lambda xp, f, x, y: (f((x + y) / 2), (f(x) + f(y)) / 2),
        refutation=Refutation(contrary_of_something_else, "a mistake in the contrary"),
    )
    for claim in (exponential, jensen):
        verdict = check(claim, budget="quick")
        assert verdict.status == "inconclusive"
        assert "no chain of the contrary ends in $e^{x} \\le 0$" in verdict.reason


def test_a_contrary_that_assumes_its_conclusion_refutes_nothing():
    def from_premise(_):
        premise = Fact(-sympy.exp(X), "$e^x \\le 0$", "premise")
        return derivation(chain(sympy.exp(X), le(ZERO, consequence("premise", hypothesis(premise)))))

    claim = Claim(
        id="mine/exp", kind="implication", statement="$e^x > 0$", refutation=Refutation(from_premise, "")
    )
    verdict = check(claim, budget="quick")
    assert verdict.status == "inconclusive" and "nothing but its own premises" in verdict.reason


def test_a_demonstration_outside_the_space_refutes_nothing():
    claim = Claim(
        id="mine/outside",
        statement="$f(p)^2 + x \\ge 1/x$ for $x \\ge 1$",
        relation=">=",
        space=Space(x=real(1), f=function(), p=point()),
        sides=lambda xp, x, f, p: (f(p) ** 2 + x, 1 / x),
        refutation=Refutation(
            lambda _: derivation(SQUARE),
            "at $x = 1/2$",
            sides=lambda xp, x: (x, 1 / x),
            relation=">=",
            instance={"x": Fraction(1, 2)},
        ),
    )
    assert check(claim, budget="quick").status == "inconclusive"


def test_a_contrary_that_grants_its_step_is_contested():
    step = granted(lambda x: x <= -1, "$x \\le -1$", "trust me")
    claim = Claim(
        id="mine/granted",
        statement="some $x \\ge -2$ has $x > -1$",
        space=Space(x=real(-2)),
        hypotheses=[step],
        refutation=Refutation(
            lambda s: derivation(
                chain(s.x, le(sympy.Integer(-1), consequence("granted", hypothesis(s.assume(step)))))
            ),
            "$x \\le -1$ by the granted step",
        ),
    )
    verdict = check(claim, budget="quick")
    assert verdict.status == "contested" and kinds(verdict) == {"granted", "own conclusion"}


def test_one_name_for_two_random_indices_refutes_nothing():
    """E_k f_k = f in one link and = g in another would give f = g."""
    f, g, x = AbstractFunction("f"), AbstractFunction("g"), vector("x")
    sample = AbstractFunction("f_k", depends_on=frozenset({"k"}))
    first, second = index("k", (sample, f)), index("k", (sample, g))
    claim = Claim(
        id="mine/clash",
        statement="",
        kind="implication",
        refutation=Refutation(
            lambda _: derivation(
                chain(f(x), eq(expectation(sample(x), first), by_expansion(""))),
                chain(expectation(sample(x), second), eq(g(x), by_expansion(""))),
            ),
            "",
        ),
    )
    verdict = check(claim, budget="quick")
    assert verdict.status == "inconclusive" and "two random variables are called k" in verdict.reason


def numbers(relation="<="):
    return Claim(
        id="mine/numbers",
        statement="",
        space=Space(x=real(), y=real()),
        sides=lambda xp, x, y: (x, y),
        relation=relation,
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.sampled_from(["<=", "<", ">=", ">", "="]),
    st.sampled_from([(le, "<="), (lt, "<"), (ge, ">="), (gt, ">"), (eq, "=")]),
    st.booleans(),
    st.lists(st.tuples(st.integers(-2, 2), st.integers(-2, 2)), min_size=1, max_size=1),
)
def test_a_negation_leaves_no_instance(relation, step, swapped, _):
    """Compared with brute force: what is called the negation must exclude the relation for every order of two numbers."""
    claim = numbers(relation)
    s = symbols_of(claim)
    make, said = step
    ends = (s.y, s.x) if swapped else (s.x, s.y)
    result = check_contrary(claim, derivation(chain(ends[0], make(ends[1], elementary("")))))
    holds = {
        "<=": lambda a, b: a <= b,
        "<": lambda a, b: a < b,
        ">=": lambda a, b: a >= b,
        ">": lambda a, b: a > b,
        "=": lambda a, b: a == b,
    }
    orders = [(0, 1), (1, 1), (1, 0)]
    both = [
        (x, y) for x, y in orders if holds[relation](x, y) and holds[said](*((y, x) if swapped else (x, y)))
    ]
    assert result.verified == (not both)


# ---- our derivations -------------------------------------------------------------------------------------------


def trivial(concludes):
    return lambda _: derivation(chain(ZERO, le(ONE, elementary("0 <= 1"))), concludes=concludes)


def test_a_conclusion_that_nobody_compares_is_the_authors_word():
    stated = ((ZERO, "<=", ONE),)
    arrays = Claim(
        id="mine/arrays",
        statement="$x \\le 10^9$",
        space=Space(x=real()),
        derivation=trivial(stated),
        sides=lambda xp, x: (xp.sum(xp.stack([x - 10**9, 0 * x], axis=-1), axis=-1), 0 * x),
    )
    equivalence = Claim(
        id="mine/equivalence",
        kind="equivalence",
        statement="false near 17",
        space=Space(x=real()),
        derivation=trivial(stated),
        sides=lambda xp, x: (xp.where(abs(x - 17) < xp.number(Fraction(1, 10**9)), 1, 0), 0 * x),
    )
    words = Claim(id="mine/words", kind="implication", statement="", derivation=trivial(stated))
    verdict = check(words, budget="quick")
    assert verdict.status == "conditional" and kinds(verdict) == {"own conclusion"}
    assert "what it says that it concludes" in verdict.reason
    for false in (arrays, equivalence):  # their formulas are hunted all the same
        assert check(false, budget="quick").status == "refuted"


def test_a_derivation_concludes_something():
    claim = Claim(id="mine/primes", kind="implication", statement="", derivation=trivial(()))
    with pytest.raises(ClaimError, match=r"concludes=\(\) concludes nothing"):
        check(claim, budget="quick")


def test_hypotheses_that_no_instance_satisfies_prove_nothing():
    first, second = (
        requires(lambda x, y: x >= y + 1, "$x \\ge y+1$"),
        requires(lambda x, y: y >= x, "$y \\ge x$"),
    )
    claim = Claim(
        id="mine/numbers",
        kind="implication",
        statement="$1 \\le 0$",
        space=Space(x=real(), y=real()),
        hypotheses=[first, second],
        derivation=lambda s: derivation(
            chain(ONE, le(ZERO, consequence("", hypothesis(s.assume(first)), hypothesis(s.assume(second))))),
            concludes=((ONE, "<=", ZERO),),
        ),
    )
    with pytest.raises(SpaceError, match=r"none of .* instances satisfies the hypotheses"):
        check(claim, budget="quick")


# ---- printed proofs --------------------------------------------------------------------------------------------


def parabola(printed, **more):
    return Claim(
        id="mine/parabola",
        statement="$2x \\le x^2+1$",
        space=Space(x=real()),
        sides=lambda xp, x: (2 * x, x**2 + 1),
        printed_proof=printed,
        **more,
    )


def test_a_printed_proof_of_something_else_has_a_gap():
    claim = parabola(lambda s: derivation(chain(ZERO, le(s.x**2, elementary("a square"), "P1"))))
    verdict = check(claim, budget="quick")
    assert verdict.status == "proved"
    (gap,) = verdict.proof_gaps
    assert (gap.link, gap.outcome, gap.reason) == (
        "conclusion",
        "unverified",
        "the printed proof does not end in the claim",
    )


def test_a_printed_proof_that_ends_in_the_claim_has_none():
    claim = parabola(lambda s: derivation(chain(s.left, le(s.right, elementary("$(x-1)^2 \\ge 0$"), "P1"))))
    assert check(claim, budget="quick").proof_gaps == ()


def test_a_derivative_under_an_integral_is_founded_in_print_too():
    def wrong_kernel(_):
        d, sigma = sympy.Symbol("d", integer=True, positive=True), sympy.Symbol("sigma", positive=True)
        x, y, a, g = vector("x"), vector("y"), vector("a"), AbstractFunction("g")
        kernel = sympy.pi ** (-d / 2) * sigma ** (-d) * sympy.exp(-2 * norm_squared(y - x) / sigma**2)
        integral = Integral(g(y) * kernel, y)
        derivative = Integral(g(y) * directional_derivative(kernel, x, a), y)
        inside = differentiate_inside("under the integral", integral, point=x, direction=a)
        return derivation(chain(inner(g.smoothed_gradient(x, sigma), a), eq(derivative, inside, "P1")))

    verdict = check(parabola(wrong_kernel), budget="quick")
    assert [(gap.link, gap.outcome) for gap in verdict.proof_gaps] == [
        ("P1", "unverified"),
        ("conclusion", "unverified"),
    ]


def test_a_printed_proof_without_a_formula_is_not_compared():
    claim = Claim(
        id="mine/words",
        kind="implication",
        statement="",
        printed_proof=lambda _: None,
        implements=["math:sqrt"],
    )
    assert check_printed_conclusion(claim, derivation(SQUARE)).outcome == "not compared"
