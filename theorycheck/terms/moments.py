"""Gaussian means of polynomials, taken exactly: E p(u), u ~ N(0, I/2), as a term without u.

The body of the mean is expanded into monomials of the coordinates of u, whose coefficients are terms; each coordinate has
the moments E u_i^{2k} = (2k−1)!!/2^k and odd ones 0, and coordinates are independent. So the mean needs no quadrature, no
declared degree, and is exact wherever its coefficients are.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from theorycheck.errors import TraceError
from theorycheck.terms.nodes import Node, constant, node, ordered
from theorycheck.terms.proxies import Proxy, array_constant, index_of, lift
from theorycheck.terms.tracing import building
from theorycheck.terms.tracing_namespace import XP

Monomial = tuple[tuple[int, int], ...]
"""Pairs (coordinate, exponent), sorted; () is 1."""
Polynomial = dict[Monomial, Node]
LARGEST = 20_000
"""Products of coefficients that one mean may take."""
LINEAR = (
    "sum",
    "mean",
    "getitem",
    "reshape",
    "moveaxis",
    "swapaxes",
    "transpose",
    "expand_dims",
    "squeeze",
    "repeat",
    "broadcast_to",
    "flip",
    "trace",
    "diagonal",
)
"""Operations of one argument that are linear in it."""
BILINEAR = ("mul", "vecdot", "scale", "matmul")


class NotPolynomialError(TraceError):
    """The body of a Gaussian mean is no polynomial of u, or a too large one."""


def without_gaussian_means(
    roots: tuple[Node, ...], sizes: Mapping[str, int], degree_of: Callable[[tuple[Any, ...]], int | None]
) -> tuple[Node, ...]:
    """Replace every Gaussian mean of a polynomial by its value.

    Raises TraceError for a mean of anything else.

    A mean of polynomial functions of the space stays, with the degree of its body.

    `sizes` gives the dimensions that are not fixed in the terms, `degree_of(path)` the degree of a function.
    """
    if not any(item.op == "gaussian_mean" for item in ordered(roots)):
        return roots
    with building():
        made: dict[int, Node] = {}
        return tuple(_replaced(root, sizes, degree_of, made) for root in _with_lengths(roots, sizes))


def _with_lengths(roots: tuple[Node, ...], sizes: Mapping[str, int]) -> list[Node]:
    """The same terms, the lengths that `sizes` gives written into the shapes."""

    def fixed(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(fixed(item) for item in value)
        return sizes.get(value, value) if isinstance(value, str) else value

    made: dict[int, Node] = {}
    for item in ordered(roots):
        args = tuple(made[id(arg)] for arg in item.args)
        params = fixed(item.params) if item.op in ("reshape", "full", "broadcast_to") else item.params
        made[id(item)] = node(item.op, args, params, fixed(item.shape), item.truth)
    return [made[id(root)] for root in roots]


def _replaced(
    root: Node,
    sizes: Mapping[str, int],
    degree_of: Callable[[tuple[Any, ...]], int | None],
    made: dict[int, Node],
) -> Node:
    for item in ordered([root]):
        if id(item) in made:
            continue
        args = tuple(made[id(arg)] for arg in item.args)
        new = item
        if any(a is not b for a, b in zip(args, item.args, strict=True)):
            new = node(item.op, args, item.params, item.shape, item.truth)
        if new.op == "gaussian_mean":
            new = _mean(new, sizes, degree_of)
        made[id(item)] = new
    return made[id(root)]


def _mean(item: Node, sizes: Mapping[str, int], degree_of: Callable[[tuple[Any, ...]], int | None]) -> Node:
    body, dimension = item.args
    length = sizes.get(dimension.params[0]) if dimension.op == "size" else int(dimension.params[0])
    if length is None:
        return item
    try:
        polynomial = _expanded(body, item.params[0], length)
    except NotPolynomialError:
        degree = degree_in(body, item.params[0], degree_of)
        if degree is None:
            raise TraceError(
                "the integrand of gaussian_mean is no polynomial of u, so that no rule takes its mean exactly"
            ) from None
        declared = item.params[1]
        return node(item.op, item.args, (item.params[0], declared, degree), item.shape, item.truth)
    total: Any = 0
    for monomial, coefficient in polynomial.items():
        moment = Fraction(1)
        for _, exponent in monomial:
            moment *= _moment(exponent)
        if moment:
            total = total + Proxy(coefficient) * moment
    mean = lift(total)
    return mean if mean.shape == body.shape else lift(total + Proxy(_zeros(body)))


def _zeros(body: Node) -> Node:
    return node("full", (constant(0),), body.shape, body.shape)


def _moment(exponent: int) -> Fraction:
    """E t^exponent for t ~ N(0, 1/2)."""
    if exponent % 2:
        return Fraction(0)
    half = exponent // 2
    odd = 1
    for k in range(1, exponent, 2):
        odd *= k
    return Fraction(odd, 2**half)


def degree_in(body: Node, bound: str, degree_of: Callable[[tuple[Any, ...]], int | None]) -> int | None:
    """The degree of a body in the variable that is bound; None where it is no polynomial of it.

    `degree_of(path)` is the degree of a function of the space, None if it is no polynomial.
    """
    found: dict[int, int | None] = {}
    for item in ordered([body]):
        args = [found[id(arg)] for arg in item.args]
        if bound not in item.free:
            found[id(item)] = 0
        elif any(arg is None for arg in args):
            found[id(item)] = None
        else:
            found[id(item)] = _degree(item, [arg or 0 for arg in args], degree_of)
    return found[id(body)]


def _degree(item: Node, args: list[int], degree_of: Callable[[tuple[Any, ...]], int | None]) -> int | None:
    op = item.op
    if op == "bound":
        return 1
    if op == "function":
        own = degree_of(item.params[0])
        if own is None or any(args[1:]):  # a scale σ that moves with u
            return None
        return own * args[0]
    if op == "div" and args[1] == 0:
        return args[0]
    if op == "where" and args[0] == 0:
        return max(args[1:])
    if op == "pow" and item.args[1].op == "constant":
        exponent = item.args[1].params[0]
        return args[0] * int(exponent) if exponent.denominator == 1 and exponent >= 0 else None
    if op == "square":
        return 2 * args[0]
    if op in BILINEAR:
        return args[0] + args[1]
    if op in ("add", "sub", "neg", "stack", "concatenate", "gaussian_mean", "sample_mean") or op in LINEAR:
        return max(args)
    return None


def _expanded(body: Node, bound: str, length: int) -> Polynomial:
    """The body as a polynomial of the coordinates of the variable that is bound."""
    made: dict[int, Polynomial] = {}
    squares: set[int] = set()
    """Norms of u, of which `made` has the squares."""
    work = itertools.count()
    for item in ordered([body]):
        if bound not in item.free:
            made[id(item)] = {(): item}
        elif item.op == "norm":  # a polynomial under an even power only, see `_power`
            made[id(item)] = _squared_norm(item, made[id(item.args[0])], id(item.args[0]) in squares, work)
            squares.add(id(item))
        elif any(id(arg) in squares for arg in item.args) and not _is_even_power(item):
            raise NotPolynomialError("a norm of u that is not squared")
        elif item.op == "bound":
            made[id(item)] = {((i, 1),): _unit(i, length) for i in range(length)}
        else:
            made[id(item)] = _one(item, [made[id(arg)] for arg in item.args], work)
    if id(body) in squares:
        raise NotPolynomialError("a norm of u that is not squared")
    return made[id(body)]


def _squared_norm(item: Node, inner: Polynomial, is_squared: bool, work: Any) -> Polynomial:
    """Of a norm over the last axis; `is_squared` says that `inner` has the squares of the entries already."""
    argument = item.args[0]
    if is_squared:
        return {key: lift(Proxy(_at_shape_of(argument, part)).sum(axis=-1)) for key, part in inner.items()}
    whole = {key: _at_shape_of(argument, part) for key, part in inner.items()}
    return _product(functools.partial(_apply, "vecdot"), whole, whole, work)


def _is_even_power(item: Node) -> bool:
    exponent = item.args[1].params[0] if item.op == "pow" and item.args[1].op == "constant" else Fraction(1)
    return item.op == "square" or (exponent.denominator == 1 and exponent >= 0 and exponent % 2 == 0)


def _unit(index: int, length: int) -> Node:
    return array_constant((1, length), tuple(Fraction(int(j == index)) for j in range(length)))


def _one(item: Node, args: list[Polynomial], work: Any) -> Polynomial:
    op = item.op
    if op in ("add", "sub"):
        return _sum(args[0], args[1], 1 if op == "add" else -1)
    if op == "neg":
        return _sum({}, args[0], -1)
    if op in BILINEAR:
        if op != "mul":  # vectors and matrices: a coefficient that broadcasts to their shape has another one
            args = [
                {key: _at_shape_of(argument, part) for key, part in polynomial.items()}
                for argument, polynomial in zip(item.args, args, strict=True)
            ]
        return _product(functools.partial(_apply, op), args[0], args[1], work)
    if op == "square" and item.args[0].op == "norm":
        return args[0]
    if op == "square":
        return _product(functools.partial(_apply, "mul"), args[0], args[0], work)
    if op == "div" and list(args[1]) == [()]:
        return {monomial: lift(Proxy(part) / Proxy(args[1][()])) for monomial, part in args[0].items()}
    if op == "pow" and item.args[1].op == "constant":
        return _power(item, args, work)
    if op in LINEAR:
        return _kept({monomial: _linear(item, part) for monomial, part in args[0].items()})
    if op in ("stack", "concatenate"):
        return _together(item, args)
    if op == "where" and list(args[0]) == [()]:
        test = args[0][()]
        keys = dict.fromkeys([*args[1], *args[2]])
        return {
            key: lift(
                XP.where(Proxy(test), Proxy(args[1].get(key, _NOUGHT)), Proxy(args[2].get(key, _NOUGHT)))
            )
            for key in keys
        }
    raise NotPolynomialError(f"{op} of u is no polynomial")


_NOUGHT = constant(0)


def _power(item: Node, args: list[Polynomial], work: Any) -> Polynomial:
    exponent = item.args[1].params[0]
    if exponent.denominator != 1 or exponent < 0:
        raise NotPolynomialError("a power of u that is no polynomial")
    result: Polynomial = {(): constant(1)}
    halved = 2 if item.args[0].op == "norm" else 1
    for _ in range(int(exponent) // halved):
        result = _product(functools.partial(_apply, "mul"), result, args[0], work)
    return result


def _sum(first: Polynomial, second: Polynomial, sign: int) -> Polynomial:
    total = dict(first)
    for monomial, part in second.items():
        signed = Proxy(part) if sign > 0 else -Proxy(part)
        total[monomial] = _folded(lift(Proxy(total[monomial]) + signed if monomial in total else signed))
    return _kept(total)


def _product(
    apply: Callable[[Node, Node], Node], first: Polynomial, second: Polynomial, work: Any
) -> Polynomial:
    total: Polynomial = {}
    for m, a in first.items():
        for n, b in second.items():
            if next(work) > LARGEST:
                raise NotPolynomialError("the polynomial of u is too large")
            made = _folded(apply(a, b))
            if _is_zero(made):
                continue
            powers = dict(m)
            for index, exponent in n:
                powers[index] = powers.get(index, 0) + exponent
            key = tuple(sorted(powers.items()))
            total[key] = _folded(lift(Proxy(total[key]) + Proxy(made))) if key in total else made
    return total


def _apply(op: str, a: Node, b: Node) -> Node:
    if op == "mul":
        return lift(Proxy(a) * Proxy(b))
    return lift({"vecdot": XP.vecdot, "scale": XP.scale, "matmul": XP.matmul}[op](Proxy(a), Proxy(b)))


def _linear(item: Node, part: Node) -> Node:
    """A linear operation of one argument on a coefficient, which broadcasts to the argument's shape."""
    return _folded(node(item.op, (_at_shape_of(item.args[0], part),), item.params, item.shape, item.truth))


def _at_shape_of(argument: Node, part: Node) -> Node:
    """A coefficient of an argument, broadcast to the argument's shape."""
    if part.shape == argument.shape:
        return part
    part = _folded(lift(Proxy(part) + Proxy(node("full", (_NOUGHT,), argument.shape, argument.shape))))
    if part.shape != argument.shape:
        raise NotPolynomialError("a coefficient has another shape")
    return part


def _together(item: Node, args: list[Polynomial]) -> Polynomial:
    keys = dict.fromkeys(key for part in args for key in part)
    result: Polynomial = {}
    for key in keys:
        parts = []
        for argument, polynomial in zip(item.args, args, strict=True):
            parts.append(_at_shape_of(argument, polynomial.get(key, _NOUGHT)))
        result[key] = node(item.op, tuple(parts), item.params, item.shape)
    return result


def _kept(polynomial: Polynomial) -> Polynomial:
    return {monomial: part for monomial, part in polynomial.items() if not _is_zero(part)}


def _is_zero(item: Node) -> bool:
    if item.op == "constant":
        return not item.params[0]
    return item.op == "array" and not any(item.params[1])


def _folded(item: Node) -> Node:
    """The exact array that an operation on exact arrays gives; other terms as they are."""
    if not item.args or not all(arg.op in ("constant", "array") for arg in item.args):
        return item
    arrays = [_as_array(arg) for arg in item.args]
    result: Any
    if item.op in ("add", "sub", "mul"):
        result = {"add": np.add, "sub": np.subtract, "mul": np.multiply}[item.op](*arrays)
    elif item.op == "neg":
        result = -arrays[0]
    elif item.op == "vecdot":
        result = (arrays[0] * arrays[1]).sum(axis=-1)
    elif item.op == "scale":
        result = np.asarray(arrays[0], dtype=object)[..., None] * arrays[1]
    elif item.op in ("sum", "getitem", "reshape") and all(isinstance(length, int) for length in item.shape):
        result = _rearranged(item, arrays[0])
    else:
        return item
    found = np.asarray(result, dtype=object)
    return array_constant(found.shape, tuple(Fraction(value) for value in found.ravel().tolist()))


def _rearranged(item: Node, array: Any) -> Any:
    if item.op == "getitem":
        return array[index_of(item.params)]
    if item.op == "reshape":
        return array.reshape(item.shape)
    return array.sum(**dict(item.params))


def _as_array(item: Node) -> Any:
    if item.op == "constant":
        return np.asarray(item.params[0], dtype=object)
    shape, values = item.params
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array.reshape(shape)
