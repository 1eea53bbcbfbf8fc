"""Theorems of the kernel on means, tried on concrete vectors, functions and laws by quadrature."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from tests.kernel_worlds import World
from theorycheck.kernel import (
    Refused,
    Term,
    add,
    bind,
    defined,
    eq,
    from_json,
    infer,
    inner,
    le,
    lt,
    make,
    member,
    minus,
    mul,
    number,
    power,
    scaled,
    to_json,
    variable,
    vector,
    vector_sum,
)

ZERO, ONE = number(0), number(1)
U, T, K = vector("u"), variable("t"), variable("k")
A, B, P, Q = (vector(name) for name in "abpq")
S, R, X = variable("s"), variable("r"), variable("x")
WORLDS = [World(seed) for seed in range(4)]


def holds_everywhere(theorem, worlds=WORLDS) -> None:
    """Every theorem here holds of polynomials; what it assumes besides comparisons is true of them."""
    assert from_json(to_json(theorem)).sequent == theorem.sequent
    for world in worlds:
        if all(
            h.head not in ("eq", "ne", "le", "lt") or h.args[0] is h.args[1] or world.holds(h)
            for h in theorem.hypotheses
        ):
            assert world.holds(theorem.conclusion), theorem


def known(*terms: Term):
    """That terms have values, as assumptions."""
    return [
        infer("assume", formula=defined(term if term.sort == "real" else inner(term, term))) for term in terms
    ]


def mean_u(body: Term) -> Term:
    return bind("gaussian mean", U, body)


def mean_t(body: Term) -> Term:
    return bind("uniform mean", T, body)


def mean_k(body: Term) -> Term:
    return bind("index mean", K, body, value="k")


def value(name: str, scale: Term, p: Term, *indices: Term) -> Term:
    return make("value", scale, p, *indices, value=name)


def gradient(name: str, scale: Term, p: Term, *indices: Term) -> Term:
    return make("gradient", scale, p, *indices, value=name)


def norm(*parts: Term) -> Term:
    return power(add(*(power(part, 2) for part in parts)), Fraction(1, 2))


DECLARED = bind("every", U, eq(mean_k(value("sample", ZERO, U, K)), value("mean", ZERO, U)))
"""E_k f_k = f."""
REGULAR = infer("assume", formula=make("locally lipschitz", value="f"))


def attempts(rng: random.Random):
    """Applications of rules whose arguments fit each other, or almost."""
    numbers = [
        S,
        R,
        X,
        ZERO,
        ONE,
        minus(S),
        number(Fraction(1, 2)),
        norm(S, R),
        norm(S, ONE),
        norm(R, ONE),
        norm(S),
    ]
    vectors = [A, B, P, Q, vector_sum(P, Q), scaled(S, A), vector_sum(P, scaled(number(-1), Q)), U]
    any_number, any_vector = (lambda: rng.choice(numbers)), (lambda: rng.choice(vectors))
    place = rng.choice([P, Q, vector_sum(P, scaled(S, Q))])
    s, rate = rng.choice([ZERO, ONE, S]), rng.choice([ZERO, ONE, R, minus(R), T])
    moved = rng.choice([vector_sum(place, scaled(rate, U)), vector_sum(scaled(rate, U), place), any_vector()])
    point, speed = rng.choice([place, any_vector()]), rng.choice([rate, rate, any_number()])
    scale = rng.choice([norm(s, rate), norm(s, rate), any_number()])
    f = rng.choice(["f", "sample"])
    where = {"name": U, "point": point, "rate": speed, "scale": scale}
    direction = any_vector()
    right_value, right_slope = value(f, scale, point), inner(gradient(f, scale, point), direction)
    body = value(f, s, moved)
    yield "smoothing", known(right_value), {"total": mean_u(body), **where}
    slope = mean_u(inner(gradient(f, s, moved), direction))
    nonzero = infer(
        "assume", formula=rng.choice([lt(ZERO, s), lt(s, ZERO), make("ne", s, ZERO), le(ZERO, s)])
    )
    yield (
        "exchange",
        [*known(right_slope), rng.choice([REGULAR, nonzero]), *known(slope)],
        {"total": slope, **where},
    )
    yield "parts", known(right_slope), {"total": mean_u(mul(body, inner(U, direction))), **where}
    polynomial = mul(inner(any_vector(), U), add(inner(any_vector(), any_vector()), any_number()))
    yield (
        "reflection",
        known(mean_u(polynomial)),
        {"total": mean_u(polynomial), "name": rng.choice([U, U, A])},
    )
    directions = tuple(rng.choice(vectors[:-1]) for _ in range(rng.randrange(5)))
    yield "moment", [], {"directions": directions, "radius": rng.randrange(3)}
    parts = [mul(any_number(), inner(any_vector(), U)), power(inner(any_vector(), U), 2), any_number()]
    factors = [rng.choice([any_number(), member("c", S)]) for _ in parts]
    total = mean_u(add(*(mul(c, part) for c, part in zip(factors, parts, strict=True))))
    means = [mean_u(part) for part in parts]
    if rng.random() < 0.3:
        means[rng.randrange(3)] = mean_u(any_number())
    pairs = tuple(zip(factors, means, strict=True))
    yield "linear mean", known(*means), {"total": total, "parts": pairs, "name": U}
    yield "constant", [], {"total": rng.choice([total, mean_u(any_number())])}
    family = make("member vector", K, S, value="v")
    for_all = bind("index mean", K, family, value="k")
    yield "inside", known(for_all), {"total": for_all, "other": any_vector(), "name": K}
    both = mean_k(mean_u(mul(inner(family, U), inner(any_vector(), U), member("c", K))))
    yield "swap", known(both), {"total": both, "outer": K, "name": rng.choice([U, U, A])}
    yield "finite", [], {"total": mean_k(member("c", K)), "parts": (), "name": K}
    declared = bind(
        "every", U, eq(mean_k(value("sample", ZERO, U, rng.choice([K, K, K, S]))), value("mean", ZERO, U))
    )
    total = mean_k(value("sample", scale, point, K))
    yield "sampled", [infer("assume", formula=declared), *known(total)], {"scale": scale, "point": point}
    total = mean_k(inner(gradient("sample", scale, point, K), direction))
    more = {"scale": scale, "point": point, "direction": direction}
    yield "gradients", [infer("assume", formula=declared), *known(total)], more
    yield "power", [], {"exponent": rng.randrange(6)}
    start, end = rng.choice([P, Q]), rng.choice([P, Q, A])
    change = vector_sum(end, scaled(number(-1), start))
    step = rng.choice([change, any_vector()])
    along = mean_t(
        inner(gradient("f", rng.choice([ZERO, ZERO, s]), vector_sum(start, scaled(T, change))), step)
    )
    ends = {"start": rng.choice([start, end]), "end": rng.choice([end, start])}
    yield "segment", [REGULAR, *known(along)], {"total": along, "name": T, **ends}


@pytest.mark.parametrize("seed", range(60))
def test_whatever_is_accepted_holds_in_concrete_spaces(seed):
    rng = random.Random(seed)
    for rule, premises, arguments in attempts(rng):
        try:
            theorem = infer(rule, *premises, **arguments)
        except Refused:
            continue
        if any(h.head == "every" and h is not DECLARED for h in theorem.hypotheses):
            continue  # not true of these functions
        holds_everywhere(theorem, WORLDS[:2])


def test_every_rule_is_tried_and_accepts_something():
    made = set()
    for seed in range(200):
        for rule, premises, arguments in attempts(random.Random(seed)):
            try:
                infer(rule, *premises, **arguments)
            except Refused:
                continue
            made.add(rule)
    assert made == {
        "smoothing", "exchange", "parts", "reflection", "moment", "linear mean", "constant", "inside", "swap", "finite",
        "sampled", "gradients", "power", "segment",
    }  # fmt: skip


@pytest.mark.parametrize("radius", range(3))
@pytest.mark.parametrize(
    "directions", [(), (A,), (A, B), (A, A), (A, B, P), (A, B, P, Q), (A, A, B, P, P, Q)]
)
def test_moments(directions, radius):
    holds_everywhere(infer("moment", directions=directions, radius=radius))


def test_what_holds_for_all_holds_in_the_mean():
    """‖u‖² + ‖a‖² ≥ 2⟨a, u⟩ for every u, hence in the mean."""
    square = infer("square", vector=((ONE, A), (number(-1), U)))
    bound = le(mul(number(2), inner(A, U)), add(inner(U, U), inner(A, A)))
    everywhere = infer("combination", square, conclusion=bound, products=((ONE, ((0, 1),), ()),))
    sure = infer("almost", everywhere, law="gaussian", name=U)
    assert sure.conclusion is bind("gaussian almost", U, bound) and not sure.hypotheses
    left, right = (mean_u(side) for side in bound.args)
    theorem = infer("monotone", sure, *known(left, right))
    assert theorem.conclusion is le(left, right)
    holds_everywhere(theorem)


def test_what_is_assumed_of_what_is_random_has_to_be_almost_sure():
    fact = le(value("f", ZERO, U), X)
    assumed = infer("assume", formula=fact)
    with pytest.raises(Refused):
        infer("almost", assumed, law="gaussian", name=U)
    sure = infer("assume", formula=bind("gaussian almost", U, fact))
    theorem = infer("almost", assumed, sure, law="gaussian", name=U)
    assert theorem.hypotheses == sure.hypotheses and theorem.conclusion is sure.conclusion


def test_a_uniform_number_lies_between_0_and_1():
    inside = infer("assume", formula=lt(T, ONE))
    assert not infer("almost", inside, law="uniform", name=T).hypotheses
    with pytest.raises(Refused):
        infer("almost", infer("assume", formula=lt(T, number(Fraction(1, 2)))), law="uniform", name=T)
    with pytest.raises(Refused):
        infer("almost", inside, law="index", name=T, index="k")
