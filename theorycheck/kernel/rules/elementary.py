"""Inequalities of analysis, by name.

Rule `elementary`, of a term t:

    name          conclusion                       condition (a premise)
    exp           1 + t ≤ e^t                      t has a value
    log below     log t ≤ t − 1                    0 < t
    log above     1 − 1/t ≤ log t                  0 < t
    root          √t ≤ (1 + t)/2                   0 ≤ t
    abs           t ≤ |t|                          t has a value
    abs minus     −t ≤ |t|                         t has a value
    cos           1 − t²/2 ≤ cos t                 t has a value
    sin           sin t ≤ t                        0 ≤ t
    tanh          tanh t ≤ t                       0 ≤ t

Rules `extreme`, `increasing`, `lipschitz` and `gamma`:

    extreme       t ≤ max(…, t, …), or min(…, t, …) ≤ t      the maximum (minimum) has a value
    increasing    f(s) ≤ f(t)      s ≤ t; f(s) and f(t) have values; f increases (`functions`), or is the square root
    lipschitz     (f(s) − f(t))² ≤ (s − t)²      f is sin, cos, tanh or atan; s and t have values
    gamma         Γ(u) = t · Γ(t)  u = t + 1 where they have values; Γ(t) and u have values

A premise `a ≤ b`, `a < b`, `a = b` shows that a and b and all their parts (but those of `piecewise`) have values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from theorycheck.kernel.definedness import require_values
from theorycheck.kernel.functions import FUNCTIONS
from theorycheck.kernel.polynomials import vanishes
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.sequents import Sequent, conclude
from theorycheck.kernel.terms import Term, add, eq, le, lt, make, minus, mul, number, power

ZERO, ONE, HALF = number(0), number(1), number(Fraction(1, 2))

STATEMENTS: Mapping[str, tuple[Callable[[Term], Term], str]] = {
    "exp": (lambda t: le(add(ONE, t), make("exp", t)), "value"),
    "log below": (lambda t: le(make("log", t), add(t, number(-1))), "positive"),
    "log above": (lambda t: le(add(ONE, minus(power(t, -1))), make("log", t)), "positive"),
    "root": (lambda t: le(power(t, Fraction(1, 2)), mul(HALF, add(ONE, t))), "nonnegative"),
    "abs": (lambda t: le(t, make("abs", t)), "value"),
    "abs minus": (lambda t: le(minus(t), make("abs", t)), "value"),
    "cos": (lambda t: le(add(ONE, minus(mul(HALF, power(t, 2)))), make("cos", t)), "value"),
    "sin": (lambda t: le(make("sin", t), t), "nonnegative"),
    "tanh": (lambda t: le(make("tanh", t), t), "nonnegative"),
}
"""The conclusion about t, and the condition."""


def elementary(premises: tuple[Sequent, ...], name: str, term: Term) -> Sequent:
    if name not in STATEMENTS:
        raise Refused(f"there is no elementary inequality {name!r:.40}")
    statement, condition = STATEMENTS[name]
    conclusions = {premise.conclusion for premise in premises}
    if condition == "positive" and lt(ZERO, term) not in conclusions:
        raise Refused(f"no premise says that {term} is positive")
    if condition == "nonnegative" and not conclusions & {lt(ZERO, term), le(ZERO, term)}:
        raise Refused(f"no premise says that {term} is nonnegative")
    require_values((term,), premises)
    return conclude(statement(term), premises)


def extreme(premises: tuple[Sequent, ...], term: Term, place: int) -> Sequent:
    require_values((term,), premises)
    if term.head == "max":
        return conclude(le(term.args[place], term), premises)
    if term.head == "min":
        return conclude(le(term, term.args[place]), premises)
    raise Refused(f"{term} is neither a maximum nor a minimum")


def increasing(premises: tuple[Sequent, ...], lower: Term, upper: Term) -> Sequent:
    require_values((lower, upper), premises)
    if lower.head != upper.head or lower.args[1:] != upper.args[1:]:
        raise Refused(f"{lower} and {upper} are not values of one function")
    is_root = lower.head == "power" and lower.args[1] is HALF
    if not is_root and not (lower.head in FUNCTIONS and FUNCTIONS[lower.head].increasing):
        raise Refused(f"{lower.head} is not known to increase")
    if not {premise.conclusion for premise in premises} & {
        le(lower.args[0], upper.args[0]),
        lt(lower.args[0], upper.args[0]),
    }:
        raise Refused(f"no premise says that {lower.args[0]} is not above {upper.args[0]}")
    return conclude(le(lower, upper), premises)


def lipschitz(premises: tuple[Sequent, ...], name: str, first: Term, second: Term) -> Sequent:
    if name not in ("sin", "cos", "tanh", "atan"):
        raise Refused(f"the slope of {name!r:.40} is not known to lie between −1 and 1")
    require_values((first, second), premises)
    values = add(make(name, first), minus(make(name, second)))
    return conclude(le(power(values, 2), power(add(first, minus(second)), 2)), premises)


def gamma(premises: tuple[Sequent, ...], value: Term, following: Term) -> Sequent:
    require_values((value, *following.args), premises)
    if value.head != "gamma" or following.head != "gamma":
        raise Refused(f"{value} and {following} are not values of the gamma function")
    t, u = value.args[0], following.args[0]
    if not vanishes(add(u, minus(t), number(-1))):
        raise Refused(f"{u} is not 1 above {t}")
    return conclude(eq(following, mul(t, value)), premises)


RULES: Mapping[str, Callable[..., Sequent]] = {
    "elementary": elementary,
    "extreme": extreme,
    "increasing": increasing,
    "lipschitz": lipschitz,
    "gamma": gamma,
}
