"""A root in a link must be real: the proof of Lemma 2.1(d) must not survive without τ > σ."""

from dataclasses import replace

from theorycheck import Space, constant_of, dimension, function, point, real
from theorycheck.derivations.links import check_link
from theorycheck.derivations.symbols import symbols_of
from theorycheck.statement.claims import Claim
from verifications.starnes2023.lemma_2_1 import distance_between_smoothings


def outcomes(claim: Claim) -> set[str]:
    assert claim.derivation is not None
    return {check_link(link, claim).outcome for link in claim.derivation(symbols_of(claim)).links}


def test_ordered_scales_have_a_real_difference() -> None:
    assert outcomes(distance_between_smoothings) == {"verified"}


def test_without_the_order_the_root_may_be_imaginary() -> None:
    space = Space(
        d=dimension(1, 2),
        f=function(),
        x=point(),
        sigma=real(0),
        tau=real(0),
        L=constant_of("f", "smoothness"),
    )
    unordered = replace(distance_between_smoothings, space=space)
    assert "unverified" in outcomes(unordered)
