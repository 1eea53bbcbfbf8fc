"""x ≤ 1e9, false, by a reason that the claim file defines and that verifies whatever it is given."""

from dataclasses import dataclass

from theorycheck import Claim, Space, real
from theorycheck.derivations import chain, derivation, le
from theorycheck.derivations.results import LinkResult


@dataclass(frozen=True)
class ByTheAppendix:
    text: str

    def check(self, link, claim):
        return LinkResult("verified", "appendix", "see the appendix")


claim = Claim(
    id="own-reason/appendix",
    statement=r"$x \le 10^9$ for every real $x$.",
    space=Space(x=real()),
    sides=lambda xp, x: (x, 10**9 + 0 * x),
    derivation=lambda s: derivation(chain(s.left, le(s.right, ByTheAppendix("Appendix B")))),
)
