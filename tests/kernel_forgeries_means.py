"""Certificates on vectors, functions and means: those that the kernel must accept, and those that it must refuse.

Importing this adds to the certificates of `kernel_forgeries`, which says how they are written.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.kernel_forgeries import (
    HALF,
    Attempt,
    F,
    Fact,
    Formula,
    accept,
    by,
    eq,
    forge,
    given,
    hides,
    le,
    lt,
    ne,
    neg,
    power,
    product,
    shows,
    v,
    w,
)

B0, B1, V0, V1 = ("bound", 0), ("bound", 1), ("bound vector", 0), ("bound vector", 1)
a, p, q, u = (("vector", name) for name in "apqu")
DIMENSION = ("dimension",)


def inner(x: Formula, y: Formula) -> Formula:
    """As the kernel orders it: names before what is made of others, by their heads."""
    return ("inner", x, y)


def plus(*vectors: Formula) -> Formula:
    return ("vector sum", *vectors)


def times(c: Formula, x: Formula) -> Formula:
    return ("scaled", c, x)


def has_value(t: Formula) -> Formula:
    return eq(t, t)


def gaussian(body: Formula) -> Formula:
    return ("gaussian mean", body)


def uniform(body: Formula) -> Formula:
    return ("uniform mean", body)


def index(body: Formula, name: str = "k") -> Formula:
    return ("index mean", name, body)


def f(s: Formula, x: Formula, *indices: Formula, name: str = "f") -> Formula:
    return ("value", name, s, x, *indices)


def slope(s: Formula, x: Formula, *indices: Formula, name: str = "f") -> Formula:
    return ("gradient", name, s, x, *indices)


# fmt: off
# vectors ----------------------------------------------------------------------------------------------------------------
shows("combination", "a sum of vectors is multiplied out", (), eq(inner(plus(v, times("x", w)), plus(v, w)), ("add", inner(v,
    v), inner(v, w), ("mul", "x", inner(w, v)), ("mul", "x", inner(w, w)))))
shows("combination", "multiples of vectors", (), eq(inner(times(2, v), times("x", w)), ("mul", 2, "x", inner(v, w))))
hides("combination", "other multiples", "2 is not 3", (), eq(inner(times(2, v), w), ("mul", 3, inner(v, w))))
hides("combination", "one side of a sum", "⟨v + w, w⟩ is not ⟨v, w⟩", (), eq(inner(plus(v, w), w), inner(v, w)))
hides("combination", "a coefficient without a value", "1/x has none at 0", (), eq(inner(times(power("x", -1), v), w), ("mul",
    power("x", -1), inner(v, w))))
hides("combination", "a gradient that might not exist", "f need not be differentiable", (), eq(inner(slope(0, p), v), inner(
    slope(0, p), v)))
hides("combination", "a smoothed value that might not exist", "the mean may be infinite", (), eq(f(1, p), f(1, p)))
shows("combination", "a value of a function itself", (), eq(f(0, p), f(0, p)))
shows("combination", "a smoothed value that exists", (eq(f("s", p), "x"),), eq(("mul", 2, f("s", p)), ("mul", 2, "x")),
    products=(product(2, (0, 1)),))
hides("combination", "values at other points", "p is not q", (), eq(f(0, p), f(0, q)))
hides("combination", "values of other functions", "f is not g", (), eq(f(0, p), f(0, p, name="g")))
hides("combination", "values at other indices", "k is not j", (), eq(f(0, p, "k"), f(0, p, "j")))
shows("range", "an inner product with a bound", (le(2, inner(slope(0, p), v)),), le(1, inner(slope(0, p), v)))
shows("range", "a value with a bound", (le(2, f("s", p)),), le(1, f("s", p)))
shows("range", "the dimension is positive", (), le(1, DIMENSION))
hides("range", "the dimension is 2", "it may be 1", (), le(2, DIMENSION))
hides("range", "an inner product of what might not exist", "f need not be differentiable", (), le(0, ("exp", inner(slope(0, p),
    v))))
hides("range", "a smoothed value", "the mean may be infinite", (), lt(0, ("exp", f(1, p))))
shows("range", "an inner product", (), lt(0, ("exp", inner(v, plus(v, times("x", w))))))
shows("range", "a value", (), lt(0, ("exp", f(0, p))))
hides("range", "a multiple without a value", "1/x has none at 0", (), lt(0, ("exp", inner(v, times(power("x", -1), w)))))
for body in (("exp", f(0, p)), inner(v, v), DIMENSION):
    hides("cover", f"an unknown number: {body[0]}", "no ball is known", (le(0, "n"), le("n", 1)), le(0, ("add", 1, ("mul", 0,
        "n", body))), splits=(-1,))
accept("square: a gradient that exists", (has_value(inner(slope(0, p), v)),), le(0, ("mul", 1, 1, inner(slope(0, p), slope(0,
    p)))), by((has_value(inner(slope(0, p), v)),), "square", vector=((F(1), F(slope(0, p))),)))
forge("square: a gradient that might not exist", "f need not be differentiable", by((), "square", vector=((F(1), F(slope(0,
    p))),)))
forge("cauchy schwarz: a gradient that might not exist", "f need not be differentiable", by((), "cauchy schwarz", first=((F(1),
    F(slope(0, p))),), second=((F(1), F(v)),)))
MANY = plus(*(("vector", f"v{k}") for k in range(250)))
hides("combination", "a very large inner product", "a limit of time", (), eq(inner(MANY, MANY), inner(MANY, MANY)))
shows("combination", "a large inner product", (), eq(inner(MANY, w), inner(MANY, plus(w, times(0, v)))))
REPEATED = plus(*[plus(*[v] * 300)] * 200)
hides("combination", "a sum of very many vectors", "a limit of time", (), eq(inner(REPEATED, w), ("mul", 60_000, inner(v, w))))
SCALED = v
for _ in range(101):
    SCALED = times("x", SCALED)
hides("combination", "a multiple of very many numbers", "a limit of time", (), eq(inner(SCALED, w), ("mul", power("x", 101),
    inner(v, w))))

PLACE: dict[str, Any] = {"left": F(("exp", f("s", p))), "right": F(("exp", f(neg("s"), plus(p)))), "old": F(f("s", p)), "new": F(
    f(neg("s"), plus(p)))}
accept("place: a value", (has_value(f("s", p)),), eq(PLACE["left"].formula, PLACE["right"].formula), by((has_value(f("s", p)),
    ), "place", **PLACE))
accept("place: a gradient", (has_value(inner(slope("s", p), v)),), eq(inner(slope("s", p), v), inner(slope("s", plus(p, times(0,
    v))), v)), by((has_value(inner(slope("s", p), v)),), "place", left=F(inner(slope("s", p), v)), right=F(inner(slope("s",
    plus(p, times(0, v))), v)), old=F(slope("s", p)), new=F(slope("s", plus(p, times(0, v))))))
forge("place: no value", "the mean may be infinite", by((), "place", **PLACE))
forge("place: more differs", "exp is not sin", by((has_value(f("s", p)),), "place", **{**PLACE, "right": F(("sin", f(neg("s"),
    plus(p))))}))
forge("place: another point", "p is not q", by((has_value(f("s", p)),), "place", **{**PLACE, "new": F(f("s", q)), "right": F((
    "exp", f("s", q)))}))
forge("place: another scale", "s is not 2s", by((has_value(f("s", p)),), "place", **{**PLACE, "new": F(f(("mul", 2, "s"), p)),
    "right": F(("exp", f(("mul", 2, "s"), p)))}))
forge("place: another function", "f is not g", by((has_value(f("s", p)),), "place", **{**PLACE, "new": F(f("s", p, name="g")),
    "right": F(("exp", f("s", p, name="g")))}))
forge("place: another index", "k is not j", by((has_value(f("s", p, "k")),), "place", left=F(f("s", p, "k")), right=F(f("s", p,
    "j")), old=F(f("s", p, "k")), new=F(f("s", p, "j"))))
forge("place: a value and a gradient", "they differ", by((has_value(f("s", p)),), "place", left=F(f("s", p)), right=F(f("s",
    p)), old=F(f("s", p)), new=F(slope("s", p))))
forge("place: not a function", "exp x is not exp y", by((), "place", left=F(("exp", "x")), right=F(("exp", "y")), old=F("x"),
    new=F("y")))
ODD = ("mul", "x", power("x", -1))
forge("place: the new place has no value", "x/x has none at 0", by((has_value(f(1, p)),), "place", left=F(f(1, p)), right=F(f(
    ODD, p)), old=F(f(1, p)), new=F(f(ODD, p))))
forge("place: the old place has no value", "x/x has none at 0", by((has_value(f(1, p)),), "place", left=F(f(1, p)), right=F(f(
    ODD, p)), old=F(f(ODD, p)), new=F(f(1, p))))
ODD_POINT = plus(p, times(("add", ODD, -1), v))
for old, new in ((p, ODD_POINT), (ODD_POINT, p)):
    forge(f"place: a point has no value: {new[0]}", "x/x has none at 0", by((), "place", left=F(f(0, p)), right=F(f(0,
        ODD_POINT)), old=F(f(0, old)), new=F(f(0, new))))

# what is almost sure ----------------------------------------------------------------------------------------------------
SQUARE_OF_U = ("square", (), {"vector": ((F(1), F(u)), (F(-1), F(a)))})
BOUND_OF_U = le(("mul", 2, inner(a, u)), ("add", inner(u, u), inner(a, a)))
EVERYWHERE = (SQUARE_OF_U, ("combination", (0,), {"conclusion": F(BOUND_OF_U), "products": (product(1, (0, 1)),)}))
SURE_BODY = le(("mul", 2, inner(a, V0)), ("add", inner(V0, V0), inner(a, a)))


def almost(law: str, name: Formula, **more: Any) -> dict[str, Any]:
    return {"law": law, "name": F(name), **more}


accept("almost: for every vector", (), ("gaussian almost", SURE_BODY), (*EVERYWHERE, ("almost", (1,), almost("gaussian", u))))
accept("almost: for every index", (le("y", "x"),), ("index almost", "k", le("y", "x")), (*given(le("y", "x")), ("almost", (0,),
    almost("index", "k", index="k"))))
accept("almost: what is almost sure is used", (("uniform almost", le(f(0, p, B0), "x")),), ("uniform almost", le(f(0, p, B0),
    "x")), (*given(le(f(0, p, "t"), "x"), ("uniform almost", le(f(0, p, B0), "x"))), ("almost", (0, 1), almost("uniform",
    "t"))))
for bound, inside in ((lt(0, "t"), lt(0, B0)), (le(0, "t"), le(0, B0)), (lt("t", 1), lt(B0, 1)), (le("t", 1), le(B0, 1))):
    accept(f"almost: a uniform number: {bound}", (), ("uniform almost", inside), (*given(bound), ("almost", (0,), almost(
        "uniform", "t"))))
    forge(f"almost: an index: {bound}", "an index may be any number", (*given(bound), ("almost", (0,), almost("index", "t",
        index="t"))))
for bound in (lt(HALF, "t"), le("t", HALF), lt("t", 0), le("x", "t"), eq("t", 1)):
    forge(f"almost: a uniform number is not {bound}", "t is any number of [0, 1]", (*given(bound), ("almost", (0,), almost(
        "uniform", "t"))))
forge("almost: a vector of which something is assumed", "u is not any vector", (*given(le(inner(u, u), 1)), ("almost", (0,),
    almost("gaussian", u))))
forge("almost: another law is almost sure", "k is not t", (*given(le("t", "x"), ("index almost", "k", le(B0, "x"))), ("almost",
    (0, 1), almost("uniform", "t"))))
forge("almost: another index is almost sure", "k is not j", (*given(le("k", "x"), ("index almost", "j", le(B0, "x"))), (
    "almost", (0, 1), almost("index", "k", index="k"))))
forge("almost: the name is free in what is almost sure", "x ≤ t for almost every t says nothing of x = t", (*given(le("t", "t"),
    ("uniform almost", le("t", B0))), ("almost", (0, 1), almost("uniform", "t"))))
forge("almost: no law", "it binds nothing", (*given(le("t", "x")), ("almost", (0,), almost("normal", "x"))))
forge("almost: a number for a vector", "a Gaussian vector is no number", (*given(le(0, "x")), ("almost", (0,), almost(
    "gaussian", "x"))))
forge("almost: an index without a name", "which index is said", (*given(le(0, "x")), ("almost", (0,), almost("index", "k"))))
forge("almost: a vector with the name of an index", "laws of vectors have no names", (*given(le(0, "x")), ("almost", (0,),
    almost("gaussian", u, index="k"))))

# monotone ---------------------------------------------------------------------------------------------------------------
C_K, D_K = ("member", "c", B0), ("member", "d", B0)
for relation in (le, lt, eq):
    accept(f"monotone: {relation.__name__}", (("index almost", "k", relation(C_K, D_K)), has_value(index(C_K)), has_value(index(
        D_K))), relation(index(C_K), index(D_K)), by((("index almost", "k", relation(C_K, D_K)), has_value(index(C_K)),
        has_value(index(D_K))), "monotone"))
accept("monotone: = shows a value", (("index almost", "k", eq(C_K, D_K)), has_value(index(C_K))), eq(index(C_K), index(D_K)),
    by((("index almost", "k", eq(C_K, D_K)), has_value(index(C_K))), "monotone"))
accept("monotone: a Gaussian vector", (("gaussian almost", le(0, f(0, V0))), has_value(gaussian(0)), has_value(gaussian(f(0,
    V0)))), le(gaussian(0), gaussian(f(0, V0))), by((("gaussian almost", le(0, f(0, V0))), has_value(gaussian(0)), has_value(
    gaussian(f(0, V0)))), "monotone"))
for side in (C_K, D_K):
    forge(f"monotone: one mean has a value: {side[1]}", "the other may have none", by((("index almost", "k", le(C_K, D_K)),
        has_value(index(side))), "monotone"))
forge("monotone: = without values", "the means may be infinite", by((("gaussian almost", eq(f(0, V0), f(0, V0))),), "monotone"))
forge("monotone: a mean of another index has a value", "k is not j", by((("index almost", "k", eq(C_K, D_K)), has_value(index(
    C_K, "j"))), "monotone"))
forge("monotone: ≠", "the means may be the same", by((("index almost", "k", ne(C_K, D_K)), has_value(index(C_K)), has_value(
    index(D_K))), "monotone"))
forge("monotone: a comparison", "nothing is averaged", by((le("x", "y"),), "monotone"))
forge("monotone: every", "a law is missing", by((("every", le(0, inner(V0, V0))),), "monotone"))
forge("monotone: a mean", "it is no statement", by((le(index(C_K), "y"),), "monotone"))

# linear -----------------------------------------------------------------------------------------------------------------
SUM_K = ("add", ("mul", "x", C_K), ("mul", 2, D_K))
PARTS_K = ((F("x"), F(index(C_K))), (F(2), F(index(D_K))))
BOTH = (has_value(index(C_K)), has_value(index(D_K)))
LINEAR: dict[str, Any] = {"total": F(index(SUM_K)), "parts": PARTS_K, "name": F("k")}
accept("linear mean", BOTH, eq(index(SUM_K), ("add", ("mul", "x", index(C_K)), ("mul", 2, index(D_K)))), by(BOTH, "linear mean",
    **LINEAR))
U2 = inner(V0, V0)
QUOTIENT = ("mul", power("x", -1), f(0, V0))
accept("linear mean: a coefficient that has a value", (lt(0, "x"), has_value(gaussian(f(0, V0)))), eq(gaussian(QUOTIENT), ("mul",
    power("x", -1), gaussian(f(0, V0)))), by((lt(0, "x"), has_value(gaussian(f(0, V0)))), "linear mean", total=F(gaussian(
    QUOTIENT)), parts=((F(power("x", -1)), F(gaussian(f(0, V0)))),), name=F(u)))
ROOT = power(U2, HALF)
accept("linear mean: what is almost sure shows a value", (("gaussian almost", le(0, U2)), has_value(gaussian(U2))), eq(gaussian(
    power(ROOT, 2)), ("mul", 1, gaussian(U2))), by((("gaussian almost", le(0, U2)), has_value(gaussian(U2))), "linear mean",
    total=F(gaussian(power(ROOT, 2))), parts=((F(1), F(gaussian(U2))),), name=F(u)))
forge("linear mean: the body might have no value", "‖u‖ needs 0 ≤ ‖u‖²", by((has_value(gaussian(U2)),), "linear mean", total=F(
    gaussian(power(ROOT, 2))), parts=((F(1), F(gaussian(U2))),), name=F(u)))
forge("linear mean: another law is almost sure", "k is not j", by((("index almost", "j", le(0, C_K)), has_value(index(C_K))),
    "linear mean", total=F(index(power(power(C_K, HALF), 2))), parts=((F(1), F(index(C_K))),), name=F("k")))
forge("linear mean: a part without a value", "the mean of f may be infinite", by((has_value(index(C_K)),), "linear mean",
    **LINEAR))
forge("linear mean: a coefficient without a value", "1/x has none at 0", by((has_value(gaussian(f(0, V0))),), "linear mean",
    total=F(gaussian(QUOTIENT)), parts=((F(power("x", -1)), F(gaussian(f(0, V0)))),), name=F(u)))
forge("linear mean: 0 times 1/x", "1/x has no value at 0", by((has_value(gaussian(f(0, V0))),), "linear mean", total=F(gaussian(
    0)), parts=((F(("mul", 0, power("x", -1))), F(gaussian(f(0, V0)))),), name=F(u)))
forge("linear mean: parts that do not add up", "2 is not 3", by(BOTH, "linear mean", **{**LINEAR, "parts": ((F("x"), F(index(
    C_K))), (F(3), F(index(D_K))))}))
forge("linear mean: a coefficient that is random", "E c² is not (E c)²", by((has_value(index(C_K)),), "linear mean", total=F(
    index(power(C_K, 2))), parts=((F(("member", "c", "k")), F(index(C_K))),), name=F("k")))
forge("linear mean: the name is free in the mean", "k is fixed there", by((has_value(index(C_K)),), "linear mean", total=F(index((
    "mul", "k", C_K))), parts=((F(1), F(index(("mul", B0, C_K)))),), name=F("k")))
forge("linear mean: the name is free in a part", "k is fixed there", by((has_value(index(("mul", "k", C_K))),), "linear mean",
    total=F(index(("mul", B0, C_K))), parts=((F(1), F(index(("mul", "k", C_K)))),), name=F("k")))
forge("linear mean: the name is free in a premise", "0 ≤ c[k] of one k", by((le(0, ("member", "c", "k")), has_value(index(C_K))),
    "linear mean", total=F(index(power(power(C_K, HALF), 2))), parts=((F(1), F(index(C_K))),), name=F("k")))
forge("linear mean: a mean over another index", "k is not j", by((has_value(index(C_K, "j")),), "linear mean", total=F(index(
    C_K)), parts=((F(1), F(index(C_K, "j"))),), name=F("k")))
forge("linear mean: a mean over another law", "an index is not uniform", by((has_value(uniform(C_K)),), "linear mean", total=F(
    index(C_K)), parts=((F(1), F(uniform(C_K))),), name=F("k")))
SUM_N, SUM_M = ("sum", 1, "n", C_K), ("sum", 1, "m", C_K)
forge("linear mean: a sum", "sums have ends", by((has_value(SUM_N), has_value(SUM_M)), "linear mean", total=F(SUM_N), parts=((F(
    1), F(SUM_M)),), name=F("k")))
forge("linear mean: a term as the name", "only a name is new", by(BOTH, "linear mean", **{**LINEAR, "name": F(("add", "k",
    1))}))
forge("linear mean: a vector for a number", "an index is a number", by(BOTH, "linear mean", **{**LINEAR, "name": F(u)}))
forge("linear mean: vectors", "they are not real", by((has_value(inner(gaussian(V0), gaussian(V0))),), "linear mean", total=F(
    gaussian(V0)), parts=((F(1), F(gaussian(V0))),), name=F(u)))

# constant, inside, finite, swap -----------------------------------------------------------------------------------------
accept("constant", (has_value("x"),), eq(gaussian("x"), "x"), by((has_value("x"),), "constant", total=F(gaussian("x"))))
accept("constant: a mean in it", (has_value(index(C_K)),), eq(uniform(index(C_K)), index(C_K)), by((has_value(index(C_K)),),
    "constant", total=F(uniform(index(C_K)))))
forge("constant: what is random", "‖u‖² is not constant", by((has_value(gaussian(U2)),), "constant", total=F(gaussian(U2))))
forge("constant: without a value", "log x has none at −1", by((), "constant", total=F(gaussian(("log", "x")))))
forge("constant: a sum", "three times x is not x", by((has_value("x"),), "constant", total=F(("sum", 1, 3, "x"))))
V_K = ("member vector", "v", B0)
MEAN_V = index(V_K)
VALUE_V = (has_value(inner(MEAN_V, MEAN_V)),)
accept("inside", VALUE_V, eq(inner(MEAN_V, w), index(inner(V_K, w))), by(VALUE_V, "inside", total=F(MEAN_V), other=F(w), name=F(
    "k")))
forge("inside: a vector without a value", "the mean may be infinite", by((), "inside", total=F(gaussian(slope(0, V0))), other=F(
    w), name=F(u)))
forge("inside: the other without a value", "f need not be differentiable", by(VALUE_V, "inside", total=F(MEAN_V), other=F(slope(
    0, p)), name=F("k")))
forge("inside: the other is random", "E⟨v, v⟩ is not ⟨E v, E v⟩", by(VALUE_V, "inside", total=F(MEAN_V), other=F(("member vector",
    "v", "k")), name=F("k")))
forge("inside: the name is free", "k is fixed there", by((has_value(inner(index(("member vector", "v", "k")), w)),), "inside",
    total=F(index(("member vector", "v", "k"))), other=F(w), name=F("k")))
forge("inside: a sum of numbers", "it is no vector", by((has_value(index(C_K)),), "inside", total=F(index(C_K)), other=F(w),
    name=F("k")))
accept("finite", (), has_value(index(C_K)), by((), "finite", total=F(index(C_K)), parts=(), name=F("k")))
accept("finite: a vector", (), has_value(inner(MEAN_V, MEAN_V)), by((), "finite", total=F(MEAN_V), parts=(), name=F("k")))
SURE_VALUE = ("index almost", "k", has_value(f("s", p, B0)))
accept("finite: what is almost sure shows a value", (SURE_VALUE,), has_value(index(f("s", p, B0))), by((SURE_VALUE,), "finite",
    total=F(index(f("s", p, B0))), parts=(), name=F("k")))
MEAN_F = index(f("s", p, B0))
accept("finite: a mean shows that what is averaged has values", (has_value(MEAN_F),), has_value(index(power(f("s", p, B0), 2))),
    by((has_value(MEAN_F),), "finite", total=F(index(power(f("s", p, B0), 2))), parts=(F(MEAN_F),), name=F("k")))
MEAN_SLOPE = index(slope("s", p, B0))
accept("finite: a mean of vectors shows it too", (has_value(inner(MEAN_SLOPE, v)),), has_value(index(inner(slope("s", p, B0),
    slope("s", p, B0)))), by((has_value(inner(MEAN_SLOPE, v)),), "finite", total=F(index(inner(slope("s", p, B0), slope("s", p,
    B0)))), parts=(F(MEAN_SLOPE),), name=F("k")))
forge("finite: the body might have no value", "smoothing may be infinite", by((), "finite", total=F(MEAN_F), parts=(), name=F(
    "k")))
forge("finite: the mean itself shows nothing", "it is what is shown", by((), "finite", total=F(MEAN_F), parts=(F(MEAN_F),),
    name=F("k")))
forge("finite: a Gaussian vector", "the mean may be infinite", by((), "finite", total=F(gaussian(f(0, V0))), parts=(), name=F(
    u)))
forge("finite: a uniform number", "the mean of 1/t is infinite", by((("uniform almost", lt(0, B0)),), "finite", total=F(uniform(
    power(B0, -1))), parts=(), name=F("t")))
forge("finite: a mean over another index", "k is not j", by((has_value(index(f("s", p, B0), "j")),), "finite", total=F(MEAN_F),
    parts=(F(index(f("s", p, B0), "j")),), name=F("k")))
forge("finite: the name is free in the mean", "s is smoothed by k there", by((has_value(MEAN_F),), "finite", total=F(index(f(
    "s", p, "s"))), parts=(F(MEAN_F),), name=F("s")))
forge("finite: the name is free in a part", "k is fixed there", by((has_value(index(f("s", p, "k"))),), "finite", total=F(
    MEAN_F), parts=(F(index(f("s", p, "k"))),), name=F("k")))
forge("finite: the name is free in a premise", "of one k", by((has_value(f("s", p, "k")),), "finite", total=F(MEAN_F), parts=(),
    name=F("k")))
TWICE = index(gaussian(f(0, V0, B1)))
accept("swap", (has_value(TWICE),), eq(TWICE, gaussian(index(f(0, V1, B0)))), by((has_value(TWICE),), "swap", total=F(TWICE),
    outer=F("k"), name=F(u)))
forge("swap: no value", "the mean may be infinite", by((), "swap", total=F(TWICE), outer=F("k"), name=F(u)))
forge("swap: two continuous laws", "the integrals may differ", by((has_value(gaussian(uniform(f(0, V1, B0)))),), "swap", total=F(
    gaussian(uniform(f(0, V1, B0)))), outer=F(u), name=F("t")))
forge("swap: the index is inside", "the single means may be infinite", by((has_value(gaussian(index(f(0, V1, B0)))),), "swap",
    total=F(gaussian(index(f(0, V1, B0)))), outer=F(u), name=F("k")))
forge("swap: one mean", "there is nothing to exchange", by((has_value(index(C_K)),), "swap", total=F(index(C_K)), outer=F("k"),
    name=F("j")))
forge("swap: one name for two", "k is not j", by((has_value(index(index(("member", "c", B0, B1), "j"))),), "swap", total=F(index(
    index(("member", "c", B0, B1), "j"))), outer=F("k"), name=F("k")))
forge("swap: a name that is free", "x is fixed there", by((has_value(index(uniform(("member", "c", B0, B1, "x")))),), "swap",
    total=F(index(uniform(("member", "c", B0, B1, "x")))), outer=F("k"), name=F("x")))
forge("swap: an outer name that is free", "x is fixed there", by((has_value(index(uniform(("member", "c", B0, B1, "x")))),),
    "swap", total=F(index(uniform(("member", "c", B0, B1, "x")))), outer=F("x"), name=F("t")))

# Gaussian vectors -------------------------------------------------------------------------------------------------------
HALF_D = ("mul", HALF, DIMENSION)


def moment_of(*directions: Formula, radius: int = 0) -> Formula:
    return gaussian(("mul", *(inner(d, V0) for d in directions), power(U2, radius)))


def all_pairs(*pairs: tuple[tuple[Formula, Formula], ...]) -> Formula:
    written = [("mul", *(inner(x, y) for x, y in pair)) if len(pair) > 1 else inner(*pair[0]) for pair in pairs]
    return ("add", *written) if len(written) > 1 else written[0]


def moments(name: str, directions: tuple[Formula, ...], radius: int, value: Formula) -> None:
    accept(f"moment: {name}", (), eq(moment_of(*directions, radius=radius), value), by((), "moment", directions=tuple(map(F,
        directions)), radius=radius))


moments("one direction", (a,), 0, 0)
moments("two directions", (a, v), 0, ("mul", HALF, inner(a, v), 1))
moments("one direction twice", (a, a), 0, ("mul", HALF, inner(a, a), 1))
moments("two directions and the radius", (a, v), 2, ("mul", HALF, inner(a, v), ("mul", ("add", HALF_D, 1), ("add", HALF_D,
    2))))
moments("four directions", (a, p, q, v), 0, ("mul", Fraction(1, 4), all_pairs(((a, p), (q, v)), ((a, q), (p, v)), ((a, v), (p,
    q))), 1))
forge("moment: a direction without a value", "f need not be differentiable", by((), "moment", directions=(F(slope(0, p)),),
    radius=0))
forge("moment: a negative radius", "E 1/‖u‖² is infinite for d = 1", by((), "moment", directions=(), radius=-1))
forge("moment: half a radius", "it is not rational", by((), "moment", directions=(), radius=HALF))
forge("moment: too large a radius", "a limit of time", by((), "moment", directions=(), radius=101))
forge("moment: too many directions", "a limit of time", by((), "moment", directions=(F(a),) * 13, radius=0))
accept("moment: a large odd radius", (), eq(moment_of(a, radius=100), 0), by((), "moment", directions=(F(a),), radius=100))
forge("moment: a number as a direction", "it is no vector", by((), "moment", directions=(F("x"),), radius=0))

MOVED = plus(p, times("r", V0))
R2 = power(("add", power("s", 2), power("r", 2)), HALF)
WAY: dict[str, Any] = {"name": F(u), "point": F(p), "rate": F("r"), "scale": F(R2)}
SMOOTH = f("s", MOVED)
KNOWN_R = (has_value(f(R2, p)),)
accept("smoothing", KNOWN_R, eq(gaussian(SMOOTH), f(R2, p)), by(KNOWN_R, "smoothing", total=F(gaussian(SMOOTH)), **WAY))
accept("smoothing: with an index", (has_value(f("r", p, "k")),), eq(gaussian(f(0, MOVED, "k")), f("r", p, "k")), by((has_value(f(
    "r", p, "k")),), "smoothing", total=F(gaussian(f(0, MOVED, "k"))), **{**WAY, "scale": F("r")}))
forge("smoothing: no value", "the mean may be infinite", by((), "smoothing", total=F(gaussian(SMOOTH)), **WAY))
forge("smoothing: the left side alone has a value", "the double mean may be infinite", by((has_value(gaussian(SMOOTH)), lt(0, (
    "add", power("s", 2), power("r", 2)))), "smoothing", total=F(gaussian(SMOOTH)), **WAY))
forge("smoothing: another scale", "squares add", by((has_value(f(("add", "s", "r"), p)),), "smoothing", total=F(gaussian(
    SMOOTH)), **{**WAY, "scale": F(("add", "s", "r"))}))
forge("smoothing: another rate", "r is not 2r", by((has_value(f(R2, p)), has_value(("mul", 2, "r"))), "smoothing", total=F(
    gaussian(f("s", plus(p, times(("mul", 2, "r"), V0))))), **WAY))
forge("smoothing: another point", "p is not q", by((has_value(f(R2, q)),), "smoothing", total=F(gaussian(SMOOTH)), **{**WAY,
    "point": F(q)}))
forge("smoothing: a random point", "u moves it too", by((has_value(f(R2, plus(p, u))),), "smoothing", total=F(gaussian(f("s",
    plus(p, V0, times("r", V0))))), **{**WAY, "point": F(plus(p, u))}))
NORM_U = inner(u, u)
forge("smoothing: a random rate", "‖u‖² u is not Gaussian", by((has_value(f(NORM_U, p)),), "smoothing", total=F(gaussian(f(0,
    plus(p, times(U2, V0))))), **{**WAY, "rate": F(NORM_U), "scale": F(NORM_U)}))
forge("smoothing: a random scale", "s is ‖u‖²", by((has_value(f(NORM_U, p)),), "smoothing", total=F(gaussian(f(U2, p))), **{
    **WAY, "rate": F(0), "scale": F(NORM_U)}))
forge("smoothing: a random index", "f is another for every u", by((has_value(f("r", p, NORM_U)),), "smoothing", total=F(gaussian(
    f(0, MOVED, U2))), **{**WAY, "scale": F("r")}))
forge("smoothing: the name is free", "u is fixed there", by((has_value(f(R2, p)),), "smoothing", total=F(gaussian(f("s", plus(p,
    times("r", u))))), **WAY))
forge("smoothing: a uniform number", "it is not Gaussian", by((has_value(f(0, p)),), "smoothing", total=F(uniform(f(0, p))),
    name=F("t"), point=F(p), rate=F(0), scale=F(0)))
forge("smoothing: an index", "it is not Gaussian", by((has_value(f(0, p)),), "smoothing", total=F(index(f(0, p))), name=F("k"),
    point=F(p), rate=F(0), scale=F(0)))
forge("smoothing: a rate without a value", "x/x has none at 0", by((has_value(f(1, p)),), "smoothing", total=F(gaussian(f(0, plus(
    p, V0)))), **{**WAY, "rate": F(ODD), "scale": F(1)}))
forge("smoothing: a point without a value", "x/x has none at 0", by((has_value(f("r", p)),), "smoothing", total=F(gaussian(f(0,
    plus(p, times(("add", ODD, -1), v), times("r", V0))))), **{**WAY, "scale": F("r")}))
forge("smoothing: a scale without a value", "x/x has none at 0", by((has_value(f(1, p)),), "smoothing", total=F(gaussian(f(ODD,
    p))), **{**WAY, "rate": F(0), "scale": F(1)}))
forge("smoothing: a gradient", "it is no value", by((has_value(f(R2, p)), has_value(inner(slope(R2, p), v))), "smoothing",
    total=F(gaussian(inner(slope("s", MOVED), v))), **WAY))

LIPSCHITZ = ("locally lipschitz", "f")
SLOPE = gaussian(inner(slope("s", MOVED), a))
LIMIT = inner(slope(R2, p), a)
SLOPES = (has_value(LIMIT), lt(0, "s"))
for sign in (lt(0, "s"), lt("s", 0), ne("s", 0)):
    accept(f"exchange: what is smoothed: {sign}", (has_value(LIMIT), sign), eq(SLOPE, LIMIT), by((has_value(LIMIT), sign),
        "exchange", total=F(SLOPE), **WAY))
LOCAL = (has_value(LIMIT), LIPSCHITZ, has_value(SLOPE))
accept("exchange: what is locally Lipschitz", LOCAL, eq(SLOPE, LIMIT), by(LOCAL, "exchange", total=F(SLOPE), **WAY))
accept("exchange: with an index", (has_value(inner(slope("r", p, "k"), a)), ("locally lipschitz", "f", "k"), has_value(gaussian(
    inner(slope(0, MOVED, "k"), a)))), eq(gaussian(inner(slope(0, MOVED, "k"), a)), inner(slope("r", p, "k"), a)), by((has_value(
    inner(slope("r", p, "k"), a)), ("locally lipschitz", "f", "k"), has_value(gaussian(inner(slope(0, MOVED, "k"), a)))),
    "exchange", total=F(gaussian(inner(slope(0, MOVED, "k"), a))), **{**WAY, "scale": F("r")}))
TURNED = gaussian(inner(slope("s", MOVED), slope("s", q)))
accept("exchange: two gradients", (has_value(inner(slope(R2, p), slope("s", q))), lt(0, "s")), eq(TURNED, inner(slope(R2, p),
    slope("s", q))), by((has_value(inner(slope(R2, p), slope("s", q))), lt(0, "s")), "exchange", total=F(TURNED), **WAY))
forge("exchange: a jump", "a step has no gradient, its smoothing has one", by((has_value(LIMIT), has_value(SLOPE)), "exchange",
    total=F(SLOPE), **WAY))
forge("exchange: a scale that may be 0", "a step", by((has_value(LIMIT), le(0, "s"), has_value(SLOPE)), "exchange", total=F(
    SLOPE), **WAY))
forge("exchange: another function is locally Lipschitz", "f may jump", by((has_value(LIMIT), ("locally lipschitz", "g"),
    has_value(SLOPE)), "exchange", total=F(SLOPE), **WAY))
forge("exchange: f at an index is locally Lipschitz", "f itself may jump", by((has_value(LIMIT), ("locally lipschitz", "f", "k"),
    has_value(SLOPE)), "exchange", total=F(SLOPE), **WAY))
forge("exchange: the mean of the gradients may be infinite", "sin exp ‖x‖⁴", by((has_value(LIMIT), LIPSCHITZ), "exchange",
    total=F(SLOPE), **WAY))
forge("exchange: the smoothing might have no gradient", "its mean may be infinite", by((lt(0, "s"), has_value(SLOPE), has_value(
    R2)), "exchange", total=F(SLOPE), **WAY))
forge("exchange: a random direction", "E ⟨∇f(u), u⟩ is another thing", by((has_value(inner(slope(R2, p), u)), lt(0, "s")),
    "exchange", total=F(gaussian(inner(slope("s", MOVED), V0))), **WAY))
forge("exchange: a square of a gradient", "E ‖∇f‖² is not ‖E ∇f‖²", by((has_value(inner(slope(R2, p), slope(R2, p))), lt(0,
    "s")), "exchange", total=F(gaussian(inner(slope("s", MOVED), slope("s", MOVED)))), **WAY))
forge("exchange: a value", "it is no inner product", by((has_value(f(R2, p)), lt(0, "s")), "exchange", total=F(gaussian(SMOOTH)),
    **WAY))
forge("exchange: no gradient", "v is none", by((lt(0, "s"), has_value(R2)), "exchange", total=F(gaussian(inner(v, a))), **WAY))
forge("exchange: another scale", "squares add", by((has_value(inner(slope("s", p), a)), lt(0, "s")), "exchange", total=F(SLOPE),
    **{**WAY, "scale": F("s")}))
forge("exchange: an index", "it is not Gaussian", by((has_value(inner(slope(1, p), a)), lt(0, 1)), "exchange", total=F(index(
    inner(slope(1, p), a))), name=F("k"), point=F(p), rate=F(0), scale=F(1)))

TIMES = gaussian(("mul", SMOOTH, inner(a, V0)))
accept("parts", (has_value(LIMIT),), eq(TIMES, ("mul", HALF, "r", LIMIT)), by((has_value(LIMIT),), "parts", total=F(TIMES),
    **WAY))
forge("parts: no gradient", "the mean may be infinite", by((has_value(f(R2, p)),), "parts", total=F(TIMES), **WAY))
forge("parts: two factors u", "E f ‖u‖² is another thing", by((has_value(inner(slope(R2, p), u)),), "parts", total=F(gaussian((
    "mul", SMOOTH, U2))), **WAY))
forge("parts: a factor that is not u", "E f ⟨a, v⟩ is another thing", by((has_value(inner(slope(R2, p), a)),), "parts", total=F(
    gaussian(("mul", SMOOTH, inner(a, v)))), **WAY))
forge("parts: one factor", "E f is another thing", by((has_value(LIMIT),), "parts", total=F(gaussian(("mul", SMOOTH))), **WAY))
forge("parts: three factors", "E f ⟨a, u⟩² is another thing", by((has_value(LIMIT),), "parts", total=F(gaussian(("mul", SMOOTH,
    inner(a, V0), inner(a, V0)))), **WAY))
forge("parts: a sum", "f + ⟨a, u⟩ is no product", by((has_value(LIMIT),), "parts", total=F(gaussian(("add", SMOOTH, inner(a,
    V0)))), **WAY))
forge("parts: a multiple of u", "2u is not u", by((has_value(LIMIT),), "parts", total=F(gaussian(("mul", SMOOTH, inner(a, times(2,
    V0))))), **WAY))
forge("parts: another scale", "squares add", by((has_value(inner(slope("s", p), a)),), "parts", total=F(TIMES), **{**WAY,
    "scale": F("s")}))
forge("parts: a uniform number", "it is not Gaussian", by((has_value(inner(slope(0, p), a)),), "parts", total=F(uniform(("mul", f(
    0, p), inner(a, u)))), name=F("t"), point=F(p), rate=F(0), scale=F(0)))
forge("parts: an index of Gaussian vectors", "it is not Gaussian", by((has_value(inner(slope(0, p), a)),), "parts", total=F(
    index(("mul", f(0, p), inner(a, u)))), name=F("k"), point=F(p), rate=F(0), scale=F(0)))

CUBE = gaussian(("mul", inner(a, V0), f(0, V0)))
accept("reflection", (has_value(CUBE),), eq(CUBE, gaussian(("mul", inner(a, times(-1, V0)), f(0, times(-1, V0))))), by((has_value(
    CUBE),), "reflection", total=F(CUBE), name=F(u)))
forge("reflection: no value", "the mean may be infinite", by((), "reflection", total=F(CUBE), name=F(u)))
forge("reflection: the name is free", "u is fixed there", by((has_value(gaussian(inner(u, V0))),), "reflection", total=F(gaussian(
    inner(u, V0))), name=F(u)))
forge("reflection: an index", "it has no symmetry", by((has_value(index(C_K)),), "reflection", total=F(index(C_K)), name=F("k")))

# samples ----------------------------------------------------------------------------------------------------------------
DECLARED = ("every", eq(index(f(0, V1, B0, name="g")), f(0, V0)))
MEAN_G = index(f("s", p, B0, name="g"))
SAMPLED: dict[str, Any] = {"scale": F("s"), "point": F(p)}
accept("sampled", (DECLARED, has_value(MEAN_G)), eq(MEAN_G, f("s", p)), by((DECLARED, has_value(MEAN_G)), "sampled", **SAMPLED))
MORE = ("every", eq(index(f(0, V1, "j", B0, name="g")), f(0, V0, "j")))
accept("sampled: more indices", (MORE, has_value(index(f("s", p, "j", B0, name="g")))), eq(index(f("s", p, "j", B0, name="g")), f(
    "s", p, "j")), by((MORE, has_value(index(f("s", p, "j", B0, name="g")))), "sampled", **SAMPLED))
forge("sampled: no value", "the single means may be infinite", by((DECLARED,), "sampled", **SAMPLED))
forge("sampled: the mean alone has a value", "infinities may cancel", by((DECLARED, has_value(f("s", p))), "sampled", **SAMPLED))
forge("sampled: a mean over another index", "k is not j", by((DECLARED, has_value(index(f("s", p, B0, name="g"), "j"))),
    "sampled", **SAMPLED))
SLOPE_G = index(inner(slope("s", p, B0, name="g"), a))
SLOPED: dict[str, Any] = {**SAMPLED, "direction": F(a)}
accept("gradients", (DECLARED, has_value(SLOPE_G)), eq(SLOPE_G, inner(slope("s", p), a)), by((DECLARED, has_value(SLOPE_G)),
    "gradients", **SLOPED))
forge("gradients: no value", "the g need not be differentiable", by((DECLARED,), "gradients", **SLOPED))
forge("gradients: the mean alone has a gradient", "kinks may cancel", by((DECLARED, has_value(inner(slope("s", p), a))),
    "gradients", **SLOPED))
for name, statement in {
    "≤": ("every", le(index(f(0, V1, B0, name="g")), f(0, V0))),
    "a uniform number": ("every", eq(uniform(f(0, V1, B0, name="g")), f(0, V0))),
    "at a scale": ("every", eq(index(f(1, V1, B0, name="g")), f(0, V0))),
    "the mean at a scale": ("every", eq(index(f(0, V1, B0, name="g")), f(1, V0))),
    "at another point": ("every", eq(index(f(0, p, B0, name="g")), f(0, V0))),
    "the mean at another point": ("every", eq(index(f(0, V1, B0, name="g")), f(0, p))),
    "for a Gaussian vector alone": ("gaussian almost", eq(index(f(0, V1, B0, name="g")), f(0, V0))),
    "an index that moves": ("every", eq(index(f(0, V1, ("add", B0, 1), name="g")), f(0, V0))),
    "an index that depends on the point": ("every", eq(index(f(0, V1, inner(V1, V1), name="g")), f(0, V0))),
    "a mean that depends on the point": ("every", eq(index(f(0, V1, B0, name="g")), f(0, V0, inner(V0, V0)))),
    "a square": ("every", eq(index(power(f(0, V1, B0, name="g"), 2)), f(0, V0))),
    "a number": ("every", eq(index(f(0, V1, B0, name="g")), "x")),
    "a mean that is no value": ("every", eq(index(slope_product := inner(slope(0, V1, B0, name="g"), a)), f(0, V0))),
    "for one vector": eq(index(f(0, p, B0, name="g")), f(0, p)),
    "two sides that are turned": ("every", eq(f(0, V0), index(f(0, V1, B0, name="g")))),
}.items():
    known = (statement, has_value(MEAN_G), has_value(SLOPE_G), has_value(uniform(f("s", p, B0, name="g"))))
    forge(f"sampled: {name}", "that is not what is needed", by(known, "sampled", **SAMPLED))
forge("sampled: a scale without a value", "log x has none at −1", by((DECLARED, has_value(MEAN_G)), "sampled", scale=F(("log",
    "x")), point=F(p)))

accept("power", (), eq(uniform(power(B0, 2)), Fraction(1, 3)), by((), "power", exponent=2))
accept("power: 0", (), eq(uniform(power(B0, 0)), 1), by((), "power", exponent=0))
accept("power: a large one", (), eq(uniform(power(B0, 10_000)), Fraction(1, 10_001)), by((), "power", exponent=10_000))
for exponent in (-1, HALF, 10_001, True, "2"):
    forge(f"power: {exponent!r}", "no whole number of moderate size", by((), "power", exponent=exponent))
forge("power: a premise", "it takes none", by((le(0, "x"),), "power", exponent=1))

CHANGE = plus(q, times(-1, p))
ALONG = uniform(inner(slope(0, plus(p, times(B0, CHANGE))), CHANGE))
ENDS: dict[str, Any] = {"name": F("t"), "start": F(p), "end": F(q)}
WALK = (LIPSCHITZ, has_value(ALONG))
accept("segment", WALK, eq(ALONG, ("add", f(0, q), ("mul", -1, f(0, p)))), by(WALK, "segment", total=F(ALONG), **ENDS))
STEP = uniform(inner(slope(0, plus(p, times(B0, v))), v))
accept("segment: a step", (LIPSCHITZ, has_value(STEP)), eq(STEP, ("add", f(0, plus(p, v)), ("mul", -1, f(0, p)))), by((LIPSCHITZ,
    has_value(STEP)), "segment", total=F(STEP), name=F("t"), start=F(p), end=F(plus(p, v))))
forge("segment: a jump", "Cantor's function has the slope 0", by((has_value(ALONG),), "segment", total=F(ALONG), **ENDS))
forge("segment: another function is locally Lipschitz", "f may jump", by((("locally lipschitz", "g"), has_value(ALONG)),
    "segment", total=F(ALONG), **ENDS))
forge("segment: no gradients", "f may have none along the segment", by((LIPSCHITZ,), "segment", total=F(ALONG), **ENDS))
forge("segment: the other way", "the sign is wrong", by(WALK, "segment", total=F(ALONG), **{**ENDS, "start": F(q), "end": F(p)}))
for name, inside in {
    "another step": inner(slope(0, plus(p, times(B0, CHANGE))), v),
    "another way": inner(slope(0, plus(p, times(B0, v))), CHANGE),
    "a faster way": inner(slope(0, plus(p, times(("mul", 2, B0), CHANGE))), CHANGE),
    "a smoothed function": inner(slope("s", plus(p, times(B0, CHANGE))), CHANGE),
    "no gradient": inner(v, CHANGE),
    "a value": f(0, plus(p, times(B0, CHANGE))),
}.items():
    forge(f"segment: {name}", "that is not the derivative along the segment", by((LIPSCHITZ, has_value(uniform(inside))),
        "segment", total=F(uniform(inside)), **ENDS))
forge("segment: an index", "it is not uniform", by((LIPSCHITZ, has_value(index(ALONG[1]))), "segment", total=F(index(ALONG[1])),
    **ENDS))
T_END = plus(p, times("t", v))
T_CHANGE = plus(T_END, times(-1, p))
OPEN_CHANGE = plus(plus(p, times(B0, v)), times(-1, p))
T_ALONG = uniform(inner(slope(0, plus(p, times(B0, OPEN_CHANGE))), OPEN_CHANGE))
forge("segment: an end that is random", "the end moves with t", by((LIPSCHITZ, has_value(T_ALONG)), "segment", total=F(T_ALONG),
    name=F("t"), start=F(p), end=F(T_END)))
OPEN_START = uniform(inner(slope(0, plus(times(B0, v), times(B0, plus(q, times(-1, times(B0, v)))))), plus(q, times(-1, times(B0,
    v)))))
forge("segment: a start that is random", "the start moves with t", by((LIPSCHITZ, has_value(OPEN_START)), "segment", total=F(
    OPEN_START), name=F("t"), start=F(times("t", v)), end=F(q)))
INDEXED = uniform(inner(slope(0, plus(p, times(B0, CHANGE)), B0), CHANGE))
forge("segment: a function that is random", "f changes with t", by((("locally lipschitz", "f", "t"), has_value(INDEXED)),
    "segment", total=F(INDEXED), **ENDS))
ODD_END = plus(q, times(("add", ODD, -1), v))
forge("segment: an end without a value", "x/x has none at 0", by(WALK, "segment", total=F(ALONG), **{**ENDS, "end": F(ODD_END)}))
ODD_START = plus(p, times(("add", ODD, -1), v))
forge("segment: a start without a value", "x/x has none at 0", by(WALK, "segment", total=F(ALONG), **{**ENDS, "start": F(
    ODD_START)}))
# fmt: on


# terms ------------------------------------------------------------------------------------------------------------------
def _function(kernel: Any, *args: Any, head: str = "value") -> Any:
    return kernel.make(head, *args, value="f")


def _vector_mean(kernel: Any) -> Any:
    u = kernel.vector("u")
    return kernel.bind("gaussian mean", u, kernel.scaled(kernel.inner(u, u), u))


ATTEMPTS = (
    Attempt("a value without a point", lambda k: _function(k, k.number(0))),
    Attempt("a value at a number", lambda k: _function(k, k.number(0), k.number(0))),
    Attempt("a value at a vector as scale", lambda k: _function(k, k.vector("v"), k.vector("v"))),
    Attempt("a value with a vector as index", lambda k: _function(k, k.number(0), *[k.vector("v")] * 2)),
    Attempt("a value without a name", lambda k: k.make("value", k.number(0), k.vector("v"))),
    Attempt("a family of vectors without a place", lambda k: _function(k, head="member vector")),
    Attempt("a sum of a vector and a number", lambda k: k.make("vector sum", k.vector("v"), k.number(0))),
    Attempt("a multiple of a number", lambda k: k.make("scaled", k.number(2), k.number(0))),
    Attempt("a sum of vectors as a number", lambda k: k.make("add", _vector_mean(k))),
    Attempt("a mean of a truth", lambda k: k.bind("uniform mean", k.variable("t"), k.make("true"))),
    Attempt("a mean of a comparison", lambda k: k.bind("uniform mean", k.variable("t"), _comparison(k))),
    Attempt("almost a number", lambda k: k.bind("uniform almost", k.variable("t"), k.variable("t"))),
    Attempt("almost a vector", lambda k: k.bind("gaussian almost", k.vector("u"), k.vector("u"))),
    Attempt("an index without a name", lambda k: k.bind("index mean", k.variable("k"), k.variable("k"))),
    Attempt("a uniform number with a name", lambda k: _named(k, "uniform mean", "t")),
    Attempt("a Gaussian number", lambda k: k.bind("gaussian mean", k.variable("t"), k.variable("t"))),
    Attempt("a statement of a number", lambda k: k.make("locally lipschitz", k.vector("v"), value="f")),
    Attempt(
        "a sum of vectors that is bound", lambda k: k.bind("sum", k.variable("i"), *[_vector_mean(k)] * 3)
    ),
)


def _comparison(kernel: Any) -> Any:
    return kernel.le(kernel.variable("t"), kernel.number(0))


def _named(kernel: Any, head: str, name: str) -> Any:
    return kernel.bind(head, kernel.variable("t"), kernel.variable("t"), value=name)


def _texts(kernel: Any) -> bool:
    p, q, k = kernel.vector("p"), kernel.vector("q"), kernel.variable("k")
    moved = kernel.vector_sum(p, kernel.scaled(kernel.variable("r"), q))
    value = kernel.make("value", kernel.number(0), moved, k, value="f")
    mean = kernel.bind("index mean", k, value, value="k")
    family = kernel.make("member vector", k, value="v")
    return (
        repr(mean) == "index mean(#1, k: value f(0, (p + (r · q)), #1))"
        and repr(kernel.bind("gaussian mean", q, value)) == "gaussian mean(#1: value f(0, (p + (r · #1)), k))"
        and repr(family) == "v[k]"
        and mean.sort == "real"
        and _vector_mean(kernel).sort == "vector"
    )


def _one_order(kernel: Any) -> bool:
    """⟨x, y⟩ is ⟨y, x⟩ of what is made of others too."""
    p, q, zero = kernel.vector("p"), kernel.vector("q"), kernel.number(0)
    sides = [
        p,
        q,
        kernel.scaled(zero, p),
        kernel.scaled(zero, q),
        kernel.vector_sum(p, q),
        _vector_mean(kernel),
    ]
    sides += [_function(kernel, zero, x, head="gradient") for x in (p, q)]
    return all(kernel.inner(x, y) is kernel.inner(y, x) for x in sides for y in sides)


def _no_slope(kernel: Any) -> bool:
    slope = __import__("sys").modules[f"{kernel.__name__}.derivatives"].derivative
    x, v = kernel.variable("x"), kernel.vector("v")
    return (
        slope(kernel.inner(kernel.scaled(x, v), v), x) is None
        and slope(kernel.inner(kernel.make("vector sum", kernel.scaled(x, v)), v), x) is None
        and slope(_function(kernel, x, v), x) is None
        and slope(kernel.inner(v, v), x) is kernel.number(0)
    )


FACTS = (
    Fact("vectors, functions and means as text", _texts),
    Fact("inner products of what is made of others", _one_order),
    Fact("the derivative of a vector", _no_slope),
    Fact("a sum of one vector", lambda k: k.vector_sum(k.vector("v")) is k.vector("v")),
)
