"""A gradient and a mean exchanged, and a difference as the integral of a gradient, for samples that may be steps: false."""

from theorycheck import Claim, Space, dimension, finite_sum, point, real
from theorycheck.algebra import expectation, gaussian, inner, uniform
from theorycheck.derivations import along_segment, by_expansion, chain, derivation, eq


def exchanged(s):
    u, k, f_k = gaussian("u", s.d), s.index("f"), s.sample("f")
    left = expectation(inner(f_k.gradient(s.x + u.vector * s.sigma), s.direction), u, k)
    right = inner(s.f.smoothed_gradient(s.x, s.sigma), s.direction)
    return derivation(chain(left, eq(right, by_expansion("exchange"))), concludes=((left, "=", right),))


def segment(s):
    t, f_k, step = uniform("t"), s.sample("f"), s.y - s.x
    left = f_k(s.y) - f_k(s.x)
    right = expectation(inner(f_k.gradient(s.x + step * t.scalar), step), t)
    link = eq(right, along_segment("fundamental theorem", f_k, s.x, s.y, t))
    return derivation(chain(left, link), concludes=((left, "=", right),))


claims = [
    Claim(
        id="jumping-samples/exchange",
        kind="identity",
        statement=r"$\mathbb E_k\mathbb E_u\nabla f_k(x+\sigma u) = \nabla f_\sigma(x)$ for every finite sum.",
        space=Space(d=dimension(1, 2), f=finite_sum((1, 2)), x=point(), sigma=real(0)),
        derivation=exchanged,
    ),
    Claim(
        id="jumping-samples/segment",
        kind="identity",
        statement=r"$f_k(y)-f_k(x) = \int_0^1\langle\nabla f_k(x+t(y-x)), y-x\rangle dt$ for every finite sum.",
        space=Space(d=dimension(1, 2), f=finite_sum((1, 2)), x=point(), y=point()),
        derivation=segment,
    ),
]
