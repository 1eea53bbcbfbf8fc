"""A hypothesis of one's own: anything with `latex`, `names()` and `holds(xp, values)`."""

from dataclasses import dataclass

from theorycheck import Claim, Space, dimension, function, point, requires


@dataclass(frozen=True)
class Increasing:
    """f(x) ≤ f(y), for two points that the space draws."""

    f: str
    x: str
    y: str

    @property
    def latex(self):
        return f"${self.f}({self.x}) \\le {self.f}({self.y})$"

    def names(self):
        return (self.f, self.x, self.y)

    def holds(self, xp, values):
        f = values[self.f]
        return f(values[self.x]) <= f(values[self.y])


def smoothed_values(xp, f, x, y):
    return f.smoothed(x, 1), f.smoothed(y, 1)


order = Claim(
    id="examples/order-survives-smoothing",
    statement=r"$f(x) \le f(y) \Rightarrow f_1(x) \le f_1(y)$ (false).",
    space=Space(d=dimension(1, 2), f=function(), x=point(), y=point()),
    hypotheses=[Increasing("f", "x", "y")],
    sides=smoothed_values,
    expected="refuted",
)


def triangle(xp, x, y):
    return xp.norm(x + y), xp.norm(x) + xp.norm(y)


acute = Claim(
    id="examples/strict-triangle",
    statement=r"$\langle x, y\rangle < \|x\|\|y\| \Rightarrow \|x+y\| < \|x\|+\|y\|$.",
    space=Space(d=dimension(2, 3), x=point(), y=point()),
    hypotheses=[requires(lambda xp, x, y: xp.vecdot(x, y) < xp.norm(x) * xp.norm(y), r"$x, y$ not parallel")],
    sides=triangle,
    relation="<",
    expected="supported",
)
