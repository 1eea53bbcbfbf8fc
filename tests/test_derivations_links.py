"""Chains and links: what they say, and that no exception passes for a proof."""

from dataclasses import dataclass

import pytest
import sympy

from tests.false_claims import N, P, Q, R, T, bare, checked
from theorycheck import kernel
from theorycheck.derivations import by_expansion, chain, derivation, either_order, eq, ge, gt, le, lt
from theorycheck.derivations.links import Link, check_link, link_details
from theorycheck.derivations.results import LinkResult
from theorycheck.errors import ClaimError, UndecidedError

WHY = by_expansion("")


@pytest.mark.parametrize(
    "steps, relation",
    [
        ([eq], "="),
        ([eq, le], "<="),
        ([le, lt, eq], "<"),
        ([ge, eq], ">="),
        ([ge, gt], ">"),
        ([eq, eq], "="),
    ],
)
def test_what_a_chain_says(steps, relation):
    made = chain(P, *(step(Q, WHY) for step in steps))
    assert made.relation == relation
    assert made.end == Q


@pytest.mark.parametrize("steps", [[le, ge], [lt, gt], [le, eq, gt]])
def test_a_chain_must_not_turn_around(steps):
    with pytest.raises(ClaimError, match="mixes"):
        _ = chain(P, *(step(Q, WHY) for step in steps)).relation


def test_links_are_numbered_and_named():
    built = derivation(chain(P, eq(Q, WHY), le(R, WHY, "L2")), chain(R, lt(T, WHY)))
    assert [(link.name, link.left, link.relation, link.right) for link in built.links] == [
        ("1", P, "=", Q),
        ("L2", Q, "<=", R),
        ("3", R, "<", T),
    ]
    assert built.links[1].latex == r"q \le r"


def test_errors():
    with pytest.raises(ClaimError, match="at least one step"):
        chain(P)
    with pytest.raises(ClaimError, match="at least one chain"):
        derivation()
    with pytest.raises(ClaimError, match="share a name"):
        _ = derivation(chain(P, eq(Q, WHY, "a"), eq(R, WHY, "a"))).links
    with pytest.raises(ClaimError, match="names the comparison"):
        _ = derivation(chain(P, eq(Q, WHY, "conclusion"))).links
    for first, second in ((R, N), (N, R), (N + 1, P)):
        with pytest.raises(ClaimError, match="nonnegative symbols"):
            either_order(first, second, lambda low, high, eta: chain(low, eq(high, WHY)))


def test_either_order_covers_both_orders_and_leaves_the_symbols_of_the_claim_alone():
    """A learning rate η of the claim must not become the excess of one number over the other."""
    eta = sympy.Symbol("eta", nonnegative=True)
    first, second = either_order(N, P, lambda low, high, excess: chain(low, le(high + eta * excess, WHY)))
    assert (first.case.low, first.case.replaced) == (N, P)
    assert (second.case.low, second.case.replaced) == (P, N)
    assert first.case.excess != eta
    assert first.case.excess.is_nonnegative
    assert not first.case.excess.name.isidentifier()
    assert first.case.high**2 - N**2 == first.case.excess**2


@dataclass
class Raising:
    error: Exception
    text: str = "raises"

    def check(self, link, claim):
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        ClaimError("wrong"),
        UndecidedError("open"),
        ZeroDivisionError(),
        KeyError("x"),
        IndexError(),
        RecursionError(),
        AssertionError(),
        sympy.PolynomialError("no polynomial"),
        RuntimeError("anything"),
    ],
)
def test_an_exception_is_unverified(error):
    result = checked(P, "=", Q, Raising(error))
    assert result.outcome == "unverified"
    assert result.certificate is None


def test_an_interrupt_is_not_swallowed():
    with pytest.raises(KeyboardInterrupt):
        check_link(Link("1", P, "=", Q, Raising(KeyboardInterrupt())), bare())


def test_details_are_plain_data():
    theorem = kernel.infer("assume", formula=kernel.le(kernel.variable("p"), kernel.variable("q")))
    result = LinkResult("failed", "method", "because", theorem, {"p": "1/2"})
    details = link_details(Link("1", P, "<=", Q, WHY), result)
    assert details == {
        "left": "p",
        "relation": "<=",
        "right": "q",
        "reason": "",
        "method": "method",
        "certificate": kernel.to_json(theorem),
        "counterexample": {"p": "1/2"},
        "rests_on": [],
    }
