"""What a cited claim says is compared with what is used of it."""

from fractions import Fraction

import pytest

from theorycheck import (
    Claim,
    Space,
    bounded_below,
    constant_of,
    convex,
    dimension,
    each,
    finite_sum,
    function,
    l_smooth,
    point,
    real,
    requires,
    strongly_convex,
)
from theorycheck.derivations.lemmas import no_equivalence, not_said
from theorycheck.derivations.signs import known_signs
from theorycheck.derivations.symbols import symbols_of

ARBITRARY = {"d": dimension(1, 2), "f": function(), "x": point(), "y": point()}


def convexity(xp, f, x, y, t, sigma):
    between = xp.scale(t, x) + xp.scale(1 - t, y)
    return f.smoothed(between, sigma), t * f.smoothed(x, sigma) + (1 - t) * f.smoothed(y, sigma)


def strong_convexity(xp, f, x, y, t, sigma, r):
    left, right = convexity(xp, f, x, y, t, sigma)
    return left, right - r / 2 * t * (1 - t) * xp.vecdot(x - y, x - y)


def smoothness(xp, f, x, y, sigma, L):
    deviation = f.smoothed(y, sigma) - f.smoothed(x, sigma) - xp.vecdot(f.smoothed_gradient(x, sigma), y - x)
    return abs(deviation), L / 2 * xp.vecdot(y - x, y - x)


def stating(sides, *hypotheses, relation="<=", **domains):
    space = Space(**{**ARBITRARY, "sigma": real(0), **domains})
    return Claim(
        id="test/cited", statement="…", space=space, hypotheses=hypotheses, sides=sides, relation=relation
    )


T, L, R = real(0, 1), constant_of("f", "smoothness"), constant_of("f", "strong_convexity")
CONVEX, SMOOTH, STRONG = convex("f"), l_smooth("f", "L"), strongly_convex("f", "r")
KEEPS_CONVEX = stating(convexity, CONVEX, t=T)
KEEPS_SMOOTH = stating(smoothness, SMOOTH, L=L)
KEEPS_STRONG = stating(strong_convexity, STRONG, t=T, r=R)
KEEPS_BOUND = stating(lambda xp, f, x, m, sigma: (m, f.smoothed(x, sigma)), bounded_below("f", "m"), m=real())

USER = Claim(
    id="test/user",
    statement="…",
    space=Space(
        **ARBITRARY, sigma=real(0), tau=real(), L=L, r=R, m=constant_of("f", "lower_bound"), K=real(0)
    ),
    hypotheses=[CONVEX, SMOOTH, STRONG, bounded_below("f", "m")],
    sides=lambda xp, f, x: (f(x), f(x)),
)
S = symbols_of(USER)


def problem(cited, hypothesis, sigma=S.sigma, user=USER):
    f = symbols_of(user).f
    return not_said(user, cited, hypothesis, f.smooth(sigma), known_signs(user))


@pytest.mark.parametrize(
    ("cited", "hypothesis"),
    [
        (KEEPS_CONVEX, CONVEX),
        (KEEPS_SMOOTH, SMOOTH),
        (KEEPS_STRONG, STRONG),
        (KEEPS_BOUND, bounded_below("f", "m")),
        (stating(convexity, CONVEX, t=real(0, 1, open_low=True, open_high=True)), CONVEX),
    ],
)
def test_what_says_that_smoothing_keeps_a_property(cited, hypothesis):
    assert problem(cited, hypothesis) == ""


def halved(xp, f, x, y, t, sigma):
    left, right = convexity(xp, f, x, y, t, sigma)
    return left / 2, right / 2


def one_sided(xp, f, x, y, sigma, L):
    deviation = f.smoothed(y, sigma) - f.smoothed(x, sigma) - xp.vecdot(f.smoothed_gradient(x, sigma), y - x)
    return deviation, L / 2 * xp.vecdot(y - x, y - x)


def unsmoothed(xp, f, x, y, t, sigma):
    between = xp.scale(t, x) + xp.scale(1 - t, y)
    return f(between), t * f(x) + (1 - t) * f(y)


def twice_as_smooth(xp, f, x, y, sigma, L):
    left, right = smoothness(xp, f, x, y, sigma, L)
    return left, 2 * right


def at_one_point(xp, f, x, y, t, sigma):
    return convexity(xp, f, x, x, t, sigma)


@pytest.mark.parametrize(
    ("cited", "hypothesis", "words"),
    [
        ("test/nothing", CONVEX, "there is no claim test/nothing"),
        (stating(halved, CONVEX, t=T), CONVEX, "is not the inequality"),
        (stating(one_sided, SMOOTH, L=L), SMOOTH, "is not the inequality"),
        (stating(unsmoothed, CONVEX, t=T), CONVEX, "is not the inequality"),
        (stating(twice_as_smooth, SMOOTH, L=L), SMOOTH, "is not the inequality"),
        (stating(at_one_point, CONVEX, t=T), CONVEX, "is not the inequality"),
        (stating(convexity, CONVEX, t=T, relation=">="), CONVEX, "is not the inequality"),
        (stating(convexity, CONVEX, t=T, relation="="), CONVEX, "no inequality"),
        (stating(convexity, CONVEX, t=real(0, Fraction(1, 2))), CONVEX, "is not the inequality"),
        (stating(convexity, CONVEX, SMOOTH, t=T, L=L), CONVEX, "assumes something else"),
        (stating(convexity, t=T), CONVEX, "assumes something else"),
        (
            stating(convexity, CONVEX, requires(lambda x, y: x == y, "x = y"), t=T),
            CONVEX,
            "assumes something else",
        ),
        (stating(strong_convexity, STRONG, t=T, r=R), CONVEX, "assumes something else"),
        (stating(convexity, CONVEX, t=T, f=finite_sum((1, 2))), CONVEX, "arbitrary function"),
        (stating(convexity, CONVEX, t=T, sigma=real(1)), CONVEX, "within bounds"),
        (stating(convexity, CONVEX, t=T, sigma=real(0, open_low=True)), CONVEX, "within bounds"),
        (stating(convexity, CONVEX, t=T, sigma=real(0, 1)), CONVEX, "within bounds"),
        (stating(smoothness, SMOOTH, L=real(0, 1)), SMOOTH, "within bounds"),
    ],
)
def test_what_does_not(cited, hypothesis, words):
    found = problem(cited, hypothesis)
    assert found and words in found


def test_the_scale_must_be_one_of_those_of_the_cited_claim():
    """f_τ is f_|τ|, so a negative scale is no other than a positive one."""
    above_one = stating(convexity, CONVEX, t=T, sigma=real(1))
    assert problem(above_one, CONVEX, S.sigma + 1) == ""
    assert problem(KEEPS_CONVEX, CONVEX, S.tau) == ""
    assert "within bounds" in problem(above_one, CONVEX, S.tau)


def test_what_holds_of_an_arbitrary_function_holds_of_every_sample():
    user = Claim(
        id="test/samples",
        statement="…",
        space=Space(d=dimension(1, 2), f=finite_sum((1, 2)), x=point(), sigma=real(0)),
        hypotheses=[each(convex("f"))],
        sides=lambda xp, f, x: (f(x), f(x)),
    )
    s = symbols_of(user)
    function_ = s.sample("f").smooth(s.sigma)
    assert not_said(user, KEEPS_CONVEX, each(convex("f")), function_, known_signs(user)) == ""


def lipschitz_gradient(xp, f, x, y, L):
    return xp.norm(f.gradient(x) - f.gradient(y)), L * xp.norm(x - y)


def larger(xp, f, x, y, L):
    left, right = lipschitz_gradient(xp, f, x, y, L)
    return left, 2 * right


def test_the_gradient_is_lipschitz_by_a_claim_that_says_so():
    space = {**ARBITRARY, "L": L}

    def states(sides, *hypotheses):
        return Claim(id="test/form", statement="…", space=Space(**space), hypotheses=hypotheses, sides=sides)

    known = known_signs(USER)
    assert no_equivalence(USER, states(lipschitz_gradient, SMOOTH), SMOOTH, known) == ""
    assert "is not that" in no_equivalence(USER, states(larger, SMOOTH), SMOOTH, known)
    assert "assumes something else" in no_equivalence(USER, states(lipschitz_gradient, CONVEX), SMOOTH, known)
    assert "is not that" in no_equivalence(USER, stating(smoothness, SMOOTH, L=L), SMOOTH, known)
