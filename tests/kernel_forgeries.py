"""Certificates as data: those that the kernel must accept, and those that it must refuse with the reason why.

Nothing here imports the kernel, so that the same data can be shown to a kernel whose source was changed. A formula is written
as a number, the name of a variable, or (head, argument …); a step is (rule, premises, arguments).
"""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable, Iterable
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

Formula = Any
Step = tuple[str, tuple[int, ...], dict[str, Any]]
HALF = Fraction(1, 2)
NAMED = (
    "member",
    "member vector",
    "value",
    "gradient",
    "locally lipschitz",
    "index mean",
    "index almost",
)
"""The heads after which a name is written, and then arguments."""


class F(NamedTuple):
    """A formula as an argument of a rule."""

    formula: Formula


class Accepted(NamedTuple):
    """A certificate that makes a theorem, and what the theorem says."""

    name: str
    hypotheses: tuple[Formula, ...]
    conclusion: Formula
    steps: tuple[Step, ...]


class Forged(NamedTuple):
    """A certificate that makes none."""

    name: str
    reason: str
    certificate: dict[str, Any]


# writing ----------------------------------------------------------------------------------------------------------------
class Table:
    """A table of terms that grows with the formulas that are written."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []
        self.places: dict[Any, int] = {}

    def place(self, formula: Formula) -> int:
        if isinstance(formula, (int, Fraction)):
            row = ["number", str(Fraction(formula))]
        elif isinstance(formula, str):
            row = ["variable", formula]
        elif formula[0] in ("vector", "bound", "bound vector"):
            row = [formula[0], str(formula[1])]
        elif formula[0] in NAMED:
            row = [formula[0], formula[1], *(self.place(part) for part in formula[2:])]
        else:
            row = [formula[0], *(self.place(part) for part in formula[1:])]
        if tuple(row) not in self.places:
            self.places[tuple(row)] = len(self.rows)
            self.rows.append(row)
        return self.places[tuple(row)]

    def encoded(self, value: Any) -> Any:
        if isinstance(value, F):
            return {"term": self.place(value.formula)}
        if isinstance(value, Fraction):
            return {"number": str(value)}
        return [self.encoded(part) for part in value] if isinstance(value, (tuple, list)) else value


def certificate(steps: Iterable[Step]) -> dict[str, Any]:
    table = Table()
    written = [
        {
            "rule": rule,
            "premises": list(premises),
            "arguments": {name: table.encoded(value) for name, value in arguments.items()},
        }
        for rule, premises, arguments in steps
    ]
    return {"kernel": 1, "terms": table.rows, "steps": written}


def given(*formulas: Formula) -> tuple[Step, ...]:
    return tuple(("assume", (), {"formula": F(formula)}) for formula in formulas)


def by(hypotheses: tuple[Formula, ...], rule: str, **arguments: Any) -> tuple[Step, ...]:
    """Assume the hypotheses, and apply one rule to all of them."""
    return (*given(*hypotheses), (rule, tuple(range(len(hypotheses))), arguments))


ACCEPTED: list[Accepted] = []
FORGED: list[Forged] = []


def accept(
    name: str,
    hypotheses: tuple[Formula, ...],
    conclusion: Formula,
    steps: Iterable[Step] | None = None,
    **how: Any,
) -> None:
    """Add a certificate; without steps, one rule applied to the hypotheses (`rule=`, and its arguments)."""
    made = tuple(steps) if steps is not None else by(hypotheses, **how)
    ACCEPTED.append(Accepted(name, hypotheses, conclusion, made))


def shows(
    rule: str, name: str, hypotheses: tuple[Formula, ...], conclusion: Formula, **arguments: Any
) -> None:
    """A rule that is told its conclusion."""
    accept(
        f"{rule}: {name}", hypotheses, conclusion, by(hypotheses, rule, conclusion=F(conclusion), **arguments)
    )


def forge(name: str, reason: str, steps: Iterable[Step]) -> None:
    FORGED.append(Forged(name, reason, certificate(steps)))


def hides(
    rule: str, name: str, reason: str, hypotheses: tuple[Formula, ...], conclusion: Formula, **arguments: Any
) -> None:
    """A rule that is told a conclusion that it must not make."""
    forge(f"{rule}: {name}", reason, by(hypotheses, rule, conclusion=F(conclusion), **arguments))


def neg(a: Formula) -> Formula:
    return ("mul", -1, a)


def sub(a: Formula, b: Formula) -> Formula:
    return ("add", a, neg(b))


def le(a: Formula, b: Formula) -> Formula:
    return ("le", a, b)


def lt(a: Formula, b: Formula) -> Formula:
    return ("lt", a, b)


def eq(a: Formula, b: Formula) -> Formula:
    return ("eq", a, b)


def ne(a: Formula, b: Formula) -> Formula:
    return ("ne", a, b)


def exp(t: Formula) -> Formula:
    return ("exp", t)


def log(t: Formula) -> Formula:
    return ("log", t)


def power(b: Formula, e: Formula) -> Formula:
    return ("power", b, e)


def sqrt(t: Formula) -> Formula:
    return ("power", t, HALF)


def product(
    coefficient: Formula, *factors: tuple[int, int], squares: tuple[Formula, ...] = ()
) -> tuple[Any, ...]:
    return (F(coefficient), factors, tuple(map(F, squares)))


TRUE_IDENTITY = le(0, 0)
NOTHING: tuple[Any, ...] = ()
v, w = ("vector", "v"), ("vector", "w")

# fmt: off
# structural -------------------------------------------------------------------------------------------------------------
accept("assume", (lt("x", "y"),), lt("x", "y"), given(lt("x", "y")))
accept("assume: ≠", (ne("x", 0),), ne("x", 0), given(ne("x", 0)))
forge("assume: a truth", "only comparisons are assumed", given(("and", le(0, "x"), le("x", 1))))
forge("assume: not", "only comparisons are assumed", given(("not", le(0, "x"))))
forge("assume: a number", "only comparisons are assumed", given("x"))
forge("assume: premises", "assume takes no premises", (*given(le(0, "x")), ("assume", (0,), {"formula": F(le("x",
    0))})))

accept("cut", (lt(0, "x"),), le(0, ("mul", "x", "x")), (*given(lt(0, "x")), ("combination", (0,),
    {"conclusion": F(le(0, "x")), "products": (product(1, (0, 1)),)}), *given(le(0, "x")), ("combination", (2,),
    {"conclusion": F(le(0, ("mul", "x", "x"))), "products": (product(1, (0, 2)),)}), ("cut", (1, 3), {})))
accept("cut: what is not cut stays", (le(0, "x"), le("y", "x")), le("y", "x"), (*given(le(0, "x"), le("y", "x")),
    ("cut", (0, 1), {})))
forge("cut: one premise", "a cut has two premises", (*given(le(0, "x")), ("cut", (0,), {})))
forge("cut: three premises", "a cut has two premises", (*given(le(0, "x")), ("cut", (0, 0, 0), {})))

ABS_IS_LARGE = le(0, ("mul", "x", "x"))
accept("cases", (), ABS_IS_LARGE, (*given(le("x", 0)), ("combination", (0,), {"conclusion": F(ABS_IS_LARGE),
    "products": (product(1, (0, 2)),)}), *given(le(0, "x")), ("combination", (2,), {"conclusion": F(ABS_IS_LARGE),
    "products": (product(1, (0, 2)),)}), ("cases", (1, 3), {"left": F("x"), "right": F(0)})))
accept("cases: what the values need stays a hypothesis", (lt(0, "x"), eq("z", "z")), eq("z", "z"), (*given(eq("z",
    "z"), eq("z", "z"), lt(0, "x")), ("cases", (0, 1, 2), {"left": F(log("x")), "right": F(0)})))
forge("cases: different conclusions", "both cases show the same", (*given(le("x", 0), le(0, "x")), ("cases", (0, 1),
    {"left": F("x"), "right": F(0)})))
forge("cases: left without a value", "log x ≤ 0 or 0 ≤ log x does not hold at x = −1", (*given(eq("z", "z")),
    ("cases", (0, 0), {"left": F(log("x")), "right": F(0)})))
forge("cases: right without a value", "0 ≤ 1/x or 1/x ≤ 0 does not hold at x = 0", (*given(eq("z", "z")), ("cases",
    (0, 0), {"left": F(0), "right": F(power("x", -1))})))
forge("cases: the case itself shows no value",
    "that log x ≤ 0 in one case does not show that log x has a value in both", (*given(le(log("x"), 0), eq("z", "z")),
    ("cut", (0, 1), {}), *given(le(0, log("x"))), ("cut", (3, 1), {}), ("cases", (2, 4), {"left": F(log("x")),
    "right": F(0)})))

accept("antisymmetry", (le("a", "b"), le("b", "a")), eq("a", "b"), by((le("a", "b"), le("b", "a")), "antisymmetry"))
accept("antisymmetry: of one term", (le("a", "a"),), eq("a", "a"), (*given(le("a", "a")), ("antisymmetry", (0, 0), {})))
accept("antisymmetry: both from one hypothesis", (eq("a", "b"),), eq("b", "a"), (*given(eq("a", "b")), ("combination", (0,),
    {"conclusion": F(le("b", "a")), "products": (product(-1, (0, 1)),)}), ("combination", (0,), {"conclusion": F(le("a",
    "b")), "products": (product(1, (0, 1)),)}), ("antisymmetry", (1, 2), {})))
for first, second, why in (
    (le("a", "b"), le("a", "b"), "the same twice"),
    (le("a", "b"), le("b", "c"), "another term"),
    (le("a", "b"), le("c", "a"), "another term, on the left"),
    (le("a", "b"), lt("b", "a"), "the second is <"),
    (lt("a", "b"), le("b", "a"), "the first is <"),
    (eq("a", "b"), eq("b", "a"), "these are no ≤"),
    (ne("a", "b"), ne("b", "a"), "these say that they differ"),
    (le("a", "b"), eq("b", "a"), "the second is no ≤"),
):
    forge(f"antisymmetry: {why}", f"a ≤ b and b ≤ a make a = b: {why}", by((first, second), "antisymmetry"))
forge("antisymmetry: one premise", "it has two premises", by((le("a", "a"),), "antisymmetry"))
forge("antisymmetry: three premises", "it has two premises", by((le("a", "b"), le("b", "a"), le("a", "b")), "antisymmetry"))

accept("absurd", (le("a", "b"), lt("b", "a")), le(1, 0), (*given(le("a", "b"), lt("b", "a")), ("absurd", (0, 1),
    {"conclusion": F(le(1, 0))})))
for first, second, why in (
    (lt("a", "b"), lt("b", "a"), "the first is ≤"),
    (eq("a", "b"), lt("b", "a"), "the first is ≤"),
    (le("a", "b"), le("b", "a"), "a = b is possible"),
    (le("a", "b"), lt("a", "b"), "these agree"),
    (le("a", "b"), lt("b", "c"), "these speak of different things"),
    (le("a", "b"), ne("b", "a"), "these agree"),
):
    forge(f"absurd: {first[0]}, {second[0]}: {why}", f"no contradiction: {why}", (*given(first, second), ("absurd",
        (0, 1), {"conclusion": F(le(1, 0))})))
forge("absurd: a truth", "a theorem says a comparison", (*given(le("a", "b"), lt("b", "a")), ("absurd", (0, 1),
    {"conclusion": F(("false",))})))


def put(*pairs: tuple[Formula, Formula]) -> dict[str, Any]:
    return {"replacements": tuple((F(name), F(term)) for name, term in pairs)}


accept("instantiate", (lt("y", "x"), lt(0, "z")), lt("y", "x"), (*given(lt("x", "y"), lt(0, "z")), ("instantiate", (0,
    1), put(("x", "y"), ("y", "x")))))
accept("instantiate: a partial term", (lt(0, "z"), le(log("z"), "y")), le(log("z"), "y"), (*given(le("x", "y"), lt(0,
    "z")), ("instantiate", (0, 1), put(("x", log("z"))))))
accept("instantiate: vectors", (), le(0, ("inner", w, w)), (("square", (), {"vector": ((F(1), F(v)),)}),
    ("instantiate", (0,), put((v, w))), ("combination", (1,), {"conclusion": F(le(0, ("inner", w, w))),
    "products": (product(1, (0, 1)),)})))
forge("instantiate: a term without a value", "0 ≤ x² does not show 0 ≤ (log z)²", (("combination", (),
    {"conclusion": F(eq("x", "x"))}), ("instantiate", (0,), put(("x", log("z"))))))
forge("instantiate: the theorem itself shows no value",
    "x = x, hence 1/z = 1/z: its hypotheses speak of other things", (*given(eq("x", "x")), ("instantiate", (0,),
    put(("x", power("z", -1))))))
forge("instantiate: a formula in the place of a term", "only variables are replaced", (*given(eq(("exp", "x"), 1)),
    ("instantiate", (0,), put((("exp", "x"), "y")))))
forge("instantiate: a number", "only variables are replaced", (("combination", (), {"conclusion": F(le(0, 1)),
    "products": (product(1),)}), ("instantiate", (0,), put((1, -1)))))
forge("instantiate: a real number for a vector", "sorts differ", (("square", (), {"vector": ((F(1), F(v)),)}),
    ("instantiate", (0,), put((v, "x")))))
forge("instantiate: a vector for a real number", "sorts differ", (*given(eq("z", "z")), ("instantiate", (0,),
    put(("x", v)))))
forge("instantiate: a truth for a real number", "sorts differ", (*given(eq("z", "z")), ("instantiate", (0,), put(("x",
    le(0, 1))))))

accept("replace", (eq(("add", "x", 1), "y"),), eq(exp(("add", "x", 1)), exp("y")), by((eq(("add", "x", 1), "y"),),
    "replace", left=F(exp(("add", "x", 1))), right=F(exp("y"))))
accept("replace: a partial term", (eq("x", "y"), lt(0, "x")), eq(log("x"), log("y")), by((eq("x", "y"), lt(0, "x")),
    "replace", left=F(log("x")), right=F(log("y"))))
forge("replace: ≤", "x ≤ y does not show e^x = e^y", by((le("x", "y"),), "replace", left=F(exp("x")),
    right=F(exp("y"))))
forge("replace: ≠", "x ≠ y does not show e^x = e^y", by((ne("x", "y"),), "replace", left=F(exp("x")),
    right=F(exp("y"))))
forge("replace: other terms", "x = y does not show e^x = e^z", by((eq("x", "y"),), "replace", left=F(exp("x")),
    right=F(exp("z"))))
forge("replace: no value", "log x = log y does not hold where x = y = −1", by((eq("x", "y"),), "replace",
    left=F(log("x")), right=F(log("y"))))
forge("replace: no premise", "there is no equality", by((), "replace", left=F("x"), right=F("x")))

# combinations -----------------------------------------------------------------------------------------------------------
X2 = power("x", 2)
XY = ("mul", "x", "y")
shows("combination", "a square", (), le(0, X2), products=(product(1, squares=("x",)),))
shows("combination", "two squares", (), le(("mul", 2, XY), ("add", X2, power("y", 2))), products=(product(1,
    squares=(sub("x", "y"),)),))
shows("combination", "an identity", (), eq(power(("add", "x", "y"), 2), ("add", X2, ("mul", 2, XY), power("y", 2))))
shows("combination", "≤ of an identity", (), le(("add", "x", "x"), ("mul", 2, "x")))
shows("combination", "a sum", (le("a", "b"), le("c", "d")), le(("add", "a", "c"), ("add", "b", "d")),
    products=(product(1, (0, 1)), product(1, (1, 1))))
shows("combination", "a strict sum", (le("a", "b"), lt("c", "d")), lt(("add", "a", "c"), ("add", "b", "d")),
    products=(product(1, (0, 1)), product(1, (1, 1))))
shows("combination", "a product", (lt(0, "a"), lt(0, "b")), lt(0, ("mul", "a", "b")), products=(product(1, (0, 1), (1,
    1)),))
shows("combination", "a power of a strict premise", (lt(0, "a"),), lt(0, power("a", 3)), products=(product(1, (0, 3)),
    ))
shows("combination", "a positive number", (), lt(0, HALF), products=(product(HALF),))
shows("combination", "the coefficient 0", (le("a", "b"), lt(0, 1)), le("c", "c"), products=(product(0, (0, 1)),))
shows("combination", "an equality", (eq("a", "b"),), eq(("mul", "a", "c"), ("mul", "b", "c")), products=(product("c",
    (0, 1)),))
shows("combination", "a negative multiple of an equality", (eq("a", "b"),), eq("b", "a"), products=(product(-1, (0,
    1)),))
shows("combination", "an equality in an inequality", (eq("a", "b"), lt("b", "c")), lt("a", "c"), products=(product(1,
    (0, 1)), product(1, (1, 1))))
shows("combination", "an equality times an inequality", (eq("a", 0), le(0, "b")), eq(("mul", "a", "b"), 0),
    products=(product(1, (0, 1), (1, 1)),))
shows("combination", "a fraction", (lt(0, "x"),), eq(("mul", "x", power("x", -1)), 1))
shows("combination", "fractions with different denominators", (lt(0, "x"), lt("y", 0), lt(XY, 0)), eq(("add",
    power("x", -1), power("y", -1)), ("mul", ("add", "x", "y"), power(XY, -1))))
shows("combination", "fractions with a common denominator", (lt("x", 0),), eq(("add", power("x", -1), ("mul", "y",
    power("x", -1))), ("mul", ("add", 1, "y"), power("x", -1))))
shows("combination", "a cancelled factor", (lt(0, "x"), lt(0, XY)), eq(("add", ("mul", "y", power(XY, -1)), power("x",
    -1)), ("mul", 2, power("x", -1))))
shows("combination", "a power of a fraction", (lt(0, "x"), lt(0, power("x", -1))), eq(power(power("x", -1), -2), X2))
shows("combination", "a root", (le(0, "x"),), eq(("mul", sqrt("x"), sqrt("x")), "x"))
shows("combination", "x^(3/2)", (le(0, "x"),), eq(power("x", Fraction(3, 2)), ("mul", "x", sqrt("x"))))
shows("combination", "x^(−1/2)", (lt(0, "x"),), eq(("mul", power("x", -HALF), "x"), sqrt("x")))
shows("combination", "a root of a fraction", (le(0, power("x", -1)), lt(0, "x")), eq(("mul", power(sqrt(power("x",
    -1)), 2), "x"), 1))
shows("combination", "the cube root of a constant", (), eq(power(power(2, Fraction(1, 3)), 3), 2))
shows("combination", "|x|²", (), eq(power(("abs", "x"), 2), X2))
shows("combination", "|x − y|²", (), eq(power(("abs", sub("x", "y")), 2), power(sub("x", "y"), 2)))
shows("combination", "|1/x|²", (lt("x", 0),), eq(("mul", power(("abs", power("x", -1)), 2), X2), 1))
shows("combination", "sin² + cos²", (), eq(("add", power(("sin", "x"), 2), power(("cos", "x"), 2)), 1))
shows("combination", "e^x e^y", (), eq(("mul", exp("x"), exp("y")), exp(("add", "x", "y"))))
shows("combination", "e^x e^(−x)", (), eq(("mul", exp("x"), exp(neg("x"))), 1))
shows("combination", "e^0", (), eq(exp(sub("x", "x")), 1))
shows("combination", "e^(x/2)²", (), eq(power(exp(("mul", HALF, "x")), 2), exp("x")))
shows("combination", "e^(2x/3) and e^(x/2)", (), eq(power(exp(("mul", Fraction(2, 3), "x")), 3), power(exp(("mul",
    HALF, "x")), 4)))
shows("combination", "e^(1/x)", (lt(0, "x"),), eq(power(exp(power("x", -1)), 2), exp(("mul", 2, power("x", -1)))))
shows("combination", "e^(y/x + 1/z)", (lt(0, "x"), lt("z", 0)), eq(exp(("add", ("mul", "y", power("x", -1)),
    power("z", -1))), ("mul", exp(("mul", "y", power("x", -1))), exp(power("z", -1)))))
shows("combination", "e^(1/2 + x)", (), eq(exp(("add", HALF, "x")), ("mul", exp(HALF), exp("x"))))
shows("combination", "e^(e^x)", (), eq(("mul", exp(exp("x")), exp(neg(exp("x")))), 1))
shows("combination", "e^(√x)", (le(0, "x"),), eq(exp(power(sqrt("x"), 2)), exp("x")))
shows("combination", "sinh", (), eq(("sinh", "x"), ("mul", HALF, sub(exp("x"), exp(neg("x"))))))
shows("combination", "cosh", (), eq(("cosh", "x"), ("mul", HALF, ("add", exp("x"), exp(neg("x"))))))
shows("combination", "sinh and cosh of a difference", (), eq(sub(power(("cosh", sub("x", "y")), 2), power(("sinh",
    sub("y", "x")), 2)), 1))
shows("combination", "tanh", (lt(0, ("cosh", "x")),), eq(("mul", ("tanh", "x"), ("cosh", "x")), ("sinh", "x")))
shows("combination", "tan", (lt(0, ("cos", "x")),), eq(("mul", ("tan", "x"), ("cos", "x")), ("sin", "x")))
shows("combination", "erfc", (), eq(("add", ("erfc", "x"), ("erf", "x")), 1))
shows("combination", "atoms", (), eq(("mul", ("max", "x", "y"), 2), ("add", ("max", "x", "y"), ("max", "x", "y"))))
shows("combination", "x^y is an atom", (lt(0, "x"),), eq(sub(power("x", "y"), power("x", "y")), 0))
shows("combination", "a huge exponent is an atom", (), eq(sub(power("x", 5000), power("x", 5000)), 0))
shows("combination", "an exponent of moderate size", (), eq(power("x", 4096), power(X2, 2048)))
shows("combination", "a sum to a moderate power", (), eq(power(("add", "x", 1), 64), power(power(("add", "x", 1), 32),
    2)))
shows("combination", "x^0", (), eq(power("x", 0), 1))
shows("combination", "x^1", (), eq(power("x", 1), "x"))

hides("combination", "≠ to show", "a combination shows no ≠", (ne("x", 0),), ne("x", 0), products=(product(1, (0, 1)),
    ))
hides("combination", "≠ to use", "≠ gives no sign", (ne(0, "x"),), le(0, "x"), products=(product(1, (0, 1)),))
hides("combination", "≠ is no equality", "≠ gives no sign", (ne(0, "x"),), eq(0, "x"), products=(product(1, (0, 1)),))
hides("combination", "the exponent 0", "0^0 is not positive because 0 < x", (lt(0, "x"),), lt(0, 1),
    products=(product(1, (0, 0)),))
hides("combination", "a negative exponent", "the powers of premises are whole and positive", (lt(0, "x"),), lt(0,
    power("x", -1)), products=(product(1, (0, -1)),))
hides("combination", "the exponent 1/2", "the powers of premises are whole", (le(0, "x"),), le(0, sqrt("x")),
    products=((F(1), ((0, HALF),), ()),))
hides("combination", "the exponent true", "true is no number", (le(0, "x"),), le(0, "x"), products=((F(1), ((0, True),
    ), ()),))
hides("combination", "a premise from the end", "premises are counted from 0", (le(0, "x"),), le(0, "x"),
    products=(product(1, (-1, 1)),))
hides("combination", "the premise true", "true is no number", (le(0, 1), le(0, "x")), le(0, "x"), products=((F(1),
    ((True, 1),), ()),))
hides("combination", "a premise that is missing", "there is one premise", (le(0, "x"),), le(0, "x"),
    products=(product(1, (1, 1)),))
hides("combination", "a negative coefficient", "0 ≤ x does not show 0 ≤ −x", (le(0, "x"),), le(0, neg("x")),
    products=(product(-1, (0, 1)),))
hides("combination", "a negative square", "−x² is negative", (), le(0, neg(X2)), products=(product(-1, squares=("x",
    )),))
hides("combination", "a variable as a coefficient", "y may be negative", (le(0, "x"),), le(0, XY),
    products=(product("y", (0, 1)),))
hides("combination", "a vanishing name as a coefficient", "the coefficient is no number", (), le(0, "y"),
    products=(product("y"),))
hides("combination", "≤ does not show =", "0 ≤ x does not show 0 = x", (le(0, "x"),), eq(0, "x"), products=(product(1,
    (0, 1)),))
hides("combination", "a square is not 0", "x² is not 0", (), eq(0, X2), products=(product(1, squares=("x",)),))
hides("combination", "= with one inequality among the terms", "b is not 0", (eq("a", 0), le(0, "b")), eq(0, sub("b",
    "a")), products=(product(1, (0, 1)), product(1, (1, 1))))
hides("combination", "≤ does not show <", "x = 0", (le(0, "x"),), lt(0, "x"), products=(product(1, (0, 1)),))
hides("combination", "a square is not positive", "x = 0", (), lt(0, X2), products=(product(1, squares=("x",)),))
hides("combination", "a square beside a strict premise", "y = 0", (lt(0, "x"),), lt(0, ("mul", "x", power("y", 2))),
    products=(product(1, (0, 1), squares=("y",)),))
hides("combination", "< with a coefficient 0", "0 is not positive", (lt(0, "x"),), lt("y", "y"), products=(product(0,
    (0, 1)),))
hides("combination", "< with the number 0", "0 is not positive", (), lt("y", "y"), products=(product(0),))
hides("combination", "< of an identity", "0 is not positive", (), lt("y", "y"))
hides("combination", "< from ≤ times <", "a = 0", (le(0, "a"), lt(0, "b")), lt(0, ("mul", "a", "b")),
    products=(product(1, (0, 1), (1, 1)),))
hides("combination", "< from =", "a = 0", (eq(0, "a"),), lt(0, "a"), products=(product(1, (0, 1)),))
hides("combination", "< from = times <", "a = 0", (eq(0, "a"), lt(0, "b")), lt(0, ("mul", "a", "b")),
    products=(product(1, (0, 1), (1, 1)),))
hides("combination", "other terms", "x is not y", (le(0, "x"),), le(0, "y"), products=(product(1, (0, 1)),))
hides("combination", "a sum that is too large", "0 ≤ x does not show 1 ≤ x", (le(0, "x"),), le(1, "x"),
    products=(product(1, (0, 1)),))
hides("combination", "the other way round", "0 ≤ x does not show x ≤ 0", (le(0, "x"),), le("x", 0),
    products=(product(1, (0, 1)),))
hides("combination", "x/x", "x/x has no value at 0", (), eq(("mul", "x", power("x", -1)), 1))
hides("combination", "0/x", "0/x has no value at 0", (), eq(("mul", 0, power("x", -1)), 0))
hides("combination", "0/x where x ≥ 0", "0/x has no value at 0", (le(0, "x"),), eq(("mul", 0, power("x", -1)), 0))
hides("combination", "0/0", "0/0 has no value", (), eq(("mul", 0, power(0, -1)), 0))
hides("combination", "1/(x − x)", "1/0 has no value", (lt(0, sub("x", "x")),), eq(power(sub("x", "x"), -1), 0))
hides("combination", "1/(sin² + cos² − 1)", "1/0 has no value", (lt(0, ("add", power(("sin", "x"), 2), power(("cos",
    "x"), 2), -1)),), eq(power(("add", power(("sin", "x"), 2), power(("cos", "x"), 2), -1), -1), 0))
hides("combination", "log x = log x", "log x has no value at −1", (), eq(log("x"), log("x")))
hides("combination", "a square of what has no value", "log x has no value at −1", (), le(0, 0), products=(product(0,
    squares=(log("x"),)),))
hides("combination", "a coefficient without a value", "1/y has no value at 0", (eq("a", "a"),), eq("a", "a"),
    products=(product(power("y", -1), (0, 1)),))
hides("combination", "√(x²)", "√(x²) = |x|", (le(0, X2),), eq(sqrt(X2), "x"))
hides("combination", "|x| = x", "x = −1", (), eq(("abs", "x"), "x"))
hides("combination", "|x| = −x", "x = 1", (), eq(("abs", "x"), neg("x")))
hides("combination", "e^x e^y = e^(xy)", "x = y = 1", (), eq(("mul", exp("x"), exp("y")), exp(XY)))
hides("combination", "e^(2x) = 2e^x", "x = 0", (), eq(exp(("mul", 2, "x")), ("mul", 2, exp("x"))))
hides("combination", "sin² − cos² = 1", "x = 0", (), eq(sub(power(("sin", "x"), 2), power(("cos", "x"), 2)), 1))
hides("combination", "cos = 1 − sin²", "cos² is", (), eq(("cos", "x"), sub(1, power(("sin", "x"), 2))))
hides("combination", "√x √y = √(xy)", "true, and not known: independent atoms", (le(0, "x"), le(0, "y"), le(0, XY)),
    eq(("mul", sqrt("x"), sqrt("y")), sqrt(XY)))
hides("combination", "√x = x", "x = 4", (le(0, "x"),), eq(sqrt("x"), "x"))
hides("combination", "x^(1/3) = x^(1/2)", "x = 64", (le(0, "x"),), eq(power("x", Fraction(1, 3)), sqrt("x")))
hides("combination", "tanh = sinh", "x = 1", (), eq(("tanh", "x"), ("sinh", "x")))
hides("combination", "erfc = erf", "x = 0", (), eq(("erfc", "x"), ("erf", "x")))
hides("combination", "tan without a condition", "tan x has no value where cos x = 0", (), eq(("tan", "x"), ("tan",
    "x")))
hides("combination", "a sum to a large power", "too large to expand", (), eq(power(("add", "x", "y", 1), 300),
    power(("add", 1, "y", "x"), 300)))
hides("combination", "too many monomials", "too large to expand", (), eq(power(("add", "a", "b", "c", "d", "e"), 40),
    power(("add", "e", "d", "c", "b", "a"), 40)))
hides("combination", "too many monomials before they are computed", "too large to expand", (), eq(power(("add",
    *"abcdefghijklmnopqrst"), 64), power(("add", *"tsrqponmlkjihgfedcba"), 64)))
hides("combination", "too high a degree of a root", "too large to compute", (le(0, "x"),), eq(power(power(sqrt("x"),
    4096), 512), power(power("x", 4096), 256)))
shows("combination", "0^0", (), eq(power(sub("x", "x"), 0), 1))
NOUGHT = ("add", power(("sin", "x"), 2), power(("cos", "x"), 2), -1)
hides("combination", "0/(sin² + cos² − 1)", "1/0 has no value", (lt(0, NOUGHT),), eq(("mul", 0, power(NOUGHT, -1)), 0))
hides("combination", "1/(1/(x − x))", "1/0 has no value", (lt(0, sub("x", "x")), lt(0, power(sub("x", "x"), -1))),
    eq(power(power(sub("x", "x"), -1), -1), 0))
hides("combination", "a truth to show", "a theorem says a comparison", (), ("and", le(0, 1), le(0, 1)))
hides("combination", "an inner product for a number", "a conclusion has two sides", (), "x")
hides("combination", "a term for a list", "malformed", (), le(0, 0), products=F("x"))
hides("combination", "a coefficient that is no term", "malformed", (), le(0, 1), products=((1, (), ()),))

forge("a rule that is not there", "the table is closed", (("axiom", (), {"formula": F(le(1, 0))}),))
forge("an argument that the rule does not take", "malformed", (("assume", (), {"formula": F(le(0, 1)), "more": 1}),))

NONZERO = ne("c", 0)
accept("nonzero: <", (lt(0, ("mul", "c", "d")),), NONZERO, by((lt(0, ("mul", "c", "d")),), "nonzero", factor=F("c"),
    cofactor=F("d")))
accept("nonzero: ≠", (ne("c", 0),), NONZERO, by((ne("c", 0),), "nonzero", factor=F("c"), cofactor=F(-1)))
accept("nonzero: a difference", (lt("x", "y"),), ne(sub("x", "y"), 0), by((lt("x", "y"),), "nonzero",
    factor=F(sub("x", "y")), cofactor=F(-1)))
forge("nonzero: ≤", "c = 0", by((le(0, "c"),), "nonzero", factor=F("c"), cofactor=F(1)))
forge("nonzero: =", "c = 0", by((eq(0, "c"),), "nonzero", factor=F("c"), cofactor=F(1)))
forge("nonzero: no factor", "0 < d does not show c ≠ 0", by((lt(0, "d"),), "nonzero", factor=F("c"), cofactor=F(1)))
forge("nonzero: a factor without a value", "1/c has no value at 0", by((lt(0, 1),), "nonzero", factor=F(power("c",
    -1)), cofactor=F("c")))
forge("nonzero: a cofactor without a value", "1/c has no value at 0, and 0 < 1 does not show c ≠ 0", by((lt(0, 1),),
    "nonzero", factor=F("c"), cofactor=F(power("c", -1))))


# vectors ----------------------------------------------------------------------------------------------------------------
def square_of(*pairs: tuple[Formula, Formula]) -> dict[str, Any]:
    return {"vector": tuple((F(c), F(u)) for c, u in pairs)}


VV, VW, WW = ("inner", v, v), ("inner", v, w), ("inner", w, w)
accept("square", (), le(0, ("mul", 1, 1, VV)), (("square", (), square_of((1, v))),))
accept("square: two vectors", (), le(0, ("add", ("mul", 1, 1, VV), ("mul", 1, "c", VW), ("mul", "c", 1, VW), ("mul",
    "c", "c", WW))), (("square", (), square_of((1, v), ("c", w))),))
accept("square: of nothing", (), le(0, 0), (("square", (), square_of()),))
accept("square: a partial coefficient", (ne("c", 0),), le(0, ("mul", power("c", -1), power("c", -1), VV)), by((ne("c",
    0),), "square", **square_of((power("c", -1), v))))
accept("square: symmetry", (), eq(("inner", w, v), VW), (("combination", (), {"conclusion": F(eq(("inner", w, v),
    VW))}),))
forge("square: no value", "1/c has no value at 0", (("square", (), square_of((power("c", -1), v))),))
forge("square: a vector as a coefficient", "a coefficient is a number", (("square", (), square_of((v, w))),))
forge("square: a number as a vector", "⟨·, ·⟩ takes vectors", (("square", (), square_of((1, "x"))),))
forge("square: a truth as a coefficient", "a coefficient is a number", (("square", (), square_of((le(0, 1), v))),))
for _first, _second, _shown in (
    ((((1, v),)), (((1, w),)), le(power(("mul", 1, 1, VW), 2), ("mul", ("mul", 1, 1, VV), ("mul", 1, 1, WW)))),
    ((), (((1, w),)), le(power(0, 2), ("mul", 0, ("mul", 1, 1, WW)))),
):
    accept(f"cauchy schwarz: {len(_first)} and {len(_second)} vectors", (), _shown, (("cauchy schwarz", (), {"first":
        square_of(*_first)["vector"], "second": square_of(*_second)["vector"]}),))
forge("cauchy schwarz: no value", "1/c has no value at 0", (("cauchy schwarz", (), {"first": square_of((power("c", -1),
    v))["vector"], "second": square_of((1, w))["vector"]}),))
forge("cauchy schwarz: no value in the second", "1/c has no value at 0", (("cauchy schwarz", (), {"first": square_of((1,
    v))["vector"], "second": square_of((power("c", -1), w))["vector"]}),))
forge("cauchy schwarz: a truth as a coefficient", "a coefficient is a number", (("cauchy schwarz", (), {"first":
    square_of((1, v))["vector"], "second": square_of((le(0, 1), w))["vector"]}),))
hides("combination", "⟨v, w⟩ ≥ 0", "only ⟨v, v⟩ is", (), le(0, VW), products=(product(1, squares=(VW,)),))

# ranges -----------------------------------------------------------------------------------------------------------------
IN_12 = (le(1, "x"), le("x", 2))
shows("range", "a number", (), lt(0, 1))
shows("range", "numbers", (), le(1, 1))
shows("range", "a premise", (le(0, "x"),), le(0, "x"))
shows("range", "a sum", (*IN_12, lt(0, "y")), lt(1, ("add", "x", "y")))
shows("range", "an upper bound", (le("x", 2), lt("y", 3)), lt(("add", "x", "y"), 5))
shows("range", "two terms", (le("x", 2), le(2, "y")), le("x", "y"))
shows("range", "two terms, strictly", (lt("x", 2), le(2, "y")), lt("x", "y"))
shows("range", "= as a bound", (eq("x", 3), eq(2, "y")), lt("y", "x"))
shows("range", "= from the left", (eq(3, "x"),), le(("mul", "x", "x"), 9))
shows("range", "several bounds of one term", (le(0, "x"), le(1, "x"), lt("x", 5), le("x", 2)), le(power("x", 2), 4))
shows("range", "an open and a closed bound", (lt(0, "x"), le(0, "x")), lt(0, "x"))
shows("range", "a product of signs", (lt("x", 0), lt("y", 0)), lt(0, XY))
shows("range", "a product of mixed signs", (lt("x", 0), lt(0, "y")), lt(XY, 0))
shows("range", "a product around 0", (le(-1, "x"), le("x", 2), le(-3, "y"), le("y", 1)), le(-6, XY))
shows("range", "a product around 0, above", (le(-1, "x"), le("x", 2), le(-3, "y"), le("y", 1)), le(XY, 3))
shows("range", "an unbounded product", (le(2, "x"), le(3, "y")), le(6, XY))
shows("range", "a product with an unbounded negative factor", (le("x", -2), le("y", -3)), le(6, XY))
shows("range", "a product with 0 attained", (le(0, "x"), lt(0, "y")), le(0, XY))
shows("range", "0 times anything", (eq("x", 0),), le(XY, 0))
shows("range", "a product of open ends", (lt(1, "x"), lt("x", 2), lt(1, "y"), lt("y", 2)), lt(XY, 4))
shows("range", "a product of open and closed ends", (le(1, "x"), le("x", 2), lt(1, "y"), lt("y", 2)), lt(XY, 4))
shows("range", "an even power", (le(-3, "x"), le("x", 2)), le(power("x", 2), 9))
shows("range", "an even power is nonnegative", (), le(0, power("x", 2)))
shows("range", "an even power of an open interval", (lt(-3, "x"), lt("x", 3)), lt(power("x", 2), 9))
shows("range", "an even power of what is negative", (lt("x", -2),), lt(4, power("x", 2)))
shows("range", "an odd power", (lt("x", -2),), lt(power("x", 3), -8))
shows("range", "x^0", (), eq(power("x", 0), power("x", 0)))
shows("range", "x^0 is 1", (), le(power("x", 0), 1))
shows("range", "1/x", IN_12, le(HALF, power("x", -1)))
shows("range", "1/x, above", IN_12, le(power("x", -1), 1))
shows("range", "1/x of an open end", (lt(0, "x"), lt("x", 2)), lt(HALF, power("x", -1)))
shows("range", "1/x is positive", (lt(0, "x"),), lt(0, power("x", -1)))
shows("range", "1/x of what is negative", (lt("x", 0),), lt(power("x", -1), 0))
shows("range", "1/x of what is below −2", (le("x", -2),), le(-HALF, power("x", -1)))
shows("range", "1/x²", (le(2, "x"),), le(power("x", -2), Fraction(1, 4)))
shows("range", "a root", (le(4, "x"), le("x", 9)), le(2, sqrt("x")))
shows("range", "a root, above", (le(4, "x"), le("x", 9)), le(sqrt("x"), 3))
shows("range", "a root of what is rational", (le(Fraction(4, 9), "x"),), le(Fraction(2, 3), sqrt("x")))
shows("range", "a root that is irrational", (le(2, "x"), le("x", 2)), le(sqrt("x"), Fraction(3, 2)))
shows("range", "a root that is irrational, below", (le(2, "x"),), le(Fraction(7, 5), sqrt("x")))
shows("range", "a root of a long number", (), lt(1, sqrt(10 ** 300 + 1)))
shows("range", "a root that is positive", (lt(0, "x"),), lt(0, sqrt("x")))
shows("range", "a root that is nonnegative", (le(0, "x"),), le(0, sqrt("x")))
shows("range", "x^(3/2)", (le(4, "x"),), le(8, power("x", Fraction(3, 2))))
shows("range", "x^(−1/2)", (le(4, "x"),), le(power("x", -HALF), HALF))
shows("range", "a large exponent", (), le(0, power("x", 4096)))
shows("range", "x^y", (lt(0, "x"),), lt(0, power("x", "y")))
shows("range", "x^y at 0 with a positive y", (le(0, "x"), lt(0, "y")), le(0, power("x", "y")))
shows("range", "x^y ≥ 1", (le(1, "x"), le(0, "y")), le(1, power("x", "y")))
shows("range", "|x|", (le(-3, "x"), lt("x", 2)), le(("abs", "x"), 3))
shows("range", "|x| of open ends", (lt(-3, "x"), lt("x", 3)), lt(("abs", "x"), 3))
shows("range", "|x| of what is negative", (lt("x", -1),), lt(1, ("abs", "x")))
shows("range", "|x| of what is positive", (lt(1, "x"),), lt(1, ("abs", "x")))
shows("range", "|x| is nonnegative", (), le(0, ("abs", "x")))
shows("range", "max", (le(1, "x"),), le(1, ("max", "x", "y")))
shows("range", "max, above", (le("x", 1), lt("y", 0)), le(("max", "x", "y"), 1))
shows("range", "max of an open and a closed end", (lt("x", 1), lt("y", 1)), lt(("max", "x", "y"), 1))
shows("range", "max of equal lower ends", (le(0, "x"), lt(0, "y")), lt(0, ("max", "x", "y")))
shows("range", "max of lower ends", (le(0, "x"), le(2, "y")), le(2, ("max", "x", "y")))
shows("range", "min", (le("x", 1),), le(("min", "x", "y"), 1))
shows("range", "min, below", (le(1, "x"), le(2, "y")), le(1, ("min", "x", "y")))
shows("range", "sign of what is positive", (lt(0, "x"),), le(1, ("sign", "x")))
shows("range", "sign of what is nonnegative", (le(0, "x"),), le(0, ("sign", "x")))
shows("range", "sign of what is negative", (lt("x", 0),), le(("sign", "x"), -1))
shows("range", "sign of what is nonpositive", (le("x", 0),), le(("sign", "x"), 0))
shows("range", "sign", (), le(("sign", "x"), 1))
shows("range", "exp is positive", (), lt(0, exp("x")))
shows("range", "exp at 0", (le(0, "x"),), le(1, exp("x")))
shows("range", "exp of an open end", (lt("x", 0),), lt(exp("x"), 1))
shows("range", "exp on an interval", IN_12, le(exp("x"), 8))
shows("range", "exp of a large number", (le("x", 10 ** 9),), lt(0, exp("x")))
shows("range", "exp of a large negative number", (), lt(0, exp(-10 ** 9)))
shows("range", "exp of a very large negative number", (), lt(0, exp(-10 ** 30)))
shows("range", "log", IN_12, le(log("x"), Fraction(7, 10)))
shows("range", "log at 1", (le(1, "x"),), le(0, log("x")))
shows("range", "log has values at positive numbers", (lt(0, "x"),), eq(log("x"), log("x")))
shows("range", "sin", (), le(("sin", "x"), 1))
shows("range", "cos", (), le(-1, ("cos", "x")))
shows("range", "cos on an interval", (le(0, "x"), le("x", 1)), le(HALF, ("cos", "x")))
shows("range", "tan on an interval", (le(0, "x"), le("x", 1)), le(("tan", "x"), 2))
shows("range", "sinh", (le(0, "x"),), le(0, ("sinh", "x")))
shows("range", "cosh", (), le(1, ("cosh", "x")))
shows("range", "cosh on an interval", (le(-1, "x"), le("x", HALF)), le(("cosh", "x"), Fraction(8, 5)))
shows("range", "tanh", (), lt(("tanh", "x"), 1))
shows("range", "asin", (le(0, "x"), le("x", 1)), le(("asin", "x"), Fraction(11, 7)))
shows("range", "asin at 0", (le(0, "x"), le("x", 1)), le(0, ("asin", "x")))
shows("range", "acos", (le(-1, "x"), le("x", 1)), le(("acos", "x"), Fraction(22, 7)))
shows("range", "atan", (lt(0, "x"),), lt(0, ("atan", "x")))
shows("range", "erf", (), lt(("erf", "x"), 1))
shows("range", "erfc", (le("x", 0),), le(1, ("erfc", "x")))
shows("range", "gamma", (lt(0, "x"),), lt(0, ("gamma", "x")))
shows("range", "gamma on an interval", (le(3, "x"), le("x", 3)), le(("gamma", "x"), Fraction(21, 10)))
shows("range", "loggamma on an interval", (le(3, "x"), le("x", 3)), le(HALF, ("loggamma", "x")))
shows("range", "π", (), lt(3, ("pi",)))
shows("range", "π, above", (), lt(("pi",), Fraction(22, 7)))
shows("range", "an inner product", (le(VW, 1),), le(("mul", 2, VW), 2))
shows("range", "piecewise", (le(0, "x"), le("x", 1)), le(("piecewise", le("x", "y"), "x", ("true",), 2), 2))
shows("range", "piecewise, below", (le(0, "x"), lt(1, "z")), le(0, ("piecewise", lt("x", "y"), "x", le("y", 0), "z",
    ("true",), 2)))
shows("range", "piecewise of open ends", (lt(0, "x"), lt(0, "z")), lt(0, ("piecewise", lt("x", "y"), "x", ("true",),
    "z")))
shows("range", "a part that is bounded", (le(sub("x", "y"), 2),), le(("add", sub("x", "y"), 1), 3))
shows("range", "a bounded part that is known to be nonnegative", (le(power("x", 2), 4),), le(0, ("mul", 3, power("x",
    2))))

hides("range", "≠ bounds nothing", "x = −1", (ne(0, "x"),), le(0, "x"))
hides("range", "≠ bounds nothing, from the other side", "x = 1", (ne("x", 0),), le("x", 0))
hides("range", "no premise", "x = −1", (), le(0, "x"))
hides("range", "≤ for <", "x = 0", (le(0, "x"),), lt(0, "x"))
hides("range", "≤ for <, from above", "x = 0", (le("x", 0),), lt("x", 0))
hides("range", "equal numbers", "1 < 1 is false", (), lt(1, 1))
hides("range", "the wrong side", "x = 1", (le(0, "x"),), le("x", 0))
hides("range", "the premises contradict each other", "no value is left: what is shown is worth nothing", (le(1, "x"),
    le("x", 0)), le(0, 1))
hides("range", "an empty open interval", "no value is left", (lt(1, "x"), le("x", 1)), le(0, 1))
hides("range", "an empty open interval, above", "no value is left", (le(1, "x"), lt("x", 1)), le(0, 1))
hides("range", "=", "ranges show no equality", (eq("x", 1), eq("y", 1)), eq("x", "y"))
hides("range", "≠", "ranges show no ≠", (lt(0, "x"),), ne("x", 0))
hides("range", "a truth", "a theorem says a comparison", (), ("and", le(0, 1), le(0, 1)))
hides("range", "log without a value", "x = −1", (), eq(log("x"), log("x")))
hides("range", "log at 0", "log 0 has no value", (le(0, "x"),), eq(log("x"), log("x")))
hides("range", "gamma at 0", "Γ(0) has no value", (le(0, "x"),), lt(0, ("gamma", "x")))
hides("range", "loggamma at 0", "has no value", (le(0, "x"),), eq(("loggamma", "x"), ("loggamma", "x")))
hides("range", "1/x at 0", "1/0 has no value", (le(0, "x"),), le(0, power("x", -1)))
hides("range", "1/x around 0", "1/0 has no value", (le(-1, "x"), le("x", 2)), le(-1, power("x", -1)))
hides("range", "1/x without bounds", "1/0 has no value", (), eq(power("x", -1), power("x", -1)))
hides("range", "1/x below 0", "1/0 has no value", (le("x", 0),), le(power("x", -1), 0))
hides("range", "1/x² at 0", "1/0 has no value", (), lt(0, power("x", -2)))
hides("range", "1/x is not smaller", "x = 1", (lt(0, "x"), le("x", 2)), lt(HALF, power("x", -1)))
hides("range", "√x of what is negative", "x = −1", (), le(0, sqrt("x")))
hides("range", "√x around 0", "x = −1", (le(-1, "x"),), le(0, sqrt("x")))
hides("range", "x^(1/3) of what is negative", "x = −1", (le("x", 0),), le(power("x", Fraction(1, 3)), 0))
hides("range", "x^(−1/2) at 0", "x = 0", (le(0, "x"),), lt(0, power("x", -HALF)))
hides("range", "√x > 0 at 0", "x = 0", (le(0, "x"),), lt(0, sqrt("x")))
hides("range", "√2 is irrational", "√2 < 1.41421356237309504881", (le("x", 2),), le(sqrt("x"),
    Fraction(141421356237309504880, 10 ** 20)))
hides("range", "√2, below", "√2 > 1.41421356237309504880", (le(2, "x"),), le(Fraction(141421356237309504881,
    10 ** 20), sqrt("x")))
hides("range", "x^y without a sign", "(−1)^(1/2) has no value", (), eq(power("x", "y"), power("x", "y")))
hides("range", "x^y at 0", "0^(−1) has no value", (le(0, "x"),), lt(0, power("x", "y")))
hides("range", "x^y > 0 at 0", "x = 0, y = 1", (le(0, "x"), lt(0, "y")), lt(0, power("x", "y")))
hides("range", "x^y of what is negative", "(−1)^(1/2) has no value", (lt(0, "y"),), le(0, power("x", "y")))
hides("range", "x^y ≥ 1 of x below 1", "x = 1/2, y = 1", (lt(0, "x"), le(0, "y")), le(1, power("x", "y")))
hides("range", "x^y ≥ 1 of a negative y", "x = 2, y = −1", (le(1, "x"), le(-1, "y")), le(1, power("x", "y")))
hides("range", "x^3 is not nonnegative", "x = −1", (), le(0, power("x", 3)))
hides("range", "x² around 0", "x = 0", (le(-1, "x"), le("x", 2)), le(1, power("x", 2)))
hides("range", "x² of an end that is attained", "x = −3", (le(-3, "x"), lt("x", 3)), lt(power("x", 2), 9))
hides("range", "x^0 < 1", "0^0 = 1", (), lt(power("x", 0), 1))
hides("range", "too large an exponent", "too large to compute", (), le(0, power("x", 5000)))
hides("range", "an exponent with a large denominator", "too large to compute", (le(0, "x"),), le(0, power("x",
    Fraction(1, 5000))))
hides("range", "|x| around 0", "x = 0", (le(-1, "x"), le("x", 2)), le(1, ("abs", "x")))
hides("range", "|x| of an end that is attained", "x = −3", (le(-3, "x"), lt("x", 3)), lt(("abs", "x"), 3))
hides("range", "max below one of them", "y = 5", (le("x", 1),), le(("max", "x", "y"), 1))
hides("range", "max with an end that is attained", "y = 1", (lt("x", 1), le("y", 1)), lt(("max", "x", "y"), 1))
hides("range", "min above one of them", "y = −5", (le(1, "x"),), le(1, ("min", "x", "y")))
hides("range", "a sum with one open end", "x = 1, y = 1: 2 ≤ x + y", (le(1, "x"), le(1, "y")), lt(2, ("add", "x",
    "y")))
hides("range", "a sum without a bound", "y = −5", (le(1, "x"),), le(1, ("add", "x", "y")))
hides("range", "a product without a bound", "y = −5", (le(1, "x"),), le(0, XY))
hides("range", "a product around 0 that is unbounded", "x = −1, y = 100", (le(-1, "x"), le(0, "y")), le(-1, XY))
hides("range", "a product is not positive with 0 attained", "x = 0", (le(0, "x"), lt(0, "y")), lt(0, XY))
hides("range", "a product of closed ends", "x = y = 2", (lt(0, "x"), le("x", 2), lt(0, "y"), le("y", 2)), lt(XY, 4))
hides("range", "a lowest product that one of two pairs attains", "x = 1, y = −1", (lt(-1, "x"), le("x", 1), le(-1, "y"),
    lt("y", 1)), lt(-1, XY))
hides("range", "a value at an integer is none at 1/2", "e^(1/2) > 1", (le("x", HALF),), le(exp("x"), 1))
hides("range", "a positive number that is too small to be written", "e^(−10⁹) > 0", (), le(exp(-(10**9)), 0))
hides("range", "a negative number that is too small to be written", "sinh t < 0 for t < 0", (),
    le(0, ("sinh", Fraction(-1, 10**1500))))
shows("range", "sin 0, from below", (eq("x", 0),), le(0, ("sin", "x")))
shows("range", "sin 0, from above", (eq("x", 0),), le(("sin", "x"), 0))
hides("range", "sign at 0", "x = 0", (le(0, "x"),), le(1, ("sign", "x")))
hides("range", "sign at 0, from below", "x = 0", (le("x", 0),), le(("sign", "x"), -1))
hides("range", "sign around 0", "x = −1", (le(-1, "x"),), le(0, ("sign", "x")))
hides("range", "sign around 0, above", "x = 1", (le("x", 1),), le(("sign", "x"), 0))
hides("range", "exp at a closed end", "x = 0", (le("x", 0),), lt(exp("x"), 1))
hides("range", "exp is not above 1", "x = −1", (), le(1, exp("x")))
hides("range", "sin below 1", "x = π/2", (), lt(("sin", "x"), 1))
hides("range", "sin is not monotone", "x = 3", (le(0, "x"), le("x", 3)), le(("sin", "x"), Fraction(1, 5)))
hides("range", "cos is not monotone", "x = 3", (le(0, "x"),), le(("cos", "x"), HALF))
hides("range", "cosh above 1", "x = 0", (), lt(1, ("cosh", "x")))
hides("range", "cosh is not monotone", "x = −1", (le(-1, "x"), le("x", 0)), le(("cosh", "x"), 1))
hides("range", "tan at a pole", "tan π/2 has no value", (le(0, "x"), le("x", 2)), eq(("tan", "x"), ("tan", "x")))
hides("range", "tan without bounds", "tan π/2 has no value", (), eq(("tan", "x"), ("tan", "x")))
hides("range", "tan around all", "tan π/2 has no value", (le(-100, "x"), le("x", 100)), eq(("tan", "x"), ("tan",
    "x")))
hides("range", "asin beyond 1", "asin 2 has no value", (le(0, "x"), le("x", 2)), le(0, ("asin", "x")))
hides("range", "asin below −1", "asin −2 has no value", (le(-2, "x"), le("x", 0)), le(("asin", "x"), 0))
hides("range", "asin without an upper bound", "asin 2 has no value", (le(0, "x"),), le(0, ("asin", "x")))
hides("range", "acos without a lower bound", "acos −2 has no value", (le("x", 0),), le(0, ("acos", "x")))
hides("range", "acos is not increasing", "acos 1 = 0", (le(0, "x"), le("x", 1)), le(1, ("acos", "x")))
hides("range", "erfc is not increasing", "erfc 1 < 1", (le(0, "x"),), le(1, ("erfc", "x")))
hides("range", "erfc of an open end", "x = 0", (le("x", 0),), lt(1, ("erfc", "x")))
hides("range", "gamma is not increasing", "Γ(2) = 1 < Γ(1/2)", (le(HALF, "x"), le("x", 2)), le(Fraction(3, 2),
    ("gamma", "x")))
hides("range", "π < 3.14159", "π = 3.141592…", (), le(("pi",), Fraction(314159, 100000)))
hides("range", "π > 3.1416", "π = 3.14159…", (), le(Fraction(31416, 10000), ("pi",)))
hides("range", "piecewise without a last case", "no case holds at x = −1", (), le(("piecewise", le(0, "x"), 1), 1))
hides("range", "piecewise with a last case that may fail", "no case holds at x = −1", (), le(("piecewise", le(5, "x"),
    0, le(0, "x"), 1), 1))
hides("range", "piecewise with a condition without a value", "log x ≤ 0 is no truth at x = −1", (), le(("piecewise",
    le(log("x"), 0), 1, ("true",), 1), 1))
hides("range", "piecewise with a nested condition without a value", "log x ≤ 0 is no truth at x = −1", (),
    le(("piecewise", ("not", le(0, log("x"))), 1, ("true",), 1), 1))
hides("range", "piecewise: one case", "the other case is 5", (le("x", 1),), le(("piecewise", lt("x", "y"), "x",
    ("true",), 5), 1))
hides("range", "piecewise: an end that is attained", "x = 0", (lt(0, "x"), le(0, "z")), lt(0, ("piecewise", lt("x",
    "y"), "x", ("true",), "z")))
hides("range", "piecewise: a case without a value", "1/z has no value at 0", (le("x", 1),), eq(*[("piecewise", lt("x",
    "y"), "x", ("true",), power("z", -1))] * 2))
hides("range", "a part that has no value is bounded", "log x has no value at −1 though y ≥ 0", (le(0, "y"),), le(0,
    ("mul", "y", power(log("x"), 2))))
hides("range", "0 · log x", "log x has no value at −1", (), le(0, ("mul", 0, log("x"))))

# roots ------------------------------------------------------------------------------------------------------------------
CUBIC = ("add", power("x", 3), ("mul", -3, "x"), 2)  # (x − 1)² (x + 2)
shows("roots", "a square", (), le(0, ("add", X2, ("mul", -2, "x"), 1)), of=F("x"))
shows("roots", "no real root", (), lt(0, ("add", X2, "x", 1)), of=F("x"))
shows("roots", "a double root inside", (le(0, "x"),), le(0, CUBIC), of=F("x"))
shows("roots", "a root at a closed end", (le(-2, "x"),), le(0, CUBIC), of=F("x"))
shows("roots", "a root at an open end", (lt(-2, "x"), lt("x", 1)), lt(0, CUBIC), of=F("x"))
shows("roots", "roots at both ends", (le(0, "x"), le("x", 1)), le(0, ("mul", "x", sub(1, "x"))), of=F("x"))
shows("roots", "a double root at an end", (lt("x", 1), lt(-2, "x")), lt(0, CUBIC), of=F("x"))
shows("roots", "beyond the roots", (lt(1, "x"),), lt(0, ("mul", sub("x", 1), ("add", "x", 3))), of=F("x"))
shows("roots", "below the roots", (lt("x", -3),), lt(0, ("mul", sub("x", 1), ("add", "x", 3))), of=F("x"))
shows("roots", "between irrational roots", (le(-1, "x"), le("x", 1)), lt(X2, 2), of=F("x"))
shows("roots", "at one number", (eq("x", 3),), lt(8, X2), of=F("x"))
shows("roots", "at one number, a root", (eq("x", 3),), le(9, X2), of=F("x"))
shows("roots", "of a number", (), lt(0, 1), of=F("x"))
shows("roots", "of 0", (), le("x", "x"), of=F("x"))
shows("roots", "an atom", (le(-1, ("sin", "x")), le(("sin", "x"), 1)), le(power(("sin", "x"), 3), 1), of=F(("sin",
    "x")))
shows("roots", "a root as an atom", (le(1, sqrt("x")),), le(1, power(("mul", 2, sqrt("x")), 1)), of=F(sqrt("x")))
shows("roots", "a triple root outside", (lt(1, "x"),), lt(0, power(sub("x", 1), 3)), of=F("x"))
shows("roots", "a root of multiplicity four", (), le(0, ("mul", power(sub("x", 1), 4), ("add", X2, 1))), of=F("x"))
shows("roots", "a number in the denominator", (le(0, "x"),), le(0, ("mul", "x", power(2, -1))), of=F("x"))
shows("roots", "a double root in the middle of the interval", (lt(-1, "x"), lt("x", 1)), le(0, X2), of=F("x"))
shows("roots", "a root of the chain at an end", (le(0, "x"), le("x", 1)), lt(0, ("add", X2, 1)), of=F("x"))
shows("roots", "a double root outside", (le(0, "x"),), lt(0, power(("add", "x", 1), 2)), of=F("x"))
shows("roots", "e^(x²)", (le(1, exp(X2)),), le(exp(X2), exp(("mul", 2, X2))), of=F(exp(X2)))
shows("roots", "e^(2x)", (le(1, exp(("mul", 2, "x"))),), le(2, ("mul", 2, exp(("mul", 2, "x")))), of=F(exp(("mul", 2, "x"))))
hides("roots", "0 · log x", "log x has no value at −1", (le(0, "y"),), le(0, ("mul", 0, log("x"))), of=F("y"))
hides("roots", "the right side with no value left", "the premises contradict each other", (lt(1, "x"), lt("x", 0)), lt(0, 1),
    of=F("x"))
hides("roots", "=", "roots show no equality", (eq("x", 0),), eq("x", 0), of=F("x"))
hides("roots", "≠", "roots show no ≠", (lt(0, "x"),), ne("x", 0), of=F("x"))
hides("roots", "≠ bounds nothing", "x = −1", (ne(0, "x"),), le(0, power("x", 3)), of=F("x"))
hides("roots", "a double root", "x = 1", (le(0, "x"),), lt(0, CUBIC), of=F("x"))
hides("roots", "a root at a closed end, strictly", "x = −2", (le(-2, "x"), le("x", 0)), lt(0, CUBIC), of=F("x"))
hides("roots", "a root at a closed upper end, strictly", "x = 1", (lt(-2, "x"), le("x", 1)), lt(0, CUBIC), of=F("x"))
hides("roots", "a sign that changes", "x = −3", (), le(0, CUBIC), of=F("x"))
hides("roots", "a sign that changes twice", "x = 0", (), le(0, sub(X2, 2)), of=F("x"))
hides("roots", "a sign that changes inside", "x = 0", (le(-2, "x"), le("x", 2)), le(0, ("mul", "x", ("add", X2, 1))),
    of=F("x"))
hides("roots", "a triple root inside", "x = 0", (le(-1, "x"), le("x", 1)), le(0, power("x", 3)), of=F("x"))
hides("roots", "the wrong sign", "x = 0", (), le(0, sub(neg(X2), 1)), of=F("x"))
hides("roots", "the wrong sign between roots", "x = 1/2", (le(0, "x"), le("x", 1)), le(0, ("mul", "x", sub("x", 1))),
    of=F("x"))
hides("roots", "the wrong sign at one number", "x = 3", (eq("x", 3),), le(X2, 8), of=F("x"))
hides("roots", "0 at one number", "x = 3", (eq("x", 3),), lt(9, X2), of=F("x"))
hides("roots", "0 is not positive", "0 < 0", (), lt("x", "x"), of=F("x"))
hides("roots", "no value left", "the premises contradict each other", (lt(1, "x"), lt("x", 0)), le(0, "x"), of=F("x"))
hides("roots", "two variables", "y = −1", (le(0, "x"),), le(0, ("add", "x", "y")), of=F("x"))
hides("roots", "another variable", "x = −1", (le(0, "y"),), le(0, "x"), of=F("y"))
hides("roots", "a fraction", "1/x is no polynomial", (lt(0, "x"),), lt(0, power("x", -1)), of=F("x"))
hides("roots", "no value", "0/x has no value at 0", (), le(0, ("mul", 0, power("x", -1))), of=F("x"))
hides("roots", "the left side without a value", "0/x has no value at 0", (), le(("mul", 0, power("x", -1)), 0),
    of=F("x"))
hides("roots", "too high a degree", "too large to compute", (), le(0, power("x", 202)), of=F("x"))
hides("roots", "the sine is not free", "x = 1 in sin x ≤ x", (le(0, "x"),), le(("sin", "x"), "x"), of=F("x"))
shows("roots", "a moderate degree", (), le(0, power("x", 200)), of=F("x"))

# covers -----------------------------------------------------------------------------------------------------------------
UNIT = (le(0, "x"), le("x", 1))
UNITS = (*UNIT, le(0, "y"), le("y", 1))
ONCE = {"splits": (-1,)}
HALVED = {"splits": (0, -1, -1)}
hides("cover", "√x ≤ 1/2", "√1 = 1", UNIT, le(sqrt("x"), HALF), **ONCE)
shows("cover", "√x ≤ 2", UNIT, le(sqrt("x"), 2), **ONCE)
shows("cover", "a sum", UNIT, lt(0, ("add", "x", 1)), **ONCE)
shows("cover", "≤", UNIT, le(0, "x"), **ONCE)
shows("cover", "numbers", (), lt(1, 2), **ONCE)
shows("cover", "e^x, from below", UNIT, le(1, exp("x")), **ONCE)
shows("cover", "e^x − x", UNIT, lt(0, sub(exp("x"), "x")), **ONCE)
shows("cover", "monotone downwards", UNIT, lt(0, sub(Fraction(11, 10), ("mul", sub(3, "x"), "x", HALF))), **ONCE)
shows("cover", "both directions", UNITS, le(sub("y", "x"), 1), **ONCE)
shows("cover", "monotone with a cancellation", UNIT, le(0, sub(("mul", 3, "x"), X2)), **ONCE)
shows("cover", "a mean value", (le(-1, "x"), le("x", 1)), lt(sub(X2, "x"), Fraction(9, 4) + 1), **ONCE)
shows("cover", "halves", UNIT, lt(0, ("add", sub(X2, "x"), Fraction(3, 10))), splits=(0, 0, 0, -1, -1, 0, -1, -1, 0,
    0, -1, -1, 0, -1, -1))
shows("cover", "the upper half first", UNIT, lt(0, ("add", sub(X2, "x"), Fraction(3, 10))), splits=(1, 1, 1, -1, -1,
    1, -1, -1, 1, 1, -1, -1, 1, -1, -1))
shows("cover", "two variables", UNITS, lt(("mul", "x", "y"), 2), splits=(0, -1, 1, -1, -1))
shows("cover", "log", (le(1, "x"), le("x", 2)), le(0, log("x")), **ONCE)
shows("cover", "log, above", (le(1, "x"), le("x", 2)), le(log("x"), "x"), **ONCE)
shows("cover", "√x at 0", UNIT, le(-1, sqrt("x")), **ONCE)
shows("cover", "√(x² + x) of a rounded base", (le(0, "x"), le("x", Fraction(1, 3))), le(-1, sqrt(("add", X2, "x"))),
    **ONCE)
shows("cover", "√(1 − x) of a rounded base", (le(Fraction(1, 3), "x"), le("x", 1)), le(sqrt(sub(1, "x")), 2), **ONCE)
shows("cover", "x^(3/2)", UNIT, le(power("x", Fraction(3, 2)), 2), **ONCE)
shows("cover", "x^(−1/2)", (le(1, "x"), le("x", 4)), lt(power("x", -HALF), Fraction(11, 10)), **ONCE)
shows("cover", "1/x", (le(1, "x"), le("x", 4)), lt(power("x", -1), Fraction(11, 10)), **ONCE)
shows("cover", "x^y", (le(1, "x"), le("x", 2), *UNITS[2:]), lt(power("x", "y"), 3), **ONCE)
shows("cover", "x^y with a whole y", (le(-1, "x"), le("x", 1), eq("y", 2)), lt(power("x", "y"), 3), **ONCE)
shows("cover", "x^y at a monotone end", (le(1, "x"), le("x", 2), *UNITS[2:]), lt(sub(power("x", "y"), "x"),
    Fraction(11, 10)), **ONCE)
shows("cover", "(x + y)^y", (le(2, "x"), le("x", 3), *UNITS[2:]), lt(Fraction(1, 4), power(("add", "x", "y"), "y")),
    **ONCE)
shows("cover", "an exponent that is a term", (le(1, "x"), le("x", 2)), le(1, power("x", ("add", 1, ("pi",)))), **ONCE)
shows("cover", "sin", UNIT, le(0, ("sin", "x")), **ONCE)
shows("cover", "cos", UNIT, le(HALF, ("cos", "x")), **ONCE)
shows("cover", "tan", UNIT, le(0, ("tan", "x")), **ONCE)
shows("cover", "sinh", UNIT, le(0, ("sinh", "x")), **ONCE)
shows("cover", "cosh", UNIT, le(1, ("cosh", "x")), **ONCE)
shows("cover", "tanh", UNIT, le(0, ("tanh", "x")), **ONCE)
shows("cover", "asin", (le(0, "x"), le("x", HALF)), le(0, ("asin", "x")), **ONCE)
shows("cover", "acos", (le(0, "x"), le("x", HALF)), le(1, ("acos", "x")), **ONCE)
shows("cover", "atan", UNIT, le(0, ("atan", "x")), **ONCE)
shows("cover", "erf", UNIT, le(0, ("erf", "x")), **ONCE)
shows("cover", "erfc", UNIT, le(("erfc", "x"), 1), **ONCE)
shows("cover", "gamma", (le(2, "x"), le("x", Fraction(21, 10))), lt(HALF, ("gamma", "x")), **ONCE)
shows("cover", "loggamma", (le(3, "x"), le("x", Fraction(31, 10))), lt(0, ("loggamma", "x")), **ONCE)
shows("cover", "|x|", (le(-1, "x"), le("x", 1)), le(("abs", "x"), 2), **ONCE)
shows("cover", "|x| in a mean value", (le(-1, "x"), le("x", 1)), lt(sub(("abs", "x"), "x"), Fraction(21, 10)), **ONCE)
shows("cover", "|x| that decreases", (le(-1, "x"), le("x", 0)), lt(("add", ("abs", "x"), ("mul", -HALF, "x")),
    Fraction(8, 5)), **ONCE)
shows("cover", "sign", (le(1, "x"), le("x", 2)), le(1, ("sign", "x")), **ONCE)
shows("cover", "sign around 0, from below", (le(-1, "x"), le("x", 2)), le(-2, ("sign", "x")), **ONCE)
shows("cover", "sign of 0", (eq("x", 0),), le(("sign", "x"), 0), **ONCE)
shows("cover", "sign, from below", (le(-2, "x"), le("x", -1)), le(("sign", "x"), -1), **ONCE)
shows("cover", "max", UNITS, le(("max", "x", "y"), 2), **ONCE)
shows("cover", "min", UNITS, le(-1, ("min", "x", "y")), **ONCE)
shows("cover", "piecewise", UNIT, le(("piecewise", le("x", HALF), "x", ("true",), 1), 2), **ONCE)
shows("cover", "piecewise that is certain", UNIT, le(1, ("piecewise", lt("x", 2), 1, ("true",), 0)), **ONCE)
shows("cover", "piecewise that is impossible", UNIT, le(1, ("piecewise", lt("x", -1), 0, ("true",), 1)), **ONCE)
shows("cover", "piecewise with a last case that certainly holds", UNIT, le(("piecewise", lt("x", HALF), 0, le("x", 2),
    1), 2), **ONCE)
shows("cover", "piecewise: = and ≠", UNIT, le(1, ("piecewise", eq("x", 2), 0, ne("x", 2), 1)), **ONCE)
shows("cover", "piecewise: and", UNIT, le(1, ("piecewise", ("and", le(-1, "x"), le("x", 2)), 1, ("true",), 0)),
    **ONCE)
shows("cover", "piecewise: or", UNIT, le(1, ("piecewise", ("or", le(3, "x"), le("x", 2)), 1, ("true",), 0)), **ONCE)
shows("cover", "piecewise: not", UNIT, le(1, ("piecewise", ("not", le(3, "x")), 1, ("true",), 0)), **ONCE)
shows("cover", "piecewise: false", UNIT, le(1, ("piecewise", ("false",), 0, ("true",), 1)), **ONCE)
shows("cover", "piecewise: = at one number", (eq("x", 1),), le(1, ("piecewise", ne("x", 1), 0, eq("x", 1), 1)),
    **ONCE)
shows("cover", "π", UNIT, lt("x", ("pi",)), **ONCE)
shows("cover", "a mean value in two variables", (le(-1, "x"), le("x", 1), le(-1, "y"), le("y", 1)), lt(("add", sub(X2,
    "x"), sub(power("y", 2), "y")), Fraction(13, 2)), **ONCE)

DIP = lt(0, ("add", X2, ("mul", Fraction(-3, 5), "x"), Fraction(12, 100)))
shows("cover", "more parts below, the lower half first", UNIT, DIP, splits=(0, 0, -1, 0, -1, -1, -1))
shows("cover", "more parts below, the upper half first", UNIT, DIP, splits=(1, -1, 1, 1, -1, -1, -1))
shows("cover", "x^0", (le(-1, "x"), le("x", 1)), le(1, power("x", 0)), **ONCE)
shows("cover", "x^4096", (eq("x", 1),), le(1, power("x", 4096)), **ONCE)
shows("cover", "an exponent 4096 that is a term", (eq("x", 1),), le(1, power("x", ("add", 4095, 1))), **ONCE)
shows("cover", "√0", (eq("x", 0),), le(sqrt("x"), 0), **ONCE)
shows("cover", "asin 1", (eq("x", 1),), le(1, ("asin", "x")), **ONCE)
shows("cover", "asin −1", (eq("x", -1),), le(("asin", "x"), -1), **ONCE)
shows("cover", "piecewise: < at one number", (eq("x", 1),), le(1, ("piecewise", lt("x", 1), 0, ("true",), 1)), **ONCE)
shows("cover", "piecewise: ≤ at one number", (eq("x", 1),), le(1, ("piecewise", le("x", 1), 1, ("true",), 0)), **ONCE)
hides("cover", "piecewise: < does not hold at one number", "1 < 1 is false", (eq("x", 1),),
    le(1, ("piecewise", lt("x", 1), 1, ("true",), 0)), **ONCE)
shows("cover", "an even power", (le(-1, "x"), le("x", 1)), lt(-HALF, X2), **ONCE)
hides("cover", "an odd power of what may be negative", "x = −1", (le(-1, "x"), le("x", 1)), le(-HALF, power("x", 3)), **ONCE)
hides("cover", "=", "balls show no equality", UNIT, eq("x", "x"), **ONCE)
hides("cover", "≠", "balls show no ≠", (le(1, "x"), le("x", 2)), ne("x", 0), **ONCE)
hides("cover", "no upper bound", "the box is not bounded", (le(0, "x"),), le(0, exp("x")), **ONCE)
hides("cover", "no lower bound", "the box is not bounded", (le("x", 1),), le(0, exp("x")), **ONCE)
hides("cover", "a variable without a bound", "the box is not bounded", UNIT, le(0, exp("y")), **ONCE)
hides("cover", "≠ bounds nothing", "x = 7", (ne(0, "x"), ne("x", 1)), le(exp("x"), 3), **ONCE)
hides("cover", "an empty box", "the premises contradict each other", (le(1, "x"), le("x", 0)), le(exp("x"), 3),
    **ONCE)
hides("cover", "a vector", "vectors have no bounds", (), le(VV, VV), **ONCE)
hides("cover", "nothing is decided", "no part was examined", UNIT, le(0, "x"), splits=())
hides("cover", "half is decided", "the upper half was not examined", UNIT, le(0, "x"), splits=(0, -1))
hides("cover", "more steps than parts", "the box is covered before the last step", UNIT, le(0, "x"), splits=(-1, -1))
hides("cover", "no such variable", "there is one variable", UNIT, le(0, "x"), splits=(2, -1, -1))
hides("cover", "a negative variable", "there is one variable", UNIT, le(0, "x"), splits=(-2, -1, -1))
hides("cover", "a step that is no number", "true is no number", UNIT, le(0, "x"), splits=(False, -1, -1))
hides("cover", "a step that is a fraction", "a step is a whole number", UNIT, le(0, "x"), splits=(Fraction(0), -1,
    -1))
hides("cover", "false", "x = 0", UNIT, lt(0, "x"), **ONCE)
hides("cover", "false in the lower half", "x = 0", UNIT, lt(0, "x"), splits=(0, -1, -1))
hides("cover", "false in the upper half", "x = 1", UNIT, le("x", HALF), splits=(0, -1, -1))
hides("cover", "false in the upper half, which comes first", "x = 1", UNIT, le("x", HALF), splits=(1, -1, -1))
hides("cover", "false for one value of y", "x = 0, y = 1", UNITS, le("y", "x"), **ONCE)
hides("cover", "not decided", "true, and the balls are too wide", UNIT, lt(0, ("add", sub(X2, "x"), Fraction(3, 10))),
    **ONCE)
hides("cover", "a minimum inside", "x = 1/2", UNIT, lt(0, ("add", sub(X2, "x"), Fraction(1, 5))), **ONCE)
hides("cover", "a minimum inside, halved", "x = 1/2", UNIT, lt(0, ("add", sub(X2, "x"), Fraction(1, 5))), splits=(0,
    0, -1, -1, 0, -1, -1))
hides("cover", "log at 0", "log 0 has no value", UNIT, le(log("x"), 1), **ONCE)
hides("cover", "log of what is negative", "log −1 has no value", (le(-2, "x"), le("x", -1)), le(log("x"), 9), **ONCE)
hides("cover", "0 · log", "log x has no value beyond 2", (le(1, "x"), le("x", 3)), lt(0, ("add", 1, ("mul", 0,
    log(sub(2, "x"))))), **ONCE)
hides("cover", "log^0", "log(2 − x) has no value beyond 2", (le(1, "x"), le("x", 3)), lt(0, power(log(sub(2, "x")),
    0)), **ONCE)
hides("cover", "0 · 1/x", "1/0 has no value", (le(-1, "x"), le("x", 1)), lt(0, ("add", 1, ("mul", 0, power("x",
    -1)))), **ONCE)
hides("cover", "0 · √x", "√−1 has no value", (le(-1, "x"), le("x", 2)), lt(0, ("add", 1, ("mul", 0, sqrt("x")))),
    **ONCE)
hides("cover", "0 · √(−x), decided at its lower end", "√−1 has no value", (le(-1, "x"), le("x", 2)), lt(0, ("add", 1,
    ("mul", 0, sqrt(neg("x"))))), **ONCE)
hides("cover", "a log that both sides share", "log(2 − x) has no value beyond 2", (le(1, "x"), le("x", 3)),
    lt(log(sub(2, "x")), ("add", 1, log(sub(2, "x")))), **ONCE)
hides("cover", "1/x around 0", "1/0 has no value", (le(-1, "x"), le("x", 1)), le(-5, power("x", -2)), **ONCE)
hides("cover", "√x around 0", "√−1 has no value", (le(-1, "x"), le("x", 1)), le(0, sqrt("x")), **ONCE)
hides("cover", "√ of what is negative", "√−1 has no value", (le(-2, "x"), le("x", -1)), le(0, ("add", 5, sqrt("x"))),
    **ONCE)
hides("cover", "x^(−1/2) at 0", "0^(−1/2) has no value", UNIT, le(0, power("x", -HALF)), **ONCE)
hides("cover", "(−1)^y", "(−1)^(1/2) has no value", (le(-2, "x"), le("x", -1), *UNITS[2:]), le(-9, power("x", "y")),
    **ONCE)
hides("cover", "0^y", "0^(−1) has no value", (*UNIT, le(-1, "y"), le("y", 1)), le(-9, power("x", "y")), **ONCE)
hides("cover", "x^y with y between whole numbers", "(−1)^(1/2) has no value", (le(-1, "x"), le("x", 1), le(1, "y"),
    le("y", 3)), le(-9, power("x", "y")), **ONCE)
hides("cover", "too large an exponent", "too large to compute", UNIT, le(0, power("x", 5000)), **ONCE)
hides("cover", "too large an exponent that is a term", "too large to compute", UNIT, le(0, power("x", ("add", 4999,
    1))), **ONCE)
hides("cover", "an exponent with a large denominator", "too large to compute", UNIT, le(0, power("x", Fraction(1,
    5000))), **ONCE)
hides("cover", "tan at a pole", "tan π/2 has no value", (le(1, "x"), le("x", 2)), le(("mul", 0, ("tan", "x")), 1),
    **ONCE)
hides("cover", "asin beyond 1", "asin 2 has no value", (le(0, "x"), le("x", 2)), le(("asin", "x"), 5), **ONCE)
hides("cover", "acos below −1", "acos −2 has no value", (le(-2, "x"), le("x", 0)), le(("acos", "x"), 5), **ONCE)
hides("cover", "gamma around 0", "Γ(0) has no value", (le(-HALF, "x"), le("x", 1)), le(-9, ("gamma", "x")), **ONCE)
hides("cover", "gamma of what is negative", "gamma is used at positive numbers", (le(-Fraction(3, 5), "x"), le("x",
    -HALF)), le(("gamma", "x"), 9), **ONCE)
hides("cover", "loggamma of what is negative", "loggamma is used at positive numbers", (le(-Fraction(3, 5), "x"),
    le("x", -HALF)), le(("loggamma", "x"), 9), **ONCE)
hides("cover", "sin of what has no value", "sin(1/0) has no value", (le(-1, "x"), le("x", 1)), le(("sin", power("x",
    -1)), 2), **ONCE)
hides("cover", "max of what has no value", "log −1 has no value", (le(-1, "x"), le("x", 1)), le(0, ("max", 1,
    log("x"))), **ONCE)
hides("cover", "sign at 0", "x = 0", UNIT, le(1, ("sign", "x")), **ONCE)
hides("cover", "sign is not nonnegative", "x = −1", (le(-1, "x"), le("x", 1)), le(0, ("sign", "x")), **ONCE)
hides("cover", "sign at 0, from below", "x = 0", (le(-1, "x"), le("x", 0)), le(("sign", "x"), -1), **ONCE)
hides("cover", "a jump has no derivative", "x = 1/10: −1/10 + sign x > 1/2", (le(-1, "x"), le("x", 1)), le(("add",
    neg("x"), ("sign", "x")), HALF), **ONCE)
hides("cover", "a jump of piecewise", "x = 1/2", UNIT, le(("add", "x", ("piecewise", lt("x", HALF), 0, ("true",),
    -1)), Fraction(1, 4)), **ONCE)
hides("cover", "piecewise: a case that may hold", "x = 1", UNIT, le(("piecewise", le("x", HALF), "x", ("true",), 2),
    1), **ONCE)
hides("cover", "piecewise: the first case may hold", "x = 0", UNIT, le(("piecewise", le("x", HALF), 2, ("true",), 1),
    1), **ONCE)
hides("cover", "piecewise: <", "x = 1", UNIT, le(1, ("piecewise", lt("x", 1), 1, ("true",), 0)), **ONCE)
hides("cover", "piecewise: ≤", "x = 1", (le(0, "x"), le("x", 2)), le(1, ("piecewise", le("x", 1), 1, ("true",), 0)),
    **ONCE)
hides("cover", "piecewise: =", "x = 0", UNIT, le(1, ("piecewise", eq("x", 1), 1, ("true",), 0)), **ONCE)
hides("cover", "piecewise: ≠", "x = 1", UNIT, le(1, ("piecewise", ne("x", 1), 1, ("true",), 0)), **ONCE)
hides("cover", "piecewise: and of what may fail", "x = 1", UNIT, le(1, ("piecewise", ("and", le(0, "x"), le("x",
    HALF)), 1, ("true",), 0)), **ONCE)
hides("cover", "piecewise: or of what may fail", "x = 1", UNIT, le(1, ("piecewise", ("or", le(2, "x"), le("x", HALF)),
    1, ("true",), 0)), **ONCE)
hides("cover", "piecewise: not of what may fail", "x = 0", UNIT, le(1, ("piecewise", ("not", le("x", HALF)), 1,
    ("true",), 0)), **ONCE)
hides("cover", "piecewise: true, then false", "the first case", UNIT, le(("piecewise", ("true",), 2, ("false",), 1),
    1), **ONCE)
hides("cover", "piecewise: no case holds", "there is no case for x = 1", UNIT, le(("piecewise", le("x", HALF), 1), 1),
    **ONCE)
hides("cover", "piecewise: a condition without a value", "log x has no value at 0", UNIT, le(("piecewise",
    le(log("x"), 5), 1, ("true",), 1), 1), **ONCE)
hides("cover", "piecewise: a condition without a value in or", "log x has no value at 0", UNIT, le(("piecewise",
    ("or", le("x", 2), le(log("x"), 5)), 1, ("true",), 1), 1), **ONCE)
hides("cover", "piecewise: a condition without a value in and", "log x has no value at 0", UNIT, le(("piecewise",
    ("and", le(2, "x"), le(5, log("x"))), 1, ("true",), 1), 1), **ONCE)
hides("cover", "piecewise: a condition without a value in not", "log x has no value at 0", UNIT, le(("piecewise",
    ("not", le(log("x"), 5)), 1, ("true",), 1), 1), **ONCE)
hides("cover", "piecewise: a value without a value", "log x has no value at 0", UNIT, le(("piecewise", le("x", HALF),
    1, ("true",), 1), ("piecewise", le("x", HALF), log("x"), ("true",), 5)), **ONCE)
hides("cover", "a slope of the wrong sign", "x = 1: −x³ + x² + … decreases", UNIT, le(Fraction(1, 10), ("add",
    power("x", 3), neg(X2), Fraction(1, 5))), **ONCE)

# elementary -------------------------------------------------------------------------------------------------------------
T = ("add", "x", "y")
HAS_VALUE = eq(T, T)
POSITIVE, NONNEGATIVE = lt(0, T), le(0, T)
STATEMENTS = (
    ("exp", le(("add", 1, T), exp(T)), HAS_VALUE),
    ("log below", le(log(T), ("add", T, -1)), POSITIVE),
    ("log above", le(("add", 1, neg(power(T, -1))), log(T)), POSITIVE),
    ("root", le(sqrt(T), ("mul", HALF, ("add", 1, T))), NONNEGATIVE),
    ("abs", le(T, ("abs", T)), HAS_VALUE),
    ("abs minus", le(neg(T), ("abs", T)), HAS_VALUE),
    ("cos", le(("add", 1, neg(("mul", HALF, power(T, 2)))), ("cos", T)), HAS_VALUE),
    ("sin", le(("sin", T), T), NONNEGATIVE),
    ("tanh", le(("tanh", T), T), NONNEGATIVE),
)
for _name, _conclusion, _condition in STATEMENTS:
    accept(f"elementary: {_name}", (_condition,), _conclusion, by((_condition,), "elementary", name=_name, term=F(T)))
    if _condition is NONNEGATIVE:
        accept(f"elementary: {_name} of what is positive", (POSITIVE,), _conclusion, by((POSITIVE,), "elementary",
            name=_name, term=F(T)))
    if _condition is POSITIVE:
        forge(f"elementary: {_name} of what is nonnegative", "log 0 has no value", by((NONNEGATIVE,), "elementary",
            name=_name, term=F(T)))
    if _condition is not HAS_VALUE:
        forge(f"elementary: {_name} without its condition", "false at t = −1", by((HAS_VALUE,), "elementary",
            name=_name, term=F(T)))
        forge(f"elementary: {_name} of something else", "the condition is of another term", by((lt(0, "x"), lt(0,
            "y")), "elementary", name=_name, term=F(T)))
    forge(f"elementary: {_name} without a value", "1/y has no value at 0", by((), "elementary", name=_name,
        term=F(power("y", -1))))
forge("elementary: no such name", "the table is closed", by((HAS_VALUE,), "elementary", name="sinh", term=F(T)))
forge("elementary: a truth", "t is a number", by((), "elementary", name="exp", term=F(le(0, 1))))

MAXIMUM, MINIMUM = ("max", "x", "y"), ("min", "x", "y")
accept("extreme: max", (), le("y", MAXIMUM), (("extreme", (), {"term": F(MAXIMUM), "place": 1}),))
accept("extreme: min", (), le(MINIMUM, "x"), (("extreme", (), {"term": F(MINIMUM), "place": 0}),))
forge("extreme: neither", "x + y is no maximum", (("extreme", (), {"term": F(T), "place": 0}),))
forge("extreme: no such argument", "the maximum has two", (("extreme", (), {"term": F(MAXIMUM), "place": 2}),))
forge("extreme: no value", "max(x, log y) has no value at −1", (("extreme", (), {"term": F(("max", "x", log("y"))),
    "place": 0}),))
forge("extreme: min without a value", "min(x, log y) has no value at −1", (("extreme", (), {"term": F(("min", "x",
    log("y"))), "place": 0}),))

for _head in ("exp", "sinh", "tanh", "atan", "erf"):
    accept(f"increasing: {_head}", (le("x", "y"),), le((_head, "x"), (_head, "y")), by((le("x", "y"),), "increasing",
        lower=F((_head, "x")), upper=F((_head, "y"))))
for _head in ("cos", "sin", "cosh", "abs", "sign", "erfc"):
    forge(f"increasing: {_head}", "it does not increase", by((le("x", "y"),), "increasing", lower=F((_head, "x")),
        upper=F((_head, "y"))))
accept("increasing: log, strictly", (lt("x", "y"), lt(0, "x"), lt(0, "y")), le(log("x"), log("y")), by((lt("x", "y"),
    lt(0, "x"), lt(0, "y")), "increasing", lower=F(log("x")), upper=F(log("y"))))
accept("increasing: √", (le("x", "y"), le(0, "x"), le(0, "y")), le(sqrt("x"), sqrt("y")), by((le("x", "y"), le(0,
    "x"), le(0, "y")), "increasing", lower=F(sqrt("x")), upper=F(sqrt("y"))))
for _why, _premises, _low, _high in (
    ("log y has no value", (le("x", "y"), lt(0, "x")), log("x"), log("y")),
    ("log x has no value", (le("x", "y"), lt(0, "y")), log("x"), log("y")),
    ("the functions differ", (le("x", "y"),), exp("x"), ("atan", "y")),
    ("x² does not increase", (le("x", "y"),), power("x", 2), power("y", 2)),
    ("x^(−1/2) decreases", (le("x", "y"), lt(0, "x"), lt(0, "y")), power("x", -HALF), power("y", -HALF)),
    ("the exponents differ", (le("x", "y"), le(0, "x"), le(0, "y")), sqrt("x"), power("y", Fraction(1, 3))),
    ("√x and x² differ", (le("x", "y"), le(0, "x"), le(0, "y")), sqrt("x"), power("y", 2)),
    ("no comparison", (eq("x", "x"),), exp("x"), exp("y")),
    ("the other way round", (le("y", "x"),), exp("x"), exp("y")),
    ("a variable is no function", (le("x", "y"),), "x", "y"),
    ("≠ compares nothing", (ne("x", "y"),), exp("x"), exp("y")),
):
    forge(f"increasing: {_why}", _why, by(_premises, "increasing", lower=F(_low), upper=F(_high)))

for _head in ("sin", "cos", "tanh", "atan"):
    accept(f"lipschitz: {_head}", (), le(power(sub((_head, "x"), (_head, "y")), 2), power(sub("x", "y"), 2)), (("lipschitz",
        (), {"name": _head, "first": F("x"), "second": F("y")}),))
for _head in ("exp", "cosh", "tan", "log", "erf", "gamma"):  # the slope of erf at 0 is 2/√π
    forge(f"lipschitz: {_head}", "its slope is not bounded by 1", by((lt(0, "x"), lt(0, "y")), "lipschitz", name=_head,
        first=F("x"), second=F("y")))
forge("lipschitz: no value", "log x has no value at 0", (("lipschitz", (), {"name": "sin", "first": F(log("x")),
    "second": F("y")}),))
forge("lipschitz: no value of the second", "log y has no value at 0", (("lipschitz", (), {"name": "sin", "first": F("x"),
    "second": F(log("y"))}),))

# identities -------------------------------------------------------------------------------------------------------------
for _head, _at, _value in (("cos", 0, 1), ("exp", 0, 1), ("log", 1, 0), ("gamma", 2, 1), ("erf", 0, 0)):
    accept(f"value: {_head}", (), eq((_head, _at), _value), (("value", (), {"name": _head, "at": _at}),))
for _why, _head, _at in (("log 2 is not known exactly", "log", 2), ("erf has no exact value at 1", "erf", 1),
    ("True is no integer", "log", True), ("there is no such function", "sec", 0)):
    forge(f"value: {_why}", _why, (("value", (), {"name": _head, "at": _at}),))
_MIRRORED = {"first": F(sub("x", "y")), "second": F(sub("y", "x"))}
for _head in ("cos", "cosh", "abs"):
    accept(f"parity: {_head}", (), eq((_head, sub("x", "y")), (_head, sub("y", "x"))), (("parity", (), {"name": _head,
        **_MIRRORED}),))
for _head in ("sin", "sinh", "tanh", "atan", "erf"):
    accept(f"parity: {_head}", (), eq((_head, sub("x", "y")), neg((_head, sub("y", "x")))), (("parity", (), {"name": _head,
        **_MIRRORED}),))
for _head in ("exp", "erfc", "log", "gamma", "asin", "acos", "tan"):  # the last ones have no value everywhere
    forge(f"parity: {_head}", "neither even nor odd, or without a value", (("parity", (), {"name": _head, **_MIRRORED}),))
forge("parity: not mirrored", "x is not −x", (("parity", (), {"name": "cos", "first": F("x"), "second": F("y")}),))
forge("parity: the same", "x is not −x", (("parity", (), {"name": "cos", "first": F("x"), "second": F("x")}),))
forge("parity: no value", "1/x has no value at 0", (("parity", (), {"name": "cos", "first": F(power("x", -1)),
    "second": F(neg(power("x", -1)))}),))
forge("parity: no value of the second", "0/x has no value at 0", (("parity", (), {"name": "sin", "first": F(0),
    "second": F(("mul", 0, power("x", -1)))}),))
_POSITIVE = (lt(0, "x"), lt(0, "y"))
_QUOTIENT = {"of": F(("mul", "x", power("y", -1))), "factors": ((F("x"), F(1)), (F("y"), F(-1)))}
accept("logarithm", _POSITIVE, eq(log(("mul", "x", power("y", -1))), ("add", ("mul", 1, log("x")), ("mul", -1, log("y")))),
    by(_POSITIVE, "logarithm", **_QUOTIENT))
for _kept in _POSITIVE:
    forge(f"logarithm: {_kept} alone", "both must be positive", by((_kept,), "logarithm", **_QUOTIENT))
    forge(f"logarithm: {_kept} and ≠", "both must be positive", by((_kept, ne("x", 0), ne("y", 0)), "logarithm", **_QUOTIENT))
forge("logarithm: another product", "log x² is not log x", by(_POSITIVE, "logarithm", of=F(power("x", 2)), factors=((F("x"),
    F(1)),)))
forge("logarithm: no value", "x + 0 · log z has no value at z = −1", by(_POSITIVE, "logarithm", of=F(("add", "x", ("mul", 0,
    log("z")))), factors=((F("x"), F(1)),)))
forge("logarithm: a variable exponent", "an exponent is a number", by(_POSITIVE, "logarithm", of=F(power("x", "y")),
    factors=((F("x"), F("y")),)))
forge("logarithm: no number, no value", "an exponent is a number", by(_POSITIVE, "logarithm", of=F(power("x", 0)),
    factors=((F("x"), F(("mul", 0, log("z")))),)))

# powers -----------------------------------------------------------------------------------------------------------------
_LINE = ("add", power("x", "k"), ("mul", ("mul", "k", power("x", ("add", "k", -1))), sub("y", "x")))
_TANGENT = {"base": F("y"), "at": F("x"), "exponent": F("k")}
_LARGER = {"lower": F("x"), "upper": F("y"), "exponent": F("k")}
_CONVEX = (le(0, "x"), le(0, "y"), le(1, "k"))
_RISING = (le(0, "x"), le("x", "y"), le(0, "k"))
accept("tangent", _CONVEX, le(_LINE, power("y", "k")), by(_CONVEX, "tangent", **_TANGENT))
accept("larger base", _RISING, le(power("x", "k"), power("y", "k")), by(_RISING, "larger base", **_LARGER))
for _rule, _needed, _arguments in (("tangent", _CONVEX, _TANGENT), ("larger base", _RISING, _LARGER)):
    for _place, _dropped in enumerate(_needed):
        _kept = tuple(h for h in _needed if h is not _dropped)
        _strict = (*_needed[:_place], lt(*_dropped[1:]), *_needed[_place + 1 :])
        _equal = (*_needed[:_place], eq(*_dropped[1:]), *_needed[_place + 1 :])
        _conclusion = le(_LINE if _rule == "tangent" else power("x", "k"), power("y", "k"))
        forge(f"{_rule}: without {_place}", f"{_dropped} is needed", by(_kept, _rule, **_arguments))
        forge(f"{_rule}: {_place} the other way", f"{_dropped} is needed", by((*_kept, le(*reversed(_dropped[1:]))), _rule,
            **_arguments))
        accept(f"{_rule}: {_place} strictly", _strict, _conclusion, by(_strict, _rule, **_arguments))
        accept(f"{_rule}: {_place} as an equality", _equal, _conclusion, by(_equal, _rule, **_arguments))
_SPLIT = {"of": F(("mul", "x", power("y", -1))), "exponent": F("k"), "factors": ((F("x"), F(1), F("k")), (F("y"), F(-1),
    F(neg("k"))))}
_WHOLE = eq(power(("mul", "x", power("y", -1)), "k"), ("mul", power("x", "k"), power("y", neg("k"))))
_LAX = (le(0, "x"), lt(0, "y"), le(0, "k"))
accept("power of product", _POSITIVE, _WHOLE, by(_POSITIVE, "power of product", **_SPLIT))
accept("power of product: a factor that may be 0", _LAX, _WHOLE, by(_LAX, "power of product", **_SPLIT))
accept("power of product: of 1", (), eq(power(1, "k"), 1), (("power of product", (), {"of": F(1), "exponent": F("k"),
    "factors": ()}),))
for _why, _given, _changed in (
    ("the base x may be negative", (lt(0, "y"), le(0, "k")), {}),
    ("x may be 0 and k negative", (le(0, "x"), lt(0, "y")), {}),
    ("y may be 0 below", (lt(0, "x"), le(0, "y"), le(0, "k")), {}),
    ("y may be 0 above and below", (le(0, "y"), le(0, "k")), {"of": F(1), "factors": ((F("y"), F(1), F("k")), (F("y"), F(-1),
        F(neg("k"))))}),
    ("another exponent", _POSITIVE, {"factors": ((F("x"), F(1), F("k")), (F("y"), F(-1), F("k")))}),
    ("another product", _POSITIVE, {"of": F(("mul", "x", "y"))}),
    ("no value", _POSITIVE, {"of": F(("add", ("mul", "x", power("y", -1)), ("mul", 0, log("z"))))}),
    ("the exponent has no value", _POSITIVE, {"exponent": F(("add", "k", ("mul", 0, log("z"))))}),
    ("an exponent of a factor has no value", _POSITIVE, {"factors": ((F("x"), F(1), F(("add", "k", ("mul", 0, log("z"))))),
        (F("y"), F(-1), F(neg("k"))))}),
    ("a count is a number", _POSITIVE, {"of": F(power("x", "y")), "factors": ((F("x"), F("y"), F(("mul", "y", "k"))),)}),
):
    forge(f"power of product: {_why}", _why, by(_given, "power of product", **{**_SPLIT, **_changed}))
_RISEN = (("integer", ("add", "k", 1)), le(0, ("add", "k", 1)))
for _base, _rest in ((0, 1), (("add", "x", neg("x")), 1), (sub(("abs", "x"), "x"), ("add", ("abs", "x"), "x"))):
    hides("combination", f"0^(k+1) = 0, {_base}", "0^0 = 1 at k = −1", _RISEN, eq(("mul", power(_base, ("add", "k", 1)),
        _rest), 0))
_UNTAKEN = ("piecewise", lt(0, "x"), power(("mul", 0, "x"), "k"), ("true",), 1)
hides("combination", "a power in a case that is not taken", "0^0 = 1 at k = −1, x = 0", (*_RISEN, le("x", 0), le(0, "x"),
    eq(_UNTAKEN, _UNTAKEN)),
    eq(("mul", power(("mul", 0, "x"), ("add", "k", 1)), _UNTAKEN), 0))
_SIDES = {"base": F(sub("x", "y")), "mirrored": F(sub("y", "x")), "exponent": F("k")}
_COUNTED = (("integer", "k"), le(0, "k"))
accept("either sign", _COUNTED, le(neg(power(sub("y", "x"), "k")), power(sub("x", "y"), "k")), by(_COUNTED, "either sign",
    **_SIDES))
for _why, _given, _changed in (
    ("k may be 1/2", (le(0, "k"),), {}),
    ("k may be negative", (("integer", "k"),), {}),
    ("y is not −x", _COUNTED, {"mirrored": F("y")}),
    ("no value", _COUNTED, {"base": F(power("x", -1)), "mirrored": F(neg(power("x", -1)))}),
    ("no value of the second", _COUNTED, {"base": F(0), "mirrored": F(("mul", 0, power("x", -1)))}),
):
    forge(f"either sign: {_why}", _why, by(_given, "either sign", **{**_SIDES, **_changed}))
_SQUARED = power("b", ("add", "k", 2))
_VALUED = (eq(_SQUARED, _SQUARED), eq(power("b", "k"), power("b", "k")))
shows("combination", "b^(k+2) = b² b^k", _VALUED, eq(_SQUARED, ("mul", "b", "b", power("b", "k"))))
hides("combination", "b^(k+2) = b b^k", "one factor is missing", _VALUED, eq(_SQUARED, ("mul", "b", power("b", "k"))))
GAMMA = {"value": F(("gamma", "t")), "following": F(("gamma", ("add", "t", 1)))}
RECURSION = eq(("gamma", ("add", "t", 1)), ("mul", "t", ("gamma", "t")))
accept("gamma", (lt(0, "t"),), RECURSION, by((lt(0, "t"),), "gamma", **GAMMA))
accept("gamma: a value that is known", (le(("gamma", "t"), 3),), RECURSION, by((le(("gamma", "t"), 3),), "gamma", **GAMMA))
forge("gamma: no value", "Γ(−1) has none", by((), "gamma", **GAMMA))
forge("gamma: the next value alone", "Γ(1/2) is not −1/2 · Γ(−1/2), which has none", by((le(0, ("gamma", ("add", "t", 1))),),
    "gamma", **GAMMA))
forge("gamma: another place", "Γ(t + 2)", by((lt(0, "t"),), "gamma", **{**GAMMA, "following": F(("gamma", ("add", "t", 2)))}))
forge("gamma: a place without a value", "0 · log x has none", by((lt(0, "t"),), "gamma", **{**GAMMA, "following": F(("gamma",
    ("add", "t", 1, ("mul", 0, log("x")))))}))
for name in ("value", "following"):
    other = ("exp", "t") if name == "value" else ("exp", ("add", "t", 1))
    forge(f"gamma: e^t as the {name}", "it is no gamma function", by((lt(0, "t"),), "gamma", **{**GAMMA, name: F(other)}))

# values -----------------------------------------------------------------------------------------------------------------
PIECES = ("piecewise", lt("x", 0), power("x", -1), ("true",), 1)


def has_value(name: str, term: Formula, *premises: Formula) -> None:
    """`combination` with no products shows t = t where t has a value."""
    shows("combination", f"a value: {name}", premises, eq(term, term))


def has_none(name: str, reason: str, term: Formula, *premises: Formula) -> None:
    """No rule shows t = t, nor 0 ≤ t² ⟨v, v⟩ (which takes ≠ as a premise)."""
    hides("combination", f"no value: {name}", reason, premises, eq(term, term))
    forge(f"square: no value: {name}", reason, by(premises, "square", **square_of((term, v))))


has_value("1/x, 0 < x", power("x", -1), lt(0, "x"))
has_value("1/x, x < 0", power("x", -1), lt("x", 0))
accept("square: 1/x, x ≠ 0", (ne("x", 0),), le(0, ("mul", power("x", -1), power("x", -1), VV)), by((ne("x", 0),),
    "square", **square_of((power("x", -1), v))))
has_value("√x, 0 < x", sqrt("x"), lt(0, "x"))
has_value("x^y", power("x", "y"), lt(0, "x"))
has_value("x^y, 0 ≤ x and 0 < y", power("x", "y"), le(0, "x"), lt(0, "y"))
has_value("gamma", ("gamma", "x"), lt(0, "x"))
has_value("loggamma", ("loggamma", "x"), lt(0, "x"))
has_value("asin", ("asin", "x"), le(-1, "x"), le("x", 1))
has_value("acos", ("acos", "x"), le(-1, "x"), le("x", 1))
has_value("tan, positive cosine", ("tan", "x"), lt(0, ("cos", "x")))
has_value("tan, negative cosine", ("tan", "x"), lt(("cos", "x"), 0))
has_value("a part of a premise", log("x"), le(exp(log("x")), "y"))
accept("square: a side of ≠", (ne(log("x"), "y"),), le(0, ("mul", log("x"), log("x"), VV)), by((ne(log("x"), "y"),),
    "square", **square_of((log("x"), v))))
has_value("a piecewise premise", PIECES, le(PIECES, 5))
has_value("piecewise", ("piecewise", le("x", 0), "x", ("true",), 1))
has_value("piecewise, all parts", PIECES, lt("x", 0))
has_value("a constant", sqrt(("add", 2, ("pi",))))
has_value("log of a constant", log(Fraction(1, 3)))
has_value("a constant with a case", ("piecewise", le(log(2), 1), 1, ("true",), 2))
has_value("an inner product", VW)
has_value("|x|", ("abs", "x"))
has_none("1/x, 0 ≤ x", "x = 0", power("x", -1), le(0, "x"))
has_none("1/x, x ≤ 0", "x = 0", power("x", -1), le("x", 0))
has_none("1/x, x ≠ 1", "x = 0", power("x", -1), ne("x", 1))
has_none("√x", "x = −1", sqrt("x"))
has_none("√x, x ≠ 0", "x = −1", sqrt("x"), ne("x", 0))
has_none("x^(−1/2), 0 ≤ x", "x = 0", power("x", -HALF), le(0, "x"))
has_none("x^(−1/2), x ≠ 0", "x = −1", power("x", -HALF), ne("x", 0))
has_none("x^y, 0 ≤ x", "0^(−1)", power("x", "y"), le(0, "x"))
has_none("x^y, x ≠ 0", "(−1)^(1/2)", power("x", "y"), ne("x", 0))
has_none("x^y, 0 < y", "(−1)^(1/2)", power("x", "y"), lt(0, "y"))
has_none("x^y, 0 ≤ x and 0 ≤ y", "true (0^0 = 1), and not known", power("x", "y"), le(0, "x"), le(0, "y"))
has_none("log, 0 ≤ x", "x = 0", log("x"), le(0, "x"))
has_none("log, x ≠ 0", "x = −1", log("x"), ne("x", 0))
has_none("asin, one side", "x = −2", ("asin", "x"), le("x", 1))
has_none("acos, one side", "x = 2", ("acos", "x"), le(-1, "x"))
has_none("tan, cosine ≥ 0", "cos x = 0", ("tan", "x"), le(0, ("cos", "x")))
has_none("a constant", "√−1", sqrt(-1))
has_none("log 0", "log 0", log(0))
has_none("1/(π − π)", "1/0", power(sub(("pi",), ("pi",)), -1))
has_none("a part that a piecewise premise might not take", "1/x at 0", power("x", -1), le(PIECES, 5))
has_none("piecewise without a last case", "x = 1", ("piecewise", le("x", 0), "x"))
has_none("piecewise, a part", "1/x at 0", PIECES)
has_none("piecewise, a condition", "log x at −1", ("piecewise", le(log("x"), 0), 1, ("true",), 1))
has_none("a constant piecewise without a last case", "no case holds", ("piecewise", le(1, 0), 1))

# binders ----------------------------------------------------------------------------------------------------------------
def q(*places: Formula) -> Formula:
    return ("member", "q", *places)


INDEX, OUTER = ("bound", 0), ("bound", 1)
TOTAL = ("sum", 1, "n", q(INDEX))
HAS_TOTAL = eq(TOTAL, TOTAL)
TRIANGLE = ("sum", 1, "n", ("sum", 1, INDEX, ("mul", INDEX, OUTER, "x")))

accept("binders: assume", (HAS_TOTAL,), HAS_TOTAL, given(HAS_TOTAL))
accept("binders: assume an integer", (("integer", "n"),), ("integer", "n"), given(("integer", "n")))
accept("binders: assume forall", (("forall", 1, "n", le(0, q(INDEX))),), ("forall", 1, "n", le(0, q(INDEX))), given(("forall", 1,
    "n", le(0, q(INDEX)))))
accept("binders: forall of forall", (("forall", 1, "n", ("forall", 1, INDEX, le(OUTER, q(INDEX)))),), ("forall", 1, "n",
    ("forall", 1, INDEX, le(OUTER, q(INDEX)))), given(("forall", 1, "n", ("forall", 1, INDEX, le(OUTER, q(INDEX))))))
accept("binders: forall of integers", (("forall", 1, "n", ("integer", q(INDEX))),), ("forall", 1, "n", ("integer", q(INDEX))),
    given(("forall", 1, "n", ("integer", q(INDEX)))))
shows("combination", "a sum that has a value is an atom", (HAS_TOTAL,), eq(sub(power(TOTAL, 2), ("mul", TOTAL, TOTAL)), 0))
shows("combination", "members are atoms with values", (), eq(sub(q("x"), q("x")), 0))
shows("combination", "a comparison of a sum shows that it has a value", (le(0, TOTAL),), le(0, ("mul", 2, TOTAL)),
    products=(product(2, (0, 1)),))
shows("combination", "a sum shows that its ends have values", (eq(("sum", 1, log("x"), INDEX), 3),), eq(log("x"), log("x")))
shows("combination", "an integer has a value", (("integer", log("x")),), eq(log("x"), log("x")))
shows("combination", "b^n, n an integer, n ≥ 0", (("integer", "n"), le(0, "n")), eq(power("x", "n"), power("x", "n")))
shows("combination", "b^n, n an integer, b < 0", (("integer", "n"), lt("x", 0)), eq(power("x", "n"), power("x", "n")))
shows("combination", "b^n, n an integer, b ≠ 0", (("integer", "n"), ne("x", 0)), eq(power("x", "n"), power("x", "n")))
shows("range", "a sum with bounds", (le(0, TOTAL), ("integer", "n")), lt(0, exp(TOTAL)))
shows("range", "a sum with a bound above", (le(TOTAL, 3),), le(("mul", 2, TOTAL), 6))
hides("combination", "a sum without a value", "n = 1/2, or n = −7", (), HAS_TOTAL)
hides("combination", "a sum between numbers", "that 1/x has a value is not known", (), eq(("sum", 1, 2, power(0, -1)),
    ("sum", 1, 2, power(0, -1))))
hides("combination", "0 times a sum", "the sum might have no value", (), eq(("mul", 0, TOTAL), 0))
hides("combination", "the body shows nothing", "the sum of no terms has a value", (eq(("sum", 1, "n", power("x", -1)),
    0),), eq(power("x", -1), power("x", -1)))
hides("combination", "forall shows nothing of its body", "there may be no integer between", (("forall", 1, "n", lt(0,
    "x")),), eq(log("x"), log("x")))
hides("combination", "forall gives no sign", "it is no comparison", (("forall", 1, "n", lt(0, "x")),), lt(0, "x"),
    products=(product(1, (0, 1)),))
hides("combination", "an integer gives no sign", "n = −3", (("integer", "n"),), le(0, "n"), products=(product(1, (0, 1)),
    ))
hides("combination", "integer", "a combination shows no integers", (), ("integer", 1))
hides("combination", "forall", "a combination shows comparisons", (), ("forall", 1, "n", le(0, 1)))
hides("combination", "b^n, n ≥ 0", "(−1)^(1/2) has no value", (le(0, "n"),), eq(power("x", "n"), power("x", "n")))
hides("combination", "b^n, n an integer", "0^(−1) has no value", (("integer", "n"),), eq(power("x", "n"), power("x",
    "n")))
hides("combination", "b^n, b < 0", "(−1)^(1/2) has no value", (lt("x", 0),), eq(power("x", "n"), power("x", "n")))
hides("combination", "sums of other bodies", "they are different atoms", (HAS_TOTAL,), eq(TOTAL, ("sum", 1, "n", q(("add",
    INDEX, 1)))))
hides("combination", "members of other sequences", "they are different atoms", (), eq(q("x"), ("member", "r", "x")))
hides("combination", "members at other places", "they are different atoms", (), eq(q("x"), q("y")))
hides("combination", "members at more places", "they are different atoms", (), eq(q("x"), q("x", "x")))
hides("range", "a sum without a value", "n = 1/2, or n = −7", (), lt(0, exp(TOTAL)))
hides("range", "a sum of members in a range", "what is known of q[x] is not known of the sum", (le(0, q("x")), le(q("x"),
    1)), le(0, ("sum", 1, "n", q("x"))))
hides("range", "members are not bounded", "q[x] = −1", (), le(0, q("x")))
hides("range", "the logarithm of a member", "q[1] = −1", (), eq(log(q(1)), log(q(1))))
hides("combination", "the logarithm of a member", "q[1] = −1", (), eq(log(q(1)), log(q(1))))
hides("range", "integer", "ranges show no integers", (), ("integer", 1))
hides("cover", "a sum", "its ball is not known", (le(0, "n"), le("n", 1)), le(0, ("mul", 0, ("sum", 1, "n", 0))),
    splits=(-1,))
hides("cover", "a member", "its ball is not known", (le(0, "n"), le("n", 1)), le(0, ("mul", 0, q("n"))), splits=(-1,))
hides("cover", "a sum in which a variable is free is no constant", "Σ (1 − 2x) is −1 at x = 1", (le(0, "x"), le("x", 1),
    le(0, ("sum", 1, 1, sub(1, ("mul", 2, "x"))))), le(0, ("sum", 1, 1, sub(1, ("mul", 2, "x")))), splits=(-1,))
for head, why in (("sum", "Σ xᵢ"), ("forall", "for all i")):
    forge(f"binders: a {head} is opened", f"what is bound in {why} means nothing outside", given(le(INDEX, "n")))
forge("binders: a body as an argument", "what is bound means nothing outside", (("square", (), {"vector": ((F(INDEX), F(v)),
    )}),))
forge("binders: a body as the term that is put in", "what is bound means nothing outside", (*given(HAS_TOTAL),
    ("instantiate", (0, ), put(("x", INDEX)))))
hides("combination", "what is bound is squared", "it means nothing outside", (), le(0, 0), products=(product(0, squares=(INDEX,
    )),))
forge("binders: a body in two sums", "the second binder is missing", given(le(0, ("sum", 1, "n", ("mul", INDEX, OUTER)))))
forge("binders: assume a sum", "only comparisons and statements are assumed", given(TOTAL))

accept("instantiate: in a body", (HAS_TOTAL, eq(("sum", 1, "n", ("mul", INDEX, TOTAL)), "y")), eq(("sum", 1, "n", ("mul", INDEX,
    TOTAL)), "y"), (*given(eq(("sum", 1, "n", ("mul", INDEX, "x")), "y"), HAS_TOTAL), ("instantiate", (0, 1), put(("x",
    TOTAL)))))
accept("instantiate: in two bodies", (eq(("sum", 1, "m", ("sum", 1, INDEX, ("mul", INDEX, OUTER, "m"))), 0),), eq(("sum", 1, "m",
    ("sum", 1, INDEX, ("mul", INDEX, OUTER, "m"))), 0), (*given(eq(("sum", 1, "n", ("sum", 1, INDEX, ("mul", INDEX, OUTER,
    "x"))), 0)), ("instantiate", (0,), put(("x", "m"), ("n", "m")))))
accept("replace: in a body", (eq("x", "y"), eq(TRIANGLE, 0)), eq(TRIANGLE, ("sum", 1, "n", ("sum", 1, INDEX, ("mul", INDEX, OUTER,
    "y")))), by((eq("x", "y"), eq(TRIANGLE, 0)), "replace", left=F(TRIANGLE), right=F(("sum", 1, "n", ("sum", 1, INDEX,
    ("mul", INDEX, OUTER, "y"))))))
forge("replace: another body", "x = y does not show Σ i x = Σ y x", by((eq("x", "y"), eq(TRIANGLE, 0)), "replace",
    left=F(TRIANGLE), right=F(("sum", 1, "n", ("sum", 1, INDEX, ("mul", "y", OUTER, "x"))))))
forge("replace: a sum without a value", "n = 1/2, or n = −7", by((eq("x", "y"),), "replace", left=F(TRIANGLE),
    right=F(("sum", 1, "n", ("sum", 1, INDEX, ("mul", INDEX, OUTER, "y"))))))

# integers ---------------------------------------------------------------------------------------------------------------
def whole(*terms: Formula) -> tuple[Formula, ...]:
    return tuple(("integer", term) for term in terms)


def concludes(rule: str, name: str, hypotheses: tuple[Formula, ...], conclusion: Formula, **arguments: Any) -> None:
    """A rule that finds its conclusion."""
    accept(f"{rule}: {name}", hypotheses, conclusion, by(hypotheses, rule, **arguments))


def refuses(rule: str, name: str, reason: str, hypotheses: tuple[Formula, ...], **arguments: Any) -> None:
    forge(f"{rule}: {name}", reason, by(hypotheses, rule, **arguments))


for name, formula in {
    "a number": -3, "a sum": ("add", "n", 1), "a product": ("mul", -1, "n", "m"), "a maximum": ("max", "n", "m"),
    "a minimum": ("min", "n", 0), "a power": power("n", 2), "the power 0": power("n", 0),
}.items():
    concludes("integer", name, whole("n", "m"), ("integer", formula), term=F(formula))
concludes("integer", "what a premise says", whole(exp("x")), ("integer", ("add", exp("x"), 1)), term=F(("add", exp("x"), 1)))
for name, formula in {
    "a fraction": HALF, "half of one": ("mul", HALF, "n"), "a variable": "x", "a sum with a variable": ("add", "n", "x"),
    "a product with a variable": ("mul", "n", "x"), "a maximum with a variable": ("max", "n", "x"), "a root": sqrt("n"),
    "a power of a variable": power("x", 2), "a reciprocal": power("n", -1), "2^n": power(2, "n"), "π": ("pi",),
    "e^n": exp("n"), "a member": q("n"), "a sum of integers that may have no value": ("sum", 1, "n", 1),
    "an inner product": ("inner", v, v), "a number without a condition": ("piecewise", ("true",), "n"),
}.items():
    refuses("integer", name, "it may be none", whole("n", "m"), term=F(formula))
refuses("integer", "a truth", "a truth is no number", whole("n"), term=F(le("n", "n")))
refuses("integer", "a vector", "a vector is no number", whole("n"), term=F(v))
refuses("integer", "≤ is no statement", "n = 1/2", (le("n", 1), le(1, "n")), term=F("n"))

concludes("discrete", "integers", (lt("n", "m"), *whole("n", "m")), le(("add", "n", 1), "m"))
refuses("discrete", "the lower one", "n = 1/2, m = 1", (lt("n", "m"), *whole("m")))
refuses("discrete", "the upper one", "n = 1, m = 3/2", (lt("n", "m"), *whole("n")))
refuses("discrete", "≤", "n = m", (le("n", "m"), *whole("n", "m")))
refuses("discrete", "≠", "n > m", (ne("n", "m"), *whole("n", "m")))
refuses("discrete", "an integer alone", "there is no order", whole("n", "m"))

NEXT = ("add", "n", 1)
SUM_OF = {"whole": F(power("x", NEXT)), "first": F(power("x", "n")), "second": F(power("x", 1))}
SPLIT_POWER = eq(power("x", NEXT), ("mul", power("x", "n"), power("x", 1)))
concludes("exponents", "a positive base", (lt(0, "x"),), SPLIT_POWER, **SUM_OF)
concludes("exponents", "integers that are not negative", (*whole("n", 1, NEXT), le(0, "n"), le(0, NEXT)), SPLIT_POWER,
    **SUM_OF)
concludes("exponents", "a negative base", (*whole("n", 1, NEXT), lt("x", 0)), SPLIT_POWER, **SUM_OF)
concludes("exponents", "values that are known", (*whole("n", 1), eq(power("x", "n"), 3), eq(power("x", NEXT), "y")),
    SPLIT_POWER, **SUM_OF)
refuses("exponents", "other exponents", "x² is not x · x²", (lt(0, "x"),), whole=F(power("x", "n")), first=F(power("x",
    "n")), second=F(power("x", 1)))
refuses("exponents", "another base", "(2x)^(n+1)", (lt(0, "x"), lt(0, "y")), **{**SUM_OF, "whole": F(power("y", NEXT))})
refuses("exponents", "another first base", "y^n", (lt(0, "x"), lt(0, "y")), **{**SUM_OF, "first": F(power("y", "n"))})
refuses("exponents", "another second base", "y^1", (lt(0, "x"), lt(0, "y")), **{**SUM_OF, "second": F(power("y", 1))})
refuses("exponents", "no powers", "4 · x is not 2 · x", (lt(0, "x"),), whole=F(("mul", "x", 4)), first=F(("mul", "x", 2)),
    second=F(("mul", "x", 2)))
refuses("exponents", "the whole has no value", "0^(−1)", (*whole("n", 1), eq(power("x", "n"), "y")), **SUM_OF)
refuses("exponents", "a part has no value", "x = 0, n = −1", (*whole("n", 1), eq(power("x", NEXT), "y")), **SUM_OF)
refuses("exponents", "a fraction", "((−1)²)^(1/2) is not −1", (eq(power("x", 1), "y"), eq(power("x", HALF), "z")),
    whole=F(power("x", 1)), first=F(power("x", HALF)), second=F(power("x", HALF)))
refuses("exponents", "1/2 and 1/2 of a base that may be negative", "x = −1 has no root", (*whole(1),), whole=F(power("x",
    1)), first=F(power("x", "m")), second=F(power("x", sub(1, "m"))))
refuses("exponents", "a first part that is no integer", "it may be 1/3",
    (*whole("m"), eq(power("x", "n"), "y"), eq(power("x", "m"), "y"), eq(power("x", ("add", "n", "m")), "y")),
    whole=F(power("x", ("add", "n", "m"))), first=F(power("x", "n")), second=F(power("x", "m")))
refuses("exponents", "a second part that is no integer", "it may be 1/3",
    (*whole("n"), eq(power("x", "n"), "y"), eq(power("x", "m"), "y"), eq(power("x", ("add", "n", "m")), "y")),
    whole=F(power("x", ("add", "n", "m"))), first=F(power("x", "n")), second=F(power("x", "m")))

# quantifiers ------------------------------------------------------------------------------------------------------------
ENDS = whole(1, "n")
RANGE = (*whole("i"), le(1, "i"), le("i", "n"))
RANGES = {"index": F("i"), "low": F(1), "high": F("n")}
ALL = ("forall", 1, "n", le(q(INDEX), "x"))


# q[i] ≤ x for i = 1 … n says q[i] ≤ x of any i in the range
INSTANCE = (*given(ALL, *RANGE), ("at", (0, 1, 2, 3), {"place": F("i")}))
accept("at", (ALL, *RANGE), le(q("i"), "x"), INSTANCE)
accept("at: a sum", (ALL, *whole(NEXT), le(1, NEXT), le(NEXT, "n")), le(q(NEXT), "x"), (*given(ALL, *whole(NEXT), le(1,
    NEXT), le(NEXT, "n")), ("at", (0, 1, 2, 3), {"place": F(NEXT)})))
for missing in range(1, 4):
    forge(f"at: without {RANGE[missing - 1][0]} {missing}", "the place may lie outside of the range", (*given(ALL, *RANGE),
        ("at", tuple(k for k in range(4) if k != missing), {"place": F("i")})))
forge("at: another place", "nothing is known of j", (*given(ALL, *RANGE), ("at", (0, 1, 2, 3), {"place": F("j")})))
forge("at: no forall", "it says nothing of a range", (*given(eq(TOTAL, TOTAL), *RANGE), ("at", (0, 1, 2, 3), {"place":
    F("i")})))
forge("at: a comparison", "it says nothing of a range", (*given(le(1, "n"), *RANGE), ("at", (0, 1, 2, 3), {"place":
    F("i")})))

accept("forall: of what is said of all", (ALL, *ENDS), ALL, (*INSTANCE, *given(*ENDS), ("forall", (4, 5, 6), RANGES)))
accept("forall: of what holds everywhere", ENDS, ("forall", 1, "n", le(INDEX, INDEX)), (("combination", (), {"conclusion":
    F(le("i", "i"))}), *given(*ENDS), ("forall", (0, 1, 2), RANGES)))
accept("forall: a hypothesis stays", (le(0, "x"), *ENDS), ("forall", 1, "n", le(0, "x")), (*given(le(0, "x"), *ENDS),
    ("forall", (0, 1, 2), RANGES)))
forge("forall: the low end is no integer", "the range is none", (*INSTANCE, *given(*ENDS), ("forall", (4, 6), RANGES)))
forge("forall: the high end is no integer", "the range is none", (*INSTANCE, *given(*ENDS), ("forall", (4, 5), RANGES)))
forge("forall: of a number that is assumed", "0 ≤ i is assumed of one i", (*given(le(0, "i"), *ENDS), ("forall", (0, 1, 2),
    RANGES)))
forge("forall: the variable is in another hypothesis", "q[i] ≤ x is assumed of one i", (*given(le(q("i"), "x"), *ENDS),
    ("forall", (0, 1, 2), RANGES)))
forge("forall: the variable is in a hypothesis on the ends", "i ≤ 5 is assumed of one i", (("combination", (),
    {"conclusion": F(le("i", "i"))}), *given(*ENDS, le("i", 5)), ("cut", (3, 1), {}), ("forall", (0, 4, 2), RANGES)))
forge("forall: the low end is the variable", "the range has no such end", (("combination", (), {"conclusion": F(le("i",
    "i"))}), *given(*whole("i", "n")), ("forall", (0, 1, 2), {**RANGES, "low": F("i")})))
forge("forall: the high end is the variable", "the range has no such end", (*given(le("i", "n"), *whole(1, "i")),
    ("forall", (0, 1, 2), {**RANGES, "high": F("i")})))
forge("forall: a number as the variable", "2 is not any number", (*given(le(0, 2), *ENDS), ("forall", (0, 1, 2), {**RANGES,
    "index": F(2)})))
forge("forall: a member as the variable", "q[2] is not any number", (*given(le(0, 2), *ENDS), ("forall", (0, 1, 2),
    {**RANGES, "index": F(q(2))})))
forge("forall: a vector as the variable", "a range has no vectors", (*given(le(0, 2), *ENDS), ("forall", (0, 1, 2),
    {**RANGES, "index": F(v)})))

INDUCTION = {"index": F("n"), "low": F(0), "high": F("h")}
# n x ≤ n y for n = 0, 1, …, if x ≤ y
FORMULA = le(("mul", "n", "x"), ("mul", "n", "y"))
FIRST = le(("mul", 0, "x"), ("mul", 0, "y"))
SECOND = le(("mul", NEXT, "x"), ("mul", NEXT, "y"))
GOOD_STEP = (
    ("combination", (), {"conclusion": F(FIRST)}),
    *given(FORMULA, le("x", "y")),
    ("combination", (1, 2), {"conclusion": F(SECOND), "products": (product(1, (0, 1)), product(1, (1, 1)))}),
)
accept("induction", (le("x", "y"), *whole("n", 0), le(0, "n"), le("n", "h")), FORMULA, (*GOOD_STEP, *given(*whole(0)),
    ("induction", (0, 3, 4), {**INDUCTION, "formula": F(FORMULA)})))
accept("induction: the step uses where n is", (le(("mul", 3, "x"), 0), *whole("n", 3), le(3, "n"), le("n", "h")),
    le(("mul", "n", "x"), 0), (*given(le(("mul", 3, "x"), 0), le(("mul", "n", "x"), 0), le(3, "n"), *whole("n")),
    ("combination", (1, 0), {"conclusion": F(le(("mul", NEXT, "x"), 0)), "products": (product(1, (0, 1)), product(Fraction(1,
    3), (1, 1)))}), ("cut", (2, 4), {}), ("cut", (3, 5), {}), *given(*whole(3)), ("induction", (0, 6, 7), {"index": F("n"),
    "low": F(3), "high": F("h"), "formula": F(le(("mul", "n", "x"), 0))})))
accept("induction: the step uses the end", (le("x", "y"), *whole("n", 0), le(0, "n"), le("n", "h")), FORMULA, (*GOOD_STEP,
    *given(*whole(0), le(NEXT, "h")), ("cut", (5, 3), {}), ("induction", (0, 6, 4), {**INDUCTION, "formula": F(FORMULA)})))
forge("induction: the step uses another end", "n + 1 ≤ m is assumed of one n", (*GOOD_STEP, *given(*whole(0), le(NEXT, "m")),
    ("cut", (5, 3), {}), ("induction", (0, 6, 4), {**INDUCTION, "formula": F(FORMULA)})))
forge("induction: the step uses n ≤ h", "that is no hypothesis of a step", (*GOOD_STEP, *given(*whole(0), le("n", "h")), ("cut",
    (5, 3), {}), ("induction", (0, 6, 4), {**INDUCTION, "formula": F(FORMULA)})))
forge("induction: n is the end", "n + 1 ≤ n shows anything", (*GOOD_STEP, *given(*whole(0), le(NEXT, "n")), ("cut", (5, 3),
    {}), ("induction", (0, 6, 4), {**INDUCTION, "high": F("n"), "formula": F(FORMULA)})))
for name, reason, arguments in (
    ("from another number", "the first case is that of 0", {"low": F(1)}),
    ("another formula", "the cases are of another formula", {"formula": F(le(("mul", "n", "x"), ("mul", "n", "z")))}),
    ("on another variable", "the cases are not those of m", {"index": F("m")}),
    ("on a number", "0 is no variable", {"index": F(0)}),
    ("on a vector", "v is no number", {"index": F(v)}),
):
    forge(f"induction: {name}", reason, (*GOOD_STEP, *given(*whole(0, 1)), ("induction", (0, 3, 4, 5), {**INDUCTION,
        "formula": F(FORMULA), **arguments})))
forge("induction: the start is no integer", "n = l + 1/2 is never reached", (*GOOD_STEP, ("induction", (0, 3), {**INDUCTION,
    "formula": F(FORMULA)})))
forge("induction: the start is missing", "there is no first case", (*GOOD_STEP, *given(*whole(0)), ("induction", (3, 4),
    {**INDUCTION, "formula": F(FORMULA)})))
forge("induction: the step is the formula itself", "it is no step", (*GOOD_STEP, *given(*whole(0)), ("induction", (0, 1, 4),
    {**INDUCTION, "formula": F(FORMULA)})))
for name, weaker, places in (
    ("the first case", 0, (6, 3, 4)), ("the step", 3, (0, 6, 4)), ("what shows the start to be an integer", 4, (0, 3, 6)),
):
    forge(f"induction: n is free in a hypothesis of {name}", "n ≤ 5 is assumed of one n", (*GOOD_STEP, *given(*whole(0),
        le("n", 5)), ("cut", (5, weaker), {}), ("induction", places, {**INDUCTION, "formula": F(FORMULA)})))
forge("induction: n is the start", "l = n", (("combination", (), {"conclusion": F(le(("mul", 0, "n"), 0))}), ("combination",
    (), {"conclusion": F(le(("mul", 0, NEXT), 0))}), *given(*whole("n")), ("induction", (0, 1, 2), {**INDUCTION, "low":
    F("n"), "formula": F(le(("mul", 0, "n"), 0))})))
forge("induction: on a member", "q[3] is not any number", (*given(le(0, 5), le(("add", q(3), 1), 5), *whole(0)), ("induction",
    (0, 1, 2), {**INDUCTION, "index": F(q(3)), "formula": F(le(q(3), 5))})))
forge("induction: a formula that says nothing", "a theorem says a comparison", (*GOOD_STEP, *given(*whole(0)), ("induction",
    (0, 3, 4), {**INDUCTION, "formula": F("n")})))

# sums -------------------------------------------------------------------------------------------------------------------
def added(body: Formula, low: Formula = 1, high: Formula = "n") -> Formula:
    return ("sum", low, high, body)


def r(*places: Formula) -> Formula:
    return ("member", "r", *places)


PROPER = (*whole(1, "n"), le(1, ("add", "n", 1)))
BELOW = ("forall", 1, "n", le(q(INDEX), r(INDEX)))
OTHER = added(r(INDEX))


def termwise(
    relation: str, left: Formula, right: Formula, others: tuple[Formula, ...] = PROPER, shift: Formula = 0,
    compared: Formula = None, index: Formula = "i", more: tuple[Formula, ...] = (),
) -> tuple[Step, ...]:
    """Sums of q and r, compared because ∀ i = l … h: q[i] R r[i + shift]."""
    low, high = left[1], left[2]
    place = INDEX if shift == 0 else ("add", INDEX, shift)
    general = ("forall", low, high, compared or (relation, q(INDEX), r(place)))
    steps = given(general, *whole("i"), le(low, "i"), le("i", high), *more, *whole(0 if shift == 0 else shift), *others)
    count = len(steps)
    return (*steps, ("at", (0, 1, 2, 3), {"place": F("i")}), ("termwise", (count, *range(4, count)), {"left": F(left),
        "right": F(right), "index": F(index), "shift": F(shift)}))


def termwise_hypotheses(relation: str, low: Formula, high: Formula, shift: Formula, others: tuple[Formula, ...]) -> Any:
    place = INDEX if shift == 0 else ("add", INDEX, shift)
    return (("forall", low, high, (relation, q(INDEX), r(place))), *whole(shift), *others)


for relation, order in (("le", le(1, ("add", "n", 1))), ("eq", le(1, ("add", "n", 1))), ("lt", le(1, "n"))):
    accept(f"termwise: {relation}", termwise_hypotheses(relation, 1, "n", 0, (*ENDS, order)), (relation, TOTAL, OTHER),
        termwise(relation, TOTAL, OTHER, (*ENDS, order)))
SHIFTED = added(r(INDEX), 3, ("add", "n", 2))
accept("termwise: shifted", termwise_hypotheses("eq", 1, "n", 2, PROPER), eq(TOTAL, SHIFTED), termwise("eq", TOTAL, SHIFTED,
    PROPER, 2))
SHIFTED_BY_M = added(r(INDEX), ("add", "m", 1), ("add", "n", "m"))
accept("termwise: shifted by an integer", termwise_hypotheses("le", 1, "n", "m", PROPER), le(TOTAL, SHIFTED_BY_M),
    termwise("le", TOTAL, SHIFTED_BY_M, PROPER, "m"))
forge("termwise: < of no terms", "0 is not below 0", termwise("lt", TOTAL, OTHER))
forge("termwise: ≠", "1 + 2 = 2 + 1", termwise("ne", TOTAL, OTHER))
forge("termwise: ≠ of one term", "≠ is not added up", termwise("ne", added(q(INDEX), 1, 1), added(r(INDEX), 1, 1), (*whole(1),
    le(1, ("add", 1, 1)), le(1, 1))))
forge("termwise: the low end is no integer", "there is no such sum", termwise("le", TOTAL, OTHER, (*whole("n"), PROPER[-1])))
forge("termwise: the high end is no integer", "there is no such sum", termwise("le", TOTAL, OTHER, (*whole(1), PROPER[-1])))
forge("termwise: fewer than no terms", "there is no such sum", termwise("le", TOTAL, OTHER, ENDS))
forge("termwise: the order of other ends", "n may be −5", termwise("le", TOTAL, OTHER, (*ENDS, le(1, ("add", "m", 1)))))
BY_A_HALF = added(r(INDEX), ("add", 1, HALF), ("add", "n", HALF))
forge("termwise: a shift that is no integer", "there is no such sum", (*given(("forall", 1, "n", eq(q(INDEX), r(("add", INDEX,
    HALF)))), *RANGE, *PROPER), ("at", (0, 1, 2, 3), {"place": F("i")}), ("termwise", (7, 4, 5, 6), {"left": F(TOTAL),
    "right": F(BY_A_HALF), "index": F("i"), "shift": F(HALF)})))
forge("termwise: another low end", "a term is missing", termwise("eq", TOTAL, added(r(INDEX), 2)))
forge("termwise: another high end", "a term is missing", termwise("eq", TOTAL, added(r(INDEX), 1, ("add", "n", -1))))
forge("termwise: a shifted low end alone", "a term is missing", termwise("eq", TOTAL, added(r(INDEX), 3), PROPER, 2))
forge("termwise: a shifted high end alone", "a term is missing", termwise("eq", TOTAL, added(r(INDEX), 1, ("add", "n", 2)),
    PROPER, 2))
forge("termwise: an end without a value", "0 · log x has none", termwise("eq", TOTAL, added(r(INDEX), ("add", 1, ("mul", 0,
    log("x"))))))
forge("termwise: a high end without a value", "0 · log x has none", termwise("eq", TOTAL, added(r(INDEX), 1, ("add", "n",
    ("mul", 0, log("x"))))))
forge("termwise: other terms", "q[i] ≤ r[i] says nothing of r[2 i]", termwise("le", TOTAL, added(r(("mul", 2, INDEX)))))
forge("termwise: the other way round", "q[i] ≤ r[i] does not show r[i] ≤ q[i]", (*termwise("le", TOTAL, OTHER)[:-1],
    ("termwise", (8, 4, 5, 6, 7), {"left": F(OTHER), "right": F(TOTAL), "index": F("i"), "shift": F(0)})))
forge("termwise: the shift is forgotten", "q[i] ≤ r[i] says nothing of r[i + 2]", termwise("le", TOTAL, SHIFTED, PROPER, 2,
    ("le", q(INDEX), r(INDEX))))
forge("termwise: no sums", "a product is none", termwise("le", ("mul", 1, "n", q(INDEX)), OTHER))
forge("termwise: a product on the right", "a product is none", termwise("le", TOTAL, ("mul", 1, "n", 1)))
forge("termwise: the variable is free in the left sum", "it is another i", termwise("le", added(("mul", q(INDEX), "i")),
    added(("mul", r(INDEX), "i")), compared=le(("mul", q(INDEX), INDEX), ("mul", r(INDEX), INDEX))))
forge("termwise: the variable is free in the right sum", "it is another i", termwise("le", TOTAL, added(("mul", r(INDEX),
    "i")), compared=le(q(INDEX), ("mul", r(INDEX), INDEX))))
forge("termwise: the variable is free in a hypothesis on its terms", "q[i] ≤ r[i] is assumed of one i", (*given(le(q("i"),
    r("i")), *PROPER, ("integer", 0)), ("termwise", (0, 1, 2, 3, 4), {"left": F(TOTAL), "right": F(OTHER), "index": F("i"),
    "shift": F(0)})))
forge("termwise: the variable is free in the shift", "it is another i", (*given(le(q("i"), r(("add", "i", "i"))), *whole("i"),
    *PROPER), ("termwise", (0, 1, 2, 3, 4), {"left": F(TOTAL), "right": F(added(r(INDEX), ("add", 1, "i"), ("add", "n", "i"))),
    "index": F("i"), "shift": F("i")})))
forge("termwise: the variable is a number", "1 is not any number", termwise("le", added(q(1)), added(r(1)), index=1,
    compared=le(q(1), r(1))))

NONE = added(log(INDEX), "n", ("add", "n", -1))
concludes("empty", "no terms", whole("n"), eq(NONE, 0), total=F(NONE))
concludes("empty", "between numbers", whole(1), eq(added(q(INDEX), 1, 0), 0), total=F(added(q(INDEX), 1, 0)))
refuses("empty", "ends that are no integers", "there is no such sum", (eq("n", "n"),), total=F(NONE))
refuses("empty", "one term", "it is the sum", whole("n"), total=F(added(q(INDEX), "n", "n")))
refuses("empty", "fewer than no terms", "it has no value", whole("n"), total=F(added(q(INDEX), "n", ("add", "n", -2))))
refuses("empty", "other ends", "it may have terms", whole("n", "m"), total=F(added(q(INDEX), "n", "m")))
refuses("empty", "an end without a value", "0 · log x has none", whole("n"), total=F(added(q(INDEX), "n", ("add", "n", -1,
    ("mul", 0, log("x"))))))
refuses("empty", "a product", "n (n − 1) 1 is no sum", whole("n"), total=F(("mul", "n", ("add", "n", -1), 1)))

ONE_TERM = added(("mul", INDEX, q(INDEX)), "n", ("add", "n", 0))
concludes("single", "one term", whole("n"), eq(ONE_TERM, ("mul", "n", q("n"))), total=F(ONE_TERM))
concludes("single", "a partial term", (*whole("n"), lt(0, "n")), eq(added(log(INDEX), "n", "n"), log("n")), total=F(added(
    log(INDEX), "n", "n")))
refuses("single", "a term without a value", "log n has none", whole("n"), total=F(added(log(INDEX), "n", "n")))
refuses("single", "ends that are no integers", "there is no such sum", (eq("n", "n"),), total=F(ONE_TERM))
refuses("single", "two terms", "there is another", whole("n"), total=F(added(q(INDEX), "n", NEXT)))
refuses("single", "no terms", "it is 0", whole("n"), total=F(added(q(INDEX), "n", ("add", "n", -1))))
refuses("single", "an end without a value", "0 · log x has none", whole("n"), total=F(added(q(INDEX), "n", ("add", "n",
    ("mul", 0, log("x"))))))

SPLITTING = (HAS_TOTAL, *whole("m"), le(1, ("add", "m", 1)), le("m", "n"))
AFTER_M = ("add", "m", 1)
PIECES = eq(TOTAL, ("add", added(q(INDEX), 1, "m"), added(q(INDEX), AFTER_M, "n")))
MIDDLE = {"total": F(TOTAL), "middle": F("m"), "following": F(AFTER_M)}
concludes("split", "two parts", SPLITTING, PIECES, **MIDDLE)
for missing, why in enumerate(("n = 1/2", "m = 1/2", "m = −7", "m = n + 7")):
    refuses("split", f"without condition {missing + 1}", f"the parts have no values: {why}", tuple(h for k, h in
        enumerate(SPLITTING) if k != missing), **MIDDLE)
refuses("split", "a term is lost", "q[m + 1]", SPLITTING, **{**MIDDLE, "following": F(("add", "m", 2))})
refuses("split", "a term is added twice", "q[m]", SPLITTING, **{**MIDDLE, "following": F("m")})
refuses("split", "an end without a value", "0 · log x has none", SPLITTING, **{**MIDDLE, "following": F(("add", "m", 1,
    ("mul", 0, log("x"))))})
refuses("split", "a product", "it is no sum", SPLITTING, **{**MIDDLE, "total": F(("mul", 1, "n", 1))})

BOTH = added(("add", ("mul", 2, q(INDEX)), ("mul", "x", r(INDEX))))
HAVE = tuple(eq(total, total) for total in (BOTH, TOTAL, OTHER))
PARTS = {"total": F(BOTH), "parts": ((F(2), F(TOTAL)), (F("x"), F(OTHER))), "index": F("i")}
concludes("linear", "two sums", HAVE, eq(BOTH, ("add", ("mul", 2, TOTAL), ("mul", "x", OTHER))), **PARTS)
for missing, why in enumerate(("the whole", "the first part", "the second part")):
    refuses("linear", f"without a value of {why}", "n = 1/2", tuple(h for k, h in enumerate(HAVE) if k != missing), **PARTS)
refuses("linear", "a coefficient without a value", "0 · log x has none", HAVE, **{**PARTS, "parts": ((F(2), F(TOTAL)),
    (F("x"), F(OTHER)), (F(("mul", 0, log("x"))), F(OTHER)))})
refuses("linear", "another coefficient", "2 is not 3", HAVE, **{**PARTS, "parts": ((F(3), F(TOTAL)), (F("x"), F(OTHER)))})
refuses("linear", "a part is missing", "x r[i]", HAVE, **{**PARTS, "parts": ((F(2), F(TOTAL)),)})
refuses("linear", "the variable is a number", "2 is not any number", HAVE, **{**PARTS, "index": F(2)})
WEIGHTED = added(("mul", INDEX, q(INDEX)))
refuses("linear", "the variable is free in a coefficient", "Σ i q[i] is not i Σ q[i]", (eq(WEIGHTED, WEIGHTED), HAVE[1]),
    total=F(WEIGHTED), parts=((F("i"), F(TOTAL)),), index=F("i"))
I_TOTAL = added(("mul", "i", q(INDEX)))
refuses("linear", "the variable is free in the whole", "it is another i", (eq(I_TOTAL, I_TOTAL), eq(WEIGHTED, WEIGHTED)),
    total=F(I_TOTAL), parts=((F(1), F(WEIGHTED)),), index=F("i"))
refuses("linear", "the variable is free in a part", "it is another i", (eq(I_TOTAL, I_TOTAL), eq(WEIGHTED, WEIGHTED)),
    total=F(WEIGHTED), parts=((F(1), F(I_TOTAL)),), index=F("i"))
for low, high in ((2, "n"), (1, "m")):
    elsewhere = added(q(INDEX), low, high)
    refuses("linear", f"a part from {low} to {high}", "it has other terms", (HAS_TOTAL, eq(elsewhere, elsewhere)),
        total=F(TOTAL), parts=((F(1), F(elsewhere)),), index=F("i"))
refuses("linear", "a part that is no sum", "q[i] is no product of them", (HAS_TOTAL, eq(TOTAL, TOTAL)), total=F(TOTAL),
    parts=((F(1), F(("mul", 1, "n", q(1)))),), index=F("i"))

COUNT = added(1)
concludes("count", "terms", PROPER, eq(COUNT, ("add", "n", neg(1), 1)), total=F(COUNT))
for missing, why in enumerate(("l", "h", "the order")):
    refuses("count", f"without {why}", "there may be no such sum", tuple(h for k, h in enumerate(PROPER) if k != missing),
        total=F(COUNT))
refuses("count", "twos", "there are half as many", PROPER, total=F(added(2)))
# what takes too long to compute --------------------------------------------------------------------------------------------
def _tower(base: Formula, exponent: Formula, height: int) -> Formula:
    for _ in range(height):
        base = power(base, exponent)
    return base


def _sum(names: str, *more: Formula) -> Formula:
    return ("add", *(f"{letter}{k}" for letter in names for k in range(10)), *more)


LONG = 10 ** 3900 + 7
shows("range", "a tower of powers", (), lt(0, _tower(3, 4096, 20)))
shows("range", "a tower of powers of a fraction", (), lt(0, _tower(Fraction(10 ** 900 + 3, 10 ** 900 + 1), 4095, 20)))
shows("range", "a tower of powers that tends to 0", (), lt(0, _tower(Fraction(1, 3), 4095, 20)))
shows("range", "a tower of powers that tends to 0 from below", (), le(_tower(Fraction(-1, 3), 4095, 20), 0))
shows("range", "a long product of long numbers", (), lt(1, ("mul", *[LONG] * 300)))
shows("range", "a negative product of long numbers", (), lt(("mul", -1, *[LONG] * 300), -1))
shows("range", "a product of long fractions", (), lt(0, ("mul", *[Fraction(1, LONG)] * 300)))
hides("range", "a product of long fractions is not above what can be written", "it is 10^(−1170000)", (), lt(Fraction(1,
    10 ** 3000), ("mul", *[Fraction(1, LONG)] * 300)))
hides("range", "a product of long numbers is not below what can be written", "it is 10^1170000", (), lt(("mul", *[LONG] * 300),
    10 ** 3000))
shows("range", "a negative product of long fractions", (), lt(("mul", -1, *[Fraction(1, LONG)] * 300), 0))
shows("range", "a negative power that tends to 0", (), lt(power(Fraction(-1, 3), 4095), 0))
hides("range", "a negative power that is too small to be written", "(−1/3)^(4095²) < 0", (), le(0, _tower(Fraction(-1, 3), 4095,
    2)))
shows("range", "a power on an interval of two long ends", (le(Fraction(1, 1000), "x"), le("x", 1)), lt(0, power(power("x",
    Fraction(1499, 1001)), 1500)))
shows("range", "a power of a negative interval", (le(-3, "x"), le("x", -2)), lt(power("x", 4095), -1))
hides("combination", "a tower of powers of a number", "too long a number", (), eq(_tower(3, 4096, 4), 0))
hides("combination", "a tower of powers", "too high a degree", (), eq(_tower("x", 4096, 4), 0))
hides("combination", "a product of high powers", "too high a degree", (), eq(("mul", *[_tower("x", 4000, 2)] * 70), 0))
hides("combination", "too many variables", "too many generators", (), eq(("add", *(f"x{k}" for k in range(1001))), 0))
shows("combination", "many variables", (), eq(_sum("abcdefghij"), ("add", _sum("abcde"), _sum("fghij"))))
hides("combination", "a product of two sums", "too many monomials", (), eq(("mul", power(_sum("a"), 4), power(_sum("b"), 4)), 0))
hides("combination", "a product of long sums", "too much work", (), eq(("mul", power(_sum("ab"), 3), power(_sum("cd"), 3),
    LONG), 0))
hides("combination", "a long product of long numbers", "too much work", (), eq(("mul", *[LONG] * 3000), 0))
hides("combination", "a power of a root of a sum", "too many monomials", (le(0, _sum("ab")),), eq(power(sqrt(_sum("ab")), 64), 0))
hides("combination", "e^(x/10¹²)", "too high a degree of e^(x/10¹²)", (), eq(("mul", exp("x"), exp(("mul", Fraction(1,
    10 ** 12), "x"))), 0))
_A, _B = (power(("add", *(("mul", k + i, name) for k, name in enumerate("abcdefghij")), 1), 3) for i in (1, 20))
shows("combination", "common factors of large sums are not looked for", (lt(0, _A), lt(0, _B)), eq(("add", power(_A, -1),
    power(_B, -1)), ("add", power(_B, -1), power(_A, -1))))
hides("roots", "too long coefficients", "too large to compute", (le(0, "x"),), le(0, ("add", *(("mul", 10 ** 300 + k, power("x",
    k)) for k in range(90)))), of=F("x"))
hides("roots", "too long an end", "too large to compute", (le(Fraction(1, LONG), "x"),), le(0, ("add", *(power("x", k) for k in
    range(30)))), of=F("x"))
forge("square: too many vectors", "too large to be multiplied out", (("square", (), square_of(*((1, ("vector", f"v{k}")) for k in
    range(201)))),))
hides("cover", "more steps than can be taken", "too much work", UNIT, le(("add", *(exp(("mul", k, "x")) for k in range(1,
    300))), 10 ** 200), splits=(-1,) * 9_000)
hides("cover", "halved too often", "a part of width 2^(−1001)", UNIT, le("x", 2), splits=(0,) * 1002 + (-1,) * 1003)
hides("cover", "too many derivatives", "too large", tuple(bound for k in range(317) for bound in (le(0, f"x{k}"), le(f"x{k}",
    1))), le(0, ("add", *(f"x{k}" for k in range(317)))), **ONCE)
shows("cover", "a product of so many factors that it has no derivative", UNIT, le(("mul", *["x"] * 101), 2), **ONCE)
hides("cover", "a long product has no derivative", "it is not known that x^101 increases", UNIT, le(("add", ("mul", *["x"] * 101),
    neg("x")), HALF), **ONCE)
shows("cover", "a product of as many factors as have a derivative", (le(Fraction(9, 10), "x"), le("x", 1)), le(("add", ("mul",
    *["x"] * 100), neg("x")), Fraction(1, 2)), splits=(0, -1, 0, 0, -1, -1, 0, -1, -1))
forge("extreme: a place with too many digits", "too long a number", (("extreme", (), {"term": F(("max", "x", "y")),
    "place": 10 ** 4100}),))

# what is no certificate ---------------------------------------------------------------------------------------------------
_GOOD = certificate(
    (("combination", (), {"conclusion": F(le(0, X2)), "products": (product(1, squares=("x",)),)}),)
)


def malformed(name: str, reason: str, **changed: Any) -> None:
    FORGED.append(Forged(f"malformed: {name}", reason, {**_GOOD, **changed}))


def _step(**changed: Any) -> list[dict[str, Any]]:
    return [{**_GOOD["steps"][0], **changed}]


def _nested(depth: int) -> list[Any]:
    deep: list[Any] = []
    for _ in range(depth):
        deep = [deep]
    return deep


_ROWS = _GOOD["terms"]
malformed("no version", "the version is 1", kernel=None)
malformed("another version", "the version is 1", kernel=2)
malformed("a truth as the version", "the version is 1", kernel=True)
malformed("no terms", "there is no table", terms=None)
malformed("a table that is none", "there is no table", terms={"0": ["number", "1"]})
malformed("too long a table", "more than 200,000 rows", terms=[["number", "0"]] * 200001)
malformed("an empty row", "a row has a head", terms=[*_ROWS, []])
malformed("a row that is none", "a row is a list", terms=[*_ROWS, "pi"])
malformed("a head that is no text", "a head is text", terms=[*_ROWS, [1, 0]])
malformed("a head that is not there", "the table is closed", terms=[*_ROWS, ["quotient", 0, 0]])
malformed("a number without a value", "a number has a value", terms=[*_ROWS, ["number"]])
malformed("a number with two values", "a number has one value", terms=[*_ROWS, ["number", "1", "2"]])
malformed("a number that is no text", "a number is written p/q", terms=[*_ROWS, ["number", 1]])
malformed("a decimal number", "a number is written p/q", terms=[*_ROWS, ["number", "0.5"]])
malformed("a number with a space", "a number is written p/q", terms=[*_ROWS, ["number", " 1"]])
malformed("a number with a line feed", "a number is written p/q", terms=[*_ROWS, ["number", "1\n"]])
malformed("a number with a plus", "a number is written p/q", terms=[*_ROWS, ["number", "+1"]])
malformed("a number with an underscore", "a number is written p/q", terms=[*_ROWS, ["number", "1_0"]])
malformed("other digits", "a number is written p/q", terms=[*_ROWS, ["number", "١"]])
malformed("a negative denominator", "a number is written p/q", terms=[*_ROWS, ["number", "1/-2"]])
malformed("the denominator 0", "1/0 is no number", terms=[*_ROWS, ["number", "1/0"]])
malformed("too long a number", "a number has at most 4,000 digits", terms=[*_ROWS, ["number", "1" * 4001]])
malformed("too long a fraction", "a number has at most 4,000 characters", terms=[*_ROWS, ["number", "1/" + "3" * 3999]])
malformed("a number that Python does not read", "a number has at most 4,000 digits", terms=[*_ROWS, ["number",
    "1" * 5000]])
malformed("a variable without a name", "a variable has a name", terms=[*_ROWS, ["variable", ""]])
malformed("a variable whose name is no text", "a name is text", terms=[*_ROWS, ["variable", 3]])
malformed("a vector without a name", "a vector has a name", terms=[*_ROWS, ["vector"]])
malformed("π with a value", "π has none", terms=[*_ROWS, ["pi", "3"]])
malformed("an argument that comes later", "arguments stand before", terms=[*_ROWS, ["exp", len(_ROWS)]])
malformed("an argument from the end", "arguments are counted from 0", terms=[*_ROWS, ["exp", -1]])
malformed("an argument that is true", "true is no place", terms=[*_ROWS, ["exp", True]])
malformed("an argument that is a float", "1.0 is no place", terms=[*_ROWS, ["exp", 0.0]])
malformed("a sum of nothing", "a sum has arguments", terms=[*_ROWS, ["add"]])
malformed("exp of two", "exp takes one", terms=[["variable", "x"], ["exp", 0, 0]])
malformed("a sum of truths", "sorts differ", terms=[["true"], ["add", 0, 0]])
malformed("a sum of a number and a truth", "sorts differ", terms=[["true"], ["number", "1"], ["add", 1, 0]])
malformed("and of numbers", "sorts differ", terms=[["number", "1"], ["and", 0, 0]])
malformed("≤ of truths", "sorts differ", terms=[["true"], ["le", 0, 0]])
malformed("exp of a vector", "sorts differ", terms=[["vector", "v"], ["exp", 0]])
malformed("⟨x, v⟩", "sorts differ", terms=[["vector", "v"], ["variable", "x"], ["inner", 1, 0]])
malformed("an odd piecewise", "conditions and values take turns", terms=[["true"], ["number", "1"], ["piecewise", 0,
    1, 0]])
malformed("an empty piecewise", "a piecewise has cases", terms=[["piecewise"]])
malformed("a piecewise the wrong way round", "conditions and values take turns", terms=[["true"], ["number", "1"],
    ["piecewise", 1, 0]])
malformed("a row within rows", "a row is flat", terms=_nested(500))
malformed("a bound variable without a number", "which binder is said", terms=[*_ROWS, ["bound"]])
malformed("a bound variable with a name", "binders are counted", terms=[*_ROWS, ["bound", "i"]])
malformed("a bound variable −1", "binders are counted from 0", terms=[*_ROWS, ["bound", "-1"]])
malformed("a bound variable 1/2", "binders are counted", terms=[*_ROWS, ["bound", "1/2"]])
malformed("a bound variable with an argument", "it has none", terms=[["pi"], ["bound", "0", 0]])
malformed("a member without a name", "sequences have names", terms=[["pi"], ["member", 0]])
malformed("a member without a place", "members have places", terms=[*_ROWS, ["member", "q"]])
malformed("a member at a truth", "places are numbers", terms=[["true"], ["member", "q", 0]])
malformed("a sum without a body", "a sum has ends and a body", terms=[["pi"], ["sum", 0, 0]])
malformed("a sum of nothing at all", "a sum has ends and a body", terms=[["sum"]])
malformed("a sum with three ends", "a sum has two ends", terms=[["pi"], ["sum", 0, 0, 0, 0]])
malformed("a sum with a truth as its end", "ends are numbers", terms=[["pi"], ["true"], ["sum", 0, 1, 0]])
malformed("a sum of truths over a range", "a sum is of numbers", terms=[["pi"], ["le", 0, 0], ["sum", 0, 0, 1]])
malformed("a sum of statements", "a sum is of numbers", terms=[["pi"], ["integer", 0], ["sum", 0, 0, 1]])
malformed("a sum of vectors", "a sum is of numbers", terms=[["pi"], ["vector", "v"], ["sum", 0, 0, 1]])
malformed("forall of a number", "a theorem says no number", terms=[["pi"], ["forall", 0, 0, 0]])
malformed("forall of true", "a theorem does not say true", terms=[["pi"], ["true"], ["forall", 0, 0, 1]])
malformed("a statement as a condition", "conditions are truths", terms=[["pi"], ["integer", 0], ["piecewise", 1, 0]])
malformed("a statement and a truth", "truths are joined", terms=[["pi"], ["integer", 0], ["and", 1, 1]])
malformed("a statement that does not hold", "truths are negated", terms=[["pi"], ["integer", 0], ["not", 1]])
malformed("a vector as a bound number", "a sum binds a number", terms=[["pi"], ["bound vector", "0"], ["inner", 1, 1],
    ["sum", 0, 0, 2]])
malformed("no steps", "there is no step", steps=[])
malformed("steps that are none", "steps are a list", steps={})
malformed("too many steps", "more than 100,000 steps", steps=_GOOD["steps"] * 100001)
malformed("a step that is none", "a step is an object", steps=["assume"])
malformed("a rule that is no text", "a rule is text", steps=_step(rule=1))
malformed("a rule that is a list", "a rule is text", steps=_step(rule=["assume"]))
malformed("no premises", "premises are a list", steps=_step(premises=None))
malformed("arguments that are none", "arguments are an object", steps=_step(arguments=[]))
malformed("a premise that comes later", "premises stand before", steps=_step(premises=[0]))
malformed("a premise from the end", "premises are counted from 0", steps=_GOOD["steps"] + _step(premises=[-1]))
malformed("a premise that is true", "true is no place", steps=[*_GOOD["steps"] * 2, *_step(premises=[True])])
malformed("a float", "floats are no numbers", steps=_step(arguments={**_GOOD["steps"][0]["arguments"], "more": 0.5}))
malformed("an object that is none", "a value is {term: …} or {number: …}",
    steps=_step(arguments={"conclusion": {"formula": 0}}))
malformed("a term and more", "a value is {term: …} or {number: …}",
    steps=_step(arguments={"conclusion": {"term": len(_ROWS) - 1, "number": "1"}}))
malformed("a term that is not there", "the table ends", steps=_step(arguments={"conclusion": {"term": len(_ROWS)}}))
malformed("a term from the end", "terms are counted from 0", steps=_step(arguments={"conclusion": {"term": -1}}))
malformed("a term that is true", "true is no place", steps=_step(arguments={"conclusion": {"term": True}}))
malformed("a number as an argument", "a number is written p/q",
    steps=_step(arguments={"conclusion": {"number": "1.5"}}))
malformed("an argument called rule", "infer's own argument", steps=_step(arguments={**_GOOD["steps"][0]["arguments"],
    "rule": "assume"}))
malformed("an argument called premises", "the rule's own argument",
    steps=_step(arguments={**_GOOD["steps"][0]["arguments"], "premises": []}))
malformed("a list within lists", "arguments are shallow", steps=_step(arguments={"conclusion": _nested(500)}))
FORGED.append(Forged("malformed: a list", "a certificate is an object", []))
FORGED.append(Forged("malformed: nothing", "a certificate is an object", None))


# fmt: on
# without certificates -----------------------------------------------------------------------------------------------------
class Attempt(NamedTuple):
    """Something that is done with the kernel, which must be refused."""

    name: str
    tried: Callable[[Any], Any]


class Fact(NamedTuple):
    """Something that is true of the kernel."""

    name: str
    holds: Callable[[Any], Any]


class Pretender:
    """It looks like a formula, and says that it is equal to any other."""

    def __init__(self, shown: Any, meant: Any) -> None:
        self.head, self.args, self.meant = shown.head, shown.args, meant

    def __hash__(self) -> int:
        return hash(self.meant)

    def __eq__(self, other: object) -> bool:
        return True


class Text(str):
    """A string that may change its mind."""


def _true(kernel: Any) -> Any:
    return kernel.infer("combination", conclusion=kernel.le(kernel.number(0), kernel.number(0)))


def _false(kernel: Any) -> Any:
    return kernel.le(kernel.number(1), kernel.number(0))


def _pretended(kernel: Any) -> Any:
    shown = kernel.le(kernel.number(0), kernel.number(0))
    theorem = kernel.infer("combination", conclusion=Pretender(shown, _false(kernel)))
    return kernel.infer("cut", theorem, kernel.infer("assume", formula=_false(kernel)))


def _sequent(kernel: Any) -> Any:
    return kernel.Sequent(frozenset(), _false(kernel))


def _forged_theorem(kernel: Any) -> Any:
    forged = object.__new__(kernel.Theorem)
    for name, value in (
        ("sequent", _sequent(kernel)),
        ("rule", "assume"),
        ("premises", ()),
        ("arguments", {}),
    ):
        object.__setattr__(forged, name, value)
    return forged


def _use(kernel: Any, premise: Any) -> Any:
    """Make a theorem of what may be none."""
    one = ((kernel.number(1), ((0, 1),), ()),)
    return kernel.infer("combination", premise, conclusion=_false(kernel), products=one)


def _product_argument(kernel: Any, coefficient: Any) -> Any:
    return kernel.infer(
        "combination", conclusion=kernel.le(kernel.number(0), kernel.number(1)), products=coefficient
    )


ATTEMPTS = (
    Attempt("the constructor of a theorem", lambda k: k.Theorem()),
    Attempt("the constructor of a theorem, with a sequent", lambda k: k.Theorem(_sequent(k))),
    Attempt("a theorem that changes", lambda k: setattr(_true(k), "sequent", _sequent(k))),
    Attempt("a theorem with something more", lambda k: setattr(_true(k), "more", 1)),
    Attempt("a theorem without its sequent", lambda k: delattr(_true(k), "sequent")),
    Attempt("a copied theorem", lambda k: copy.copy(_true(k))),
    Attempt("a deeply copied theorem", lambda k: copy.deepcopy(_true(k))),
    Attempt("a pickled theorem", lambda k: pickle.dumps(_true(k))),
    Attempt("the constructor of a term", lambda k: k.Term()),
    Attempt("a term that changes", lambda k: setattr(_false(k), "args", ())),
    Attempt("a term without arguments", lambda k: delattr(_false(k), "args")),
    Attempt("a copied term", lambda k: copy.copy(_false(k))),
    Attempt("a pickled term", lambda k: pickle.dumps(_false(k))),
    Attempt("a sequent as a premise", lambda k: _use(k, _sequent(k))),
    Attempt("a formula as a premise", lambda k: _use(k, _false(k))),
    Attempt("an object made past the constructor", lambda k: _use(k, _forged_theorem(k))),
    Attempt("a rule that is not there", lambda k: k.infer("axiom")),
    Attempt("a rule that is no text", lambda k: k.infer(None)),
    Attempt("a pretender as an argument", _pretended),
    Attempt(
        "a pretender within an argument", lambda k: _product_argument(k, ((Pretender(_false(k), 1), (), ()),))
    ),
    Attempt("a list as an argument", lambda k: _product_argument(k, [(k.number(1), (), ())])),
    Attempt("a float as an argument", lambda k: _product_argument(k, ((1.0, (), ()),))),
    Attempt("a head that only equals one", lambda k: k.make(Text("lt"), k.number(0), k.number(1))),
    Attempt("a head that is none", lambda k: k.make("quotient", k.number(0), k.number(1))),
    Attempt("arguments that are no terms", lambda k: k.make("lt", 0, 1)),
    Attempt(
        "a pretender as the argument of a term", lambda k: k.make("not", Pretender(_false(k), _false(k)))
    ),
    Attempt("a number that is a float", lambda k: k.make("number", value=0.1)),
    Attempt("a name that is no text", lambda k: k.variable(3)),
    Attempt("a name that only equals one", lambda k: k.variable(Text("x₁"))),
    Attempt("no name", lambda k: k.variable("")),
    Attempt("a value where none belongs", lambda k: k.make("pi", value=Fraction(3))),
    Attempt("a sum of truths", lambda k: k.add(_false(k), _false(k))),
    Attempt("a rule that calls for more premises", lambda k: k.infer("cut", _true(k))),
    Attempt("a formula to be bound", lambda k: k.bind("sum", k.number(0), *[k.number(0)] * 3)),
    Attempt("a vector to be bound by a sum", lambda k: k.bind("sum", k.vector("v"), *[k.number(0)] * 3)),
    Attempt("a binder that is none", lambda k: k.bind("add", k.variable("x"), k.number(0))),
    Attempt("a body that is bound twice", lambda k: k.bind("sum", k.variable("y"), *[_total(k).args[2]] * 3)),
    Attempt("an open term that is opened", lambda k: k.opened(_nested_total(k).args[2], k.number(0))),
    Attempt(
        "a body in which something bound is put", lambda k: k.opened(_total(k), _total(k).args[2].args[1])
    ),
    Attempt("a body in which a vector is put", lambda k: k.opened(_total_of_itself(k), k.vector("v"))),
    Attempt("a sum that binds a vector", lambda k: k.make("sum", *[k.number(1)] * 2, _square_of_bound(k))),
    Attempt(
        "an open term in the place of a variable",
        lambda k: k.terms.substitute(_total(k), {k.variable("x"): _total(k).args[2]}),
    ),
    Attempt(
        "something in the place of an open term",
        lambda k: k.terms.substitute(_total(k), {_total(k).args[2]: k.variable("x")}),
    ),
    Attempt("a certificate that is text", lambda k: k.from_json("{}")),
    Attempt(
        "steps that are nested too deeply to be shown",
        lambda k: k.from_json({**_GOOD, "steps": _nested(50_000)}),
    ),
    Attempt("a term of too many digits", lambda k: k.number(10**4001)),
    Attempt("a term of too many digits in the denominator", lambda k: k.number(Fraction(1, 10**4001))),
    Attempt("a term of a few digits too many", lambda k: k.number(-(10**3999))),
    Attempt("a fraction as an argument", lambda k: k.infer("assume", formula=Fraction(1))),
)


def _total(kernel: Any) -> Any:
    """Σ x i over i = 1 … n."""
    x, i, n = map(kernel.variable, "xin")
    return kernel.bind("sum", i, kernel.number(1), n, kernel.mul(x, i))


def _total_of_itself(kernel: Any) -> Any:
    i = kernel.variable("i")
    return kernel.bind("sum", i, kernel.number(1), kernel.number(3), i)


def _square_of_bound(kernel: Any) -> Any:
    bound = kernel.make("bound vector", value=0)
    return kernel.inner(bound, bound)


def _nested_total(kernel: Any) -> Any:
    """Σ Σ i j x over i = 1 … n, j = 1 … i."""
    x, i, j, n = map(kernel.variable, "xijn")
    one = kernel.number(1)
    return kernel.bind("sum", i, one, n, kernel.bind("sum", j, one, i, kernel.mul(i, j, x)))


def _never_captured(kernel: Any) -> bool:
    """What is put in the place of x or n keeps its meaning, whatever it is called."""
    x, i, n = map(kernel.variable, "xin")
    for term in (_total(kernel), _nested_total(kernel)):
        for name in "ijk":
            moved = kernel.terms.substitute(term, {x: kernel.variable(name), n: _total(kernel)})
            if kernel.variable(name) not in kernel.terms.variables_of(moved):
                return False
            back = kernel.terms.substitute(moved, {kernel.variable(name): x, _total(kernel): n})
            if back is not term:
                return False
    return kernel.opened(_total(kernel), n) is kernel.mul(x, n) and kernel.terms.substitute(
        _total(kernel), {i: kernel.number(0)}
    ) is _total(kernel)


def _one_meaning(kernel: Any) -> bool:
    """Formulas that differ in the names of what is bound are one, and no others."""
    x, k, m, n = map(kernel.variable, "xkmn")
    one = kernel.number(1)
    same = kernel.bind("sum", k, one, n, kernel.bind("sum", m, one, k, kernel.mul(k, m, x)))
    other = kernel.bind("sum", k, one, n, kernel.bind("sum", m, one, k, kernel.mul(m, k, x)))
    outer = kernel.bind("sum", k, k, n, kernel.mul(x, k))
    return (
        same is _nested_total(kernel)
        and other is not same
        and kernel.terms.variables_of(same) == {x, n}
        and kernel.terms.variables_of(outer) == {x, k, n}
        and kernel.opened(outer, m) is kernel.mul(x, m)
        and kernel.terms.variables_of(kernel.opened(same, m)) == {x, m}
    )


def _texts_of_binders(kernel: Any) -> bool:
    both = kernel.le(kernel.terms.member("q", kernel.variable("x")), _nested_total(kernel))
    return repr(both) == "q[x] ≤ sum(#1, 1, n: sum(#2, 1, #1: (#1 · #2 · x)))"


def _slope_of_a_binder(kernel: Any) -> bool:
    slope = sys.modules[f"{kernel.__name__}.derivatives"].derivative
    x, i, m = map(kernel.variable, "xim")
    return (
        slope(_total(kernel), m) is kernel.number(0) is slope(_total(kernel), i)
        and slope(_total(kernel), x) is None
    )


NUMBERS = ("0", "-3", "22/7", "-22/7", "4/2")


def _round_trip(kernel: Any) -> bool:
    for accepted in ACCEPTED:
        theorem = kernel.from_json(certificate(accepted.steps))
        again = kernel.from_json(kernel.to_json(theorem))
        if again.sequent != theorem.sequent or kernel.to_json(again) != kernel.to_json(theorem):
            return False
    return True


def _shared(kernel: Any) -> bool:
    """2^200 paths, and every part once."""
    x = term = kernel.variable("x")
    for _ in range(200):
        term = kernel.add(term, term)
    table, _ = kernel.terms.terms_to_json([term])
    moved = kernel.terms.substitute(term, {x: kernel.variable("y")})
    return (
        len(table) == 201
        and kernel.terms.substitute(moved, {kernel.variable("y"): x}) is term
        and bool(repr(term))
    )


def _certificate_without_repetition(kernel: Any) -> bool:
    theorem = _true(kernel)
    for _ in range(60):
        theorem = kernel.infer("cut", theorem, theorem)
    return len(kernel.to_json(theorem)["steps"]) == 61


FACTS = (
    Fact("a theorem is one", lambda k: k.is_theorem(_true(k))),
    Fact("a forged object is none", lambda k: not k.is_theorem(_forged_theorem(k))),
    Fact("a formula is none", lambda k: not k.is_theorem(_false(k))),
    Fact("certificates make the same theorems again", _round_trip),
    Fact("shared parts are walked once", _shared),
    Fact("nothing is captured", _never_captured),
    Fact("the names of what is bound mean nothing", _one_meaning),
    Fact("binders as text", _texts_of_binders),
    Fact("the derivative of a binder", _slope_of_a_binder),
    Fact("shared premises are written once", _certificate_without_repetition),
    Fact("equal formulas are one object", lambda k: _false(k) is _false(k)),
    Fact(
        "⟨v, w⟩ is ⟨w, v⟩",
        lambda k: k.inner(k.vector("v"), k.vector("w")) is k.inner(k.vector("w"), k.vector("v")),
    ),
    Fact("⟨v, w⟩ is not ⟨v, v⟩", lambda k: k.inner(k.vector("v"), k.vector("w")).args[1] is k.vector("w")),
    Fact("a sum of nothing", lambda k: k.add() is k.number(0) and k.mul() is k.number(1)),
    Fact("a sum of one", lambda k: k.add(k.number(5)) is k.number(5) and k.mul(k.number(5)) is k.number(5)),
    Fact(
        "numbers",
        lambda k: [str(k.terms.rational(text)) for text in NUMBERS] == ["0", "-3", "22/7", "-22/7", "2"],
    ),
    Fact("the longest number", lambda k: k.terms.rational("1" * 4000) > 0),
    Fact("the longest number as a term", lambda k: k.number(10**3999).value == 10**3999),
    Fact(
        "names in a formula",
        lambda k: k.terms.variables_of(_use_of_names(k)) == {k.variable("x"), k.vector("v")},
    ),
    Fact("a formula as text", lambda k: repr(_use_of_names(k)) == "(x ^ 2) ≤ (⟨v, v⟩ + exp(pi))"),
    Fact("a long formula as text is cut", lambda k: len(repr(k.add(*[k.variable("x" * 999)] * 9))) == 2001),
    Fact("a theorem as text", lambda k: repr(_true(k)) == "⊢ 0 ≤ 0"),
    Fact("a theorem rests on nothing", lambda k: _true(k).rests_on == frozenset()),
    Fact("arguments do not change", lambda k: type(_true(k).arguments) is MappingProxyType),
    Fact("the rules do not change", lambda k: type(k.RULES) is MappingProxyType),
)


def _use_of_names(kernel: Any) -> Any:
    v = kernel.vector("v")
    total = kernel.add(kernel.inner(v, v), kernel.make("exp", kernel.make("pi")))
    return kernel.le(kernel.power(kernel.variable("x"), 2), total)


from tests import kernel_forgeries_means  # noqa: E402  # adds certificates

ATTEMPTS += kernel_forgeries_means.ATTEMPTS
FACTS += kernel_forgeries_means.FACTS
