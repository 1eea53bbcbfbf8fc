"""The switches that sections 4 and 5 inherit, and the instance on which the factor ‖W_1‖_2k fails.

A norm of a vector or a matrix enters a derivation through what is known of it: ω bounds ‖W_1ᵀ v‖_2k / ‖v‖_2k, N is at least the norm
of each part, and so on. Such a step is an inequality between nonnegative numbers, stated by `step` with its reason; a claim that rests on such steps is at most supported.
"""

from itertools import product

from theorycheck import Claim, granted, real, requires
from theorycheck.spaces import Real

SWITCHES = {
    "s": {
        "sa": r"stable: $\mathbb E\|w_t\|_2^k$ bounded",
        "sb": r"stable: $\mathbb E\|w_t\|_k^k$ bounded",
        "sc": r"stable: $\|\mathbb E\,w_t^{\otimes k}\|_F$ bounded",
    },
    "w": {"wa": r"$\omega_k = \|W_1\|_{2k}$", "wb": r"$\omega_k = \|W_1^T\|_{2k}$"},
    "k": {"ka": r"$\kappa = 0$", "kb": r"$\kappa = 1$"},
    "n": {"na": r"$\nu = 1$", "nb": r"$\nu = \frac1n$"},
}


def combinations(keys, own=("",)):
    """All readings as tuples (suffix, letters): ("@a-sa-wb", {"own": "a", "s": "sa", "w": "wb"})."""
    found = []
    for letters in product(own, *(SWITCHES[key] for key in keys)):
        suffix = "@" + "-".join(letter for letter in letters if letter)
        found.append((suffix, dict(zip(("own", *keys), letters, strict=True))))
    return found


def described(letters):
    """The readings in words, to be put before a statement."""
    words = [SWITCHES[key][letter] for key, letter in letters.items() if key != "own"]
    return f"({'; '.join(words)}) " if words else ""


def condition(latex, reason, test):
    """A hypothesis that is printed, `test(**values)`."""
    return requires(test, f"${latex}$ ({reason})")


def stand_for(**meanings: str) -> dict[str, Real]:
    """Numbers ≥ 0 that stand for norms, means and integrals which no space here has, with what each of them is in TeX."""
    return {name: real(0, stands_for=meaning) for name, meaning in meanings.items()}


def step(latex, reason, test):
    """A step that a norm, an integral or a used claim gives, and that is not executed: `test(**values)`."""
    return granted(test, f"${latex}$ ({reason})", reason)


# One datum x = 1 ∈ R, two neurons, f(x, W) = s (u_1 + u_2), u = W_1 x, W_1 = (1, 1)ᵀ, k = 3. There is no W_2, so p = 2 and a_1 = (s, s),
# and one step of SGD is w ↦ (Id − η a_1 a_1ᵀ) w for every B = n = 1: with η = 1/s² its eigenvalues are 1 and −1, so W* is stable in
# every reading. ‖W_1‖_6 = 2^{1/6} but ‖W_1ᵀ‖_6 = 2^{5/6}. The model is linear in W: it is locally smooth with C = 1.

COLUMN_NOTE = (
    "One datum $x = 1$, $f = s(u_1+u_2)$, $W_1 = (1,1)^T$, $k = 3$, $\\eta = 1/s^2$, $B = n = 1$: the eigenvalues of $A_I$ are 1 and "
    "$-1$, so $W^*$ is stable in every reading, and the gradient does not depend on $W$, so $C = 1$. "
    "$\\|W_1\\|_6 = 2^{1/6}$ while $\\|W_1^T\\|_6 = 2^{5/6}$ (a column: $\\|W_1^T\\|_{2k}$ is the dual norm)."
)


def column_slope(xp, s):
    """‖∇_x f‖ = |W_1ᵀ g| = 2s."""
    return 2 * s


def column_bound(xp, s, kappa):
    """C ω (Γ + κ)/‖x‖ with ω = 2^{1/6}, Γ = √(2/η)·2^{1/6} = √2 s 2^{1/6}."""
    root = xp.exp(xp.log(xp.number(2)) / 6)
    return root * (xp.sqrt(xp.number(2)) * s * root + kappa)


def shared(claims):
    """The status that all claims are expected to have, else "inconclusive": what an entry of readings comes to."""
    statuses = {claim.expected for claim in claims}
    return statuses.pop() if len(statuses) == 1 else "inconclusive"


def entry(id, readings, own="", **fields):
    """An entry with inherited switches; its own readings @a, @b … are entries between it and the combinations."""
    if own:
        groups = [
            (letter, [claim for claim in readings if claim.id.split("@")[1].split("-")[0] == letter])
            for letter in own
        ]
        readings = [
            Claim(id=f"{id}@{letter}", readings=group, expected=shared(group), **fields)
            for letter, group in groups
        ]
    return Claim(id=id, readings=readings, expected=shared(readings), **fields)
