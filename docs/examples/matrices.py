"""Matrices, choices and sizes."""

from theorycheck import Claim, Space, choice, dimension, matrix, point, vector


def operator_norm(xp, A, x):
    product = xp.matmul(A, x[..., None])[..., 0]
    frobenius = xp.sqrt(xp.sum(A * A, axis=(-2, -1)))
    return xp.norm(product), frobenius * xp.norm(x)


frobenius = Claim(
    id="examples/frobenius",
    statement=r"$\|Ax\| \le \|A\|_F\|x\|$ for $A \in \mathbb R^{3 \times d}$.",
    space=Space(d=dimension(1, 2, 4), A=matrix(3, "d"), x=point()),
    sides=operator_norm,
    expected="supported",
)


def largest_entry(xp, w, n):
    """n arrives as a Python int: it may be a size or the number of turns of a loop."""
    return xp.sum(w * w, axis=-1), n * xp.max(xp.abs(w), axis=-1) ** 2


entries = Claim(
    id="examples/largest-entry",
    statement=r"$\|w\|^2 \le n \max_i w_i^2$ for $w \in \mathbb R^n$.",
    space=Space(n=choice(1, 2, 5), w=vector("n", -10, 10)),
    sides=largest_entry,
    expected="supported",
)
