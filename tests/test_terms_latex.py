"""TeX of terms: an independent reader gets the same numbers, entries are those of NumPy, and nothing explodes."""

import functools
import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.latex_reader import Reader
from theorycheck.terms.latex import name_latex, statement
from theorycheck.terms.latex.parts import MOST_NAMES
from theorycheck.terms.namespaces import numpy_namespace
from theorycheck.terms.nodes import Node, constant, node, variable
from theorycheck.terms.program import compiled
from theorycheck.terms.tracing import Kind, trace

NAMES = ("a", "b", "c")
NUMBERS = st.fractions(-3, 3, max_denominator=100)


def joined(op: str) -> object:
    return lambda pair: node(op, pair, (), ("N",))


def extended(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    pairs = st.tuples(inner, inner)
    return st.one_of(
        *(pairs.map(joined(op)) for op in ("add", "sub", "mul", "div", "maximum", "minimum")),
        inner.map(lambda a: node("neg", (a,), (), ("N",))),
        st.tuples(inner, st.integers(0, 3).map(constant)).map(joined("pow")),
    )


TERMS = st.recursive(NUMBERS.map(constant) | st.sampled_from(NAMES).map(variable), extended, max_leaves=12)


def value(item: Node, values: dict[str, Fraction]) -> Fraction:
    args = [value(arg, values) for arg in item.args]
    made = {
        "constant": lambda: item.params[0],
        "variable": lambda: values[item.params[0]],
        "add": lambda: args[0] + args[1],
        "sub": lambda: args[0] - args[1],
        "mul": lambda: args[0] * args[1],
        "div": lambda: args[0] / args[1],
        "pow": lambda: args[0] ** int(args[1]),
        "neg": lambda: -args[0],
        "maximum": lambda: max(args),
        "minimum": lambda: min(args),
    }
    return Fraction(made[item.op]())


def printed(function, relation: str = "", **kinds: Kind) -> str:
    found = trace(function, kinds, {})
    return statement(found if isinstance(found, tuple) else (found,), relation).formula


@given(TERMS, st.tuples(NUMBERS, NUMBERS, NUMBERS))
def test_a_reader_gets_the_value(item: Node, numbers: tuple[Fraction, ...]) -> None:
    values = dict(zip(NAMES, numbers, strict=True))
    try:
        expected = value(item, values)
    except ZeroDivisionError:
        return
    shown = statement((item,), "")
    assume(not shown.where)  # names are for large formulas
    assert Reader(shown.formula, values).read() == expected


N = Kind("array")
V = Kind("array", ("N", "d"))
D = Kind("size")
F = Kind("function", dimension="d")
SUM = Kind("function", dimension="d", samples=True)


@pytest.mark.parametrize(
    ("function", "tex"),
    [
        (lambda xp, a, b, c: a - (b - c), "a - (b - c)"),
        (lambda xp, a, b, c: a - b - c, "a - b - c"),
        (lambda xp, a, b, c: a + (b - c), "a + b - c"),
        (lambda xp, a, b, c: a - (-b), "a + b"),
        (lambda xp, a, b, c: (a / b) / c, r"\frac{\frac{a}{b}}{c}"),
        (lambda xp, a, b, c: a ** (b**c), "a^{b^{c}}"),
        (lambda xp, a, b, c: (a**b) ** c, "(a^{b})^{c}"),
        (lambda xp, a, b, c: -(a**2), "-a^{2}"),
        (lambda xp, a, b, c: (-a) ** 2, "(-a)^{2}"),
        (lambda xp, a, b, c: (a + b) * c, "(a + b) c"),
        (lambda xp, a, b, c: a * (b + c), r"a \cdot (b + c)"),
        (lambda xp, a, b, c: 2 * (b + c), "2 (b + c)"),
        (lambda xp, a, b, c: a * 2, r"a \cdot 2"),
        (lambda xp, a, b, c: 0 + 1 * a, "a"),
        (lambda xp, a, b, c: xp.sqrt(a) * abs(b), r"\sqrt{a} |b|"),
        (lambda xp, a, b, c: a ** Fraction(1, 2), r"\sqrt{a}"),
        (lambda xp, a, b, c: xp.exp(a / b), r"\exp\left( \frac{a}{b} \right)"),
        (lambda xp, a, b, c: (a < b) & ((b < c) | (a == c)), r"a < b \wedge (b < c \vee a = c)"),
        (lambda xp, a, b, c: ~(a == b), r"a \ne b"),
        (lambda xp, a, b, c: ((a < b) ^ (b < c)) | (a < c), r"(a < b \oplus b < c) \vee a < c"),
        (lambda xp, a, b, c: a % b + c, r"(a \bmod b) + c"),
        (lambda xp, a, b, c: xp.maximum(xp.maximum(a, b), c), r"\max(a, b, c)"),
        (lambda xp, a, b, c: xp.where(a < b, 1, 0), r"\mathbf{1}[a < b]"),
        (
            lambda xp, a, b, c: xp.where(a < b, a, c),
            r"\begin{cases} a & \text{if } a < b \\ c & \text{otherwise} \end{cases}",
        ),
    ],
)
def test_numbers(function, tex: str) -> None:
    assert printed(function, a=N, b=N, c=N) == tex


@pytest.mark.parametrize(
    ("function", "tex"),
    [
        (lambda xp, x, y, t: xp.vecdot(x, x), r"\lVert x \rVert^{2}"),
        (lambda xp, x, y, t: xp.vecdot(x, y - x), r"\langle x, y - x \rangle"),
        (lambda xp, x, y, t: xp.norm(x - xp.scale(t, y)), r"\lVert x - t y \rVert"),
        (lambda xp, x, y, t: xp.norm(x * y), r"\lVert (x_{i} y_{i})_{i \le d} \rVert"),
        (lambda xp, x, y, t: (x * y).sum(axis=-1), r"\sum_{i=1}^{d} x_{i} y_{i}"),
        (lambda xp, x, y, t: (x + y).sum(axis=-1) * t, r"\left( \sum_{i=1}^{d} (x_{i} + y_{i}) \right) t"),
        (lambda xp, x, y, t: x[:, 0] - y[:, -1], "x_{1} - y_{d}"),
        (lambda xp, x, y, t: xp.max(abs(x), axis=-1), r"\max_{i \le d} |x_{i}|"),
        (
            lambda xp, x, y, t: (x[:, :, None] * y[:, None, :]).sum(axis=(1, 2)),
            r"\sum_{i=1}^{d} \sum_{j=1}^{d} x_{i} y_{j}",
        ),
    ],
)
def test_vectors(function, tex: str) -> None:
    assert printed(function, x=V, y=V, t=N) == tex


@pytest.mark.parametrize(
    ("function", "tex"),
    [
        (lambda xp, f, g, x, sigma, d: f(x) ** 2, "f(x)^{2}"),
        (lambda xp, f, g, x, sigma, d: xp.norm(f.gradient(x)), r"\lVert \nabla f(x) \rVert"),
        (lambda xp, f, g, x, sigma, d: f.gradient(x)[:, 0] ** 2, r"(\partial_{1} f(x))^{2}"),
        (lambda xp, f, g, x, sigma, d: f.smoothed(x, sigma), r"f_{\sigma}(x)"),
        (
            lambda xp, f, g, x, sigma, d: f(x - xp.scale(sigma, f.smoothed_gradient(x, sigma))),
            r"f(x - \sigma \nabla f_{\sigma}(x))",
        ),
        (
            lambda xp, f, g, x, sigma, d: xp.sample_mean(g, lambda h: h(x)),
            r"\mathbb{E}_{k}[g_{k}(x)]",
        ),
        (
            lambda xp, f, g, x, sigma, d: xp.gaussian_mean(lambda u: xp.vecdot(u, x), d, 1),
            r"\mathbb{E}_{u \sim N(0, \frac{1}{2} I_{d})}[\langle u, x \rangle]",
        ),
        (lambda xp, f, g, x, sigma, d: f.smoothness * d, r"\mathrm{Lip}(\nabla f) d"),
    ],
)
def test_functions(function, tex: str) -> None:
    assert printed(function, f=F, g=SUM, x=V, sigma=N, d=D) == tex


def test_letters_that_mean_something_are_not_used_again() -> None:
    kinds = {
        "i": Kind("array", ("N", "k")),
        "k": D,
        "u": N,
        "f": Kind("function", dimension="k", samples=True),
    }
    text = printed(lambda xp, i, k, u, f: i.sum(axis=-1) + u * xp.sample_mean(f, lambda g: g(i)), **kinds)
    assert text == r"\left( \sum_{j=1}^{k} i_{j} \right) + u \mathbb{E}_{l}[f_{l}(i)]"


def test_relations_of_arrays_hold_for_every_entry() -> None:
    text = printed(lambda xp, x, y: (abs(x), y), "<=", x=V, y=V)
    assert text == r"|x_{i}| \le y_{i} \quad (i \le d)"


def rearranged() -> list[object]:
    return [
        lambda xp, x: x[:, 1:, ::-1],
        lambda xp, x: xp.moveaxis(x, 2, 1),
        lambda xp, x: x.transpose(0, 2, 1)[:, :, -1],
        lambda xp, x: xp.flip(x, axis=1),
        lambda xp, x: xp.reshape(x, (-1, 6)),
        lambda xp, x: xp.stack([x[:, 0], x[:, 1]], axis=-1),
        lambda xp, x: xp.concatenate([x[:, 1], x[:, 0]], axis=-1),
        lambda xp, x: xp.cumsum(x, axis=1),
        lambda xp, x: xp.einsum("nij,nkj->nik", x, x),
        lambda xp, x: xp.matmul(x, xp.swapaxes(x, 1, 2)),
        lambda xp, x: x.sum(axis=1),
        lambda xp, x: x[:, [1, 0]],
    ]


@pytest.mark.parametrize("function", rearranged())
def test_entries_are_those_of_numpy(function) -> None:
    """Each entry as it prints, read with the numbers of x, is the entry that NumPy computes."""
    item = trace(function, {"x": Kind("array", ("N", 2, 3))}, {})
    x = np.arange(1, 7).reshape(1, 2, 3)
    (expected,) = compiled((item,))(numpy_namespace(), {"x": x.astype(float)}, 1)
    for place in itertools.product(*(range(length) for length in item.shape[1:])):
        entry = node("getitem", (item,), (("slice", None, None, None), *place), ("N",))
        text = statement((entry,), "").formula
        for i, j in itertools.product(range(2), range(3)):
            text = text.replace(f"x_{{{i + 1}, {j + 1}}}", f"({x[0, i, j]})")
        text = summed(text, x)
        assert Reader(text, {}).read() == expected[(0, *place)], text


def summed(text: str, x: np.ndarray) -> str:
    """Write out a sum over one letter."""
    if not text.startswith(r"\sum_{"):
        return text
    letter, end, body = text[6], int(text[text.index("^{") + 2]), text[text.index("^{") + 4 :]
    terms = []
    for n in range(1, end + 1):
        term = body
        for other in range(1, 4):
            for a, b in ((letter, other), (other, letter)):
                i, j = (n if one == letter else one for one in (a, b))
                if i <= x.shape[1] and j <= x.shape[2]:
                    term = term.replace(f"x_{{{a}, {b}}}", f"({x[0, i - 1, j - 1]})")
        terms.append(term)
    return " + ".join(terms)


@given(st.integers(1, 400), st.booleans())
def test_large_formulas_stay_short(steps: int, shared: bool) -> None:
    def grown(xp, a, b):
        for step in range(steps):
            a = a * a + b if shared else xp.sin(a) + step * b
        return a

    item = trace(grown, {"a": N, "b": N}, {})
    shown = statement((item, variable("b")), "<=")
    assert len(shown.formula) + sum(len(text) for _, text in shown.where) < 6000
    assert len(shown.where) <= MOST_NAMES
    told = " ".join((shown.formula, *(text for _, text in shown.where)))
    names = [name for name, _ in shown.where]
    assert all(name in told for name in names)


def test_past_a_few_names_parts_are_counted() -> None:
    def step(a: Node, _: int) -> Node:
        return node("add", (node("mul", (a, a), (), ("N",)), variable("b")), (), ("N",))

    shown = statement((functools.reduce(step, range(300), variable("x")),), "")
    assert len(shown.where) == MOST_NAMES
    assert r"parts)}" in shown.where[-1][1]


@given(st.sampled_from(["sigma", "x", "lambda", "eta"]), st.sampled_from(["0", "star", "k", "max"]))
def test_names(stem: str, index: str) -> None:
    assert name_latex(f"{stem}_{index}").startswith(name_latex(stem) + "_{")
    assert name_latex(f"{stem}_") == name_latex(stem)
