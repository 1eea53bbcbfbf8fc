"""What a formula calls while it is read: the namespace `xp`, and the functions of the space."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from theorycheck.errors import TraceError
from theorycheck.terms import table
from theorycheck.terms.nodes import BATCH, Length, Node, Shape, constant, node, size
from theorycheck.terms.numbers import exact
from theorycheck.terms.proxies import (
    LARGEST,
    READING,
    Proxy,
    ValueDemandedError,
    arranged,
    array_constant,
    as_number,
    compared,
    connected,
    infinity,
    lift,
    negated,
    of_one,
    of_two,
    reduced,
    refuse_parameters,
    shape_of,
    shown_length,
    stacked,
    truth_of,
    whole,
)
from theorycheck.terms.shapes import array_function, broadcast, inferred, shown_shape


class _LinearAlgebra:
    def norm(self, a: Any, ord: Any = None, axis: Any = None, **parameters: Any) -> Proxy:
        refuse_parameters("linalg.norm", parameters)
        if axis != -1 or ord not in (None, 2):
            raise TraceError(
                "xp.linalg.norm is the Euclidean norm over axis=-1; for matrices use xp.linalg.svdvals"
            )
        found: Proxy = XP.norm(a)
        return found

    def eigvalsh(self, a: Any) -> Proxy:
        return arranged("eigvalsh", (a,))

    def svdvals(self, a: Any) -> Proxy:
        return arranged("svdvals", (a,))

    def det(self, a: Any) -> Proxy:
        return arranged("det", (a,))

    def inv(self, a: Any) -> Proxy:
        return arranged("inv", (a,))

    def __getattr__(self, name: str) -> Any:
        raise TraceError(f"xp.linalg.{name} has no term; there are norm, eigvalsh, svdvals, det and inv")


_POSITIONAL = {
    "moveaxis": ("source", "destination"),
    "swapaxes": ("axis1", "axis2"),
    "broadcast_to": ("shape",),
    "transpose": ("axes",),
    "repeat": ("repeats", "axis"),
    "roll": ("shift", "axis"),
    "tile": ("reps",),
    "take": ("indices", "axis"),
    "diff": ("n", "axis"),
    "diagonal": ("offset", "axis1", "axis2"),
    "trace": ("offset", "axis1", "axis2"),
    "triu": ("k",),
    "tril": ("k",),
    "tensordot": ("axes",),
}


class TracingNamespace:
    """The namespace `xp` of a formula that is being read."""

    name = "terms"
    newaxis = None
    float64 = float
    linalg = _LinearAlgebra()

    @property
    def pi(self) -> Proxy:
        return Proxy(node("pi"))

    @property
    def e(self) -> Proxy:
        return of_one("exp", 1)

    @property
    def inf(self) -> Proxy:
        return Proxy(infinity(1))

    def __getattr__(self, name: str) -> Any:
        op = table.ALIASES.get(name, name)
        if op != name and hasattr(type(self), op):
            return getattr(self, op)
        if op in table.FUNCTIONS:
            return _entrywise(table.FUNCTIONS[op])
        if op in table.ARITHMETIC:
            return lambda a, b: of_two(op, a, b)
        if op in table.COMPARISONS:
            return lambda a, b: compared(op, a, b)
        if op in table.LOGIC:
            return lambda a, b: connected(op, a, b)
        if op in table.REDUCTIONS:
            return _reducing(op)
        if op in table.REARRANGEMENTS:
            return _rearranging(op)
        if op == "not":
            return negated
        if op == "neg":
            return lambda a: of_one("neg", a)
        raise TraceError(f"xp.{name} has no term; theorycheck.terms.table lists what a formula may call")

    def number(self, value: Any) -> Proxy:
        """An exact number: an int, a Fraction, or a string such as "0.3"."""
        return Proxy(constant(exact(value)) if not isinstance(value, Proxy) else value.node)

    def where(self, condition: Any, a: Any, b: Any) -> Proxy:
        test = truth_of(condition, "xp.where")
        first, second = lift(a), lift(b)
        if not (first.truth and second.truth):
            first, second = as_number(first), as_number(second)
        if test.op == "truth":
            chosen = first if test.params[0] else second
            shape = broadcast(first.shape, second.shape)
            if chosen.shape == shape:
                return Proxy(chosen)
        shape = broadcast(test.shape, first.shape, second.shape)
        return Proxy(node("where", (test, first, second), (), shape, truth=first.truth))

    def clip(self, a: Any, low: Any = None, high: Any = None, **parameters: Any) -> Any:
        low = parameters.pop("min", parameters.pop("a_min", low))
        high = parameters.pop("max", parameters.pop("a_max", high))
        refuse_parameters("clip", parameters)
        if low is not None:
            a = self.maximum(a, low)
        return a if high is None else self.minimum(a, high)

    def hypot(self, a: Any, b: Any) -> Proxy:
        return self.sqrt(a * a + b * b)  # type: ignore[no-any-return]

    def vecdot(self, a: Any, b: Any, axis: int = -1) -> Proxy:
        if axis != -1:
            raise TraceError("xp.vecdot is the inner product over the last axis")
        x, y = as_number(lift(a)), as_number(lift(b))
        shape = broadcast(_vector(x, "xp.vecdot"), _vector(y, "xp.vecdot"))
        if x.shape[-1] != y.shape[-1]:
            raise TraceError(f"xp.vecdot of vectors of the lengths {x.shape[-1]} and {y.shape[-1]}")
        return Proxy(node("vecdot", (x, y), (), shape[:-1]))

    def dot(self, a: Any, b: Any) -> Proxy:
        raise TraceError("xp.dot has no term; use xp.vecdot for inner products, xp.matmul for matrices")

    def norm(self, a: Any) -> Proxy:
        x = as_number(lift(a))
        return Proxy(node("norm", (x,), (), _vector(x, "xp.norm")[:-1]))

    def scale(self, factor: Any, x: Any) -> Proxy:
        t, point = as_number(lift(factor)), as_number(lift(x))
        return Proxy(node("scale", (t, point), (), broadcast((*t.shape, 1), point.shape)))

    def semidefinite(self, matrix: Any) -> Proxy:
        """Whether xᵀAx ≥ 0 for all x, matrices A of shape (N, k, k): that they are positive semidefinite, if symmetric."""
        item = as_number(lift(matrix))
        if len(item.shape) < 2 or item.shape[-1] != item.shape[-2]:
            raise TraceError(
                f"xp.semidefinite needs square matrices, not the shape {shown_shape(item.shape)}"
            )
        return Proxy(node("semidefinite", (item,), (), item.shape[:-2], truth=True))

    def asarray(self, value: Any, dtype: Any = None, **parameters: Any) -> Proxy:
        refuse_parameters("asarray", {"dtype": dtype, **parameters})
        return value if isinstance(value, Proxy) else Proxy(lift(value))

    array = asarray
    ascontiguousarray = asarray
    float = asarray

    def stack(self, arrays: Any, axis: int = 0, **parameters: Any) -> Proxy:
        refuse_parameters("stack", parameters)
        parts = [as_number(lift(item)) for item in arrays]
        if axis == 0:
            return Proxy(stacked(parts))
        return arranged("stack", tuple(Proxy(part) for part in parts), axis=axis)

    def concatenate(self, arrays: Any, axis: int = 0, **parameters: Any) -> Proxy:
        refuse_parameters("concatenate", parameters)
        return arranged("concatenate", tuple(arrays), axis=axis)

    def reshape(self, a: Any, shape: Any, **parameters: Any) -> Proxy:
        refuse_parameters("reshape", parameters)
        x, target = lift(a), shape_of(shape)
        found = inferred(array_function("reshape"), (x.shape,), {"shape": target})
        return Proxy(node("reshape", (x,), target, found, x.truth))

    def full(self, shape: Any, value: Any, dtype: Any = None, **parameters: Any) -> Proxy:
        refuse_parameters("full", {"dtype": dtype, **parameters})
        lengths = shape_of(shape)
        filling = lift(value)
        if filling.op == "constant" and all(isinstance(length, int) for length in lengths):
            count = 1
            for length in lengths:
                count *= int(length)
            return Proxy(array_constant(tuple(map(int, lengths)), (filling.params[0],) * count))
        if broadcast(filling.shape, lengths) != lengths:
            raise TraceError(f"the shape {shown_shape(filling.shape)} does not fill {shown_shape(lengths)}")
        return Proxy(node("full", (filling,), lengths, lengths, filling.truth))

    def zeros(self, shape: Any, dtype: Any = None, **parameters: Any) -> Proxy:
        return self.full(shape, 0, dtype, **parameters)

    def ones(self, shape: Any, dtype: Any = None, **parameters: Any) -> Proxy:
        return self.full(shape, 1, dtype, **parameters)

    def full_like(self, a: Any, value: Any, **parameters: Any) -> Proxy:
        return self.ones_like(a, **parameters) * value  # type: ignore[no-any-return]

    def arange(self, *bounds: Any, **parameters: Any) -> Proxy:
        refuse_parameters("arange", {**parameters, "dtype": None})
        numbers = [exact(_plain(bound)) for bound in bounds]
        start, stop, step = (
            (Fraction(0), numbers[0], Fraction(1))
            if len(numbers) == 1
            else (*numbers, Fraction(1))
            if len(numbers) == 2
            else numbers
        )
        count = max(0, -((start - stop) // step))
        if not 0 < count <= LARGEST:
            raise TraceError(f"xp.arange makes {count} numbers")
        return Proxy(array_constant((int(count),), tuple(start + step * k for k in range(int(count)))))

    def linspace(self, start: Any, stop: Any, num: int = 50, **parameters: Any) -> Proxy:
        refuse_parameters("linspace", parameters)
        low, high, count = exact(_plain(start)), exact(_plain(stop)), whole(num)
        step = (high - low) / max(count - 1, 1)
        return Proxy(array_constant((count,), tuple(low + step * k for k in range(count))))

    def eye(self, count: Any, **parameters: Any) -> Proxy:
        refuse_parameters("eye", {**parameters, "dtype": None})
        n = whole(count)
        return Proxy(array_constant((n, n), tuple(Fraction(int(i == j)) for i in range(n) for j in range(n))))

    identity = eye

    def broadcast_arrays(self, *arrays: Any) -> list[Proxy]:
        parts = [as_number(lift(item)) for item in arrays]
        shape = broadcast(*(part.shape for part in parts))
        return [Proxy(node("broadcast_to", (part,), (("shape", shape),), shape)) for part in parts]

    def einsum(self, subscripts: str, *arrays: Any, **parameters: Any) -> Proxy:
        refuse_parameters("einsum", parameters)
        return arranged("einsum", arrays, subscripts=subscripts)

    def shape(self, a: Any) -> Any:
        return Proxy(lift(a)).shape

    def ndim(self, a: Any) -> int:
        return len(lift(a).shape)

    def gaussian_mean(self, integrand: Callable[[Any], Any], dimension: Any, degree: int) -> Proxy:
        """E integrand(u), u ~ N(0, I/2), for a polynomial of at most that degree."""
        count = Proxy(size(dimension.node.params[0])) if _is_open_size(dimension) else whole(dimension)
        length = dimension.node.params[0] if _is_open_size(dimension) else whole(dimension)
        name = f"bound u{next(READING.get().bound)}"
        point = node("bound", (), (name,), (1, length))
        body = as_number(lift(integrand(Proxy(point))))
        args = (body, lift(count))
        return Proxy(node("gaussian_mean", args, (name, whole(degree)), body.shape))

    def sample_mean(self, f: Any, integrand: Callable[[Any], Any]) -> Proxy:
        """E_k integrand(f_k) over the samples of a finite sum."""
        if not isinstance(f, FunctionProxy) or not f.has_samples:
            raise TraceError("xp.sample_mean is a mean over the samples of a finite_sum(…)")
        name = f"bound k{next(READING.get().bound)}"
        body = as_number(lift(integrand(FunctionProxy((*f.path, name), f.length, None, False))))
        shape = body.shape if BATCH in body.shape else broadcast((BATCH,), body.shape)
        return Proxy(node("sample_mean", (body,), (name, f.path), shape))


def _vector(item: Node, what: str) -> Shape:
    """The shape of vectors: their last axis is no batch."""
    if not item.shape or item.shape[-1] == BATCH:
        raise TraceError(f"{what} needs vectors: arrays of shape (N, d), not {shown_shape(item.shape)}")
    return item.shape


def _plain(value: Any) -> Any:
    if isinstance(value, Proxy):
        return value.node.params[0] if value.node.op == "constant" else int(value)
    return int(value) if isinstance(value, int) else value


def _is_open_size(value: Any) -> bool:
    return isinstance(value, Proxy) and value.node.op == "size"


def _entrywise(entry: table.Function) -> Callable[..., Proxy]:
    def with_one(a: Any, **parameters: Any) -> Proxy:
        refuse_parameters(entry.name, parameters)
        return of_one(entry.name, a)

    def with_two(a: Any, b: Any, **parameters: Any) -> Proxy:
        refuse_parameters(entry.name, parameters)
        x, y = as_number(lift(a)), as_number(lift(b))
        if x.op == y.op == "constant":
            pick = max if entry.name == "maximum" else min
            return Proxy(constant(pick(x.params[0], y.params[0])))
        return Proxy(node(entry.name, (x, y), (), broadcast(x.shape, y.shape)))

    return with_one if entry.arity == 1 else with_two


def _reducing(op: str) -> Callable[..., Proxy]:
    def call(a: Any, axis: Any = None, *, keepdims: bool = False, **parameters: Any) -> Proxy:
        refuse_parameters(op, parameters)
        return reduced(op, a, axis, keepdims)

    return call


def _rearranging(op: str) -> Callable[..., Proxy]:
    arrays = {"matmul": 2, "outer": 2, "tensordot": 2}.get(op, 1)

    def call(*args: Any, **parameters: Any) -> Proxy:
        names = _POSITIONAL.get(op, ("axis",))
        if not arrays <= len(args) <= arrays + len(names):
            raise TraceError(f"xp.{op} has another number of arguments")
        wanted = {**dict(zip(names, args[arrays:], strict=False)), **parameters}
        refuse_parameters(op, {key: wanted.pop(key) for key in ("dtype", "out") if key in wanted})
        return arranged(op, args[:arrays], **wanted)

    return call


XP: Any = TracingNamespace()


# ---- functions of the space --------------------------------------------------------------------------------

NUMBERS_OF_A_FUNCTION = (
    "smoothness",
    "lipschitz",
    "strong_convexity",
    "lower_bound",
    "each_smoothness",
    "each_lipschitz",
    "each_strong_convexity",
    "second_moment",
)
TRUTHS_OF_A_FUNCTION = ("continuous", "differentiable", "nonconstant")


class FunctionProxy:
    """A function of the space, or a sample of one, in a formula that is being read."""

    def __init__(self, path: tuple[Any, ...], length: Length, samples: int | None, has_samples: bool) -> None:
        self.path, self.length, self.has_samples = path, length, has_samples
        self._samples = samples

    def _call(self, method: str, *values: Any) -> Proxy:
        args = tuple(as_number(lift(value)) for value in values)
        point = args[0]
        if not point.shape:
            raise TraceError(
                f"{self.path[0]} takes a point of shape (N, d), not a number; in dimension 1 write x[:, None]"
            )
        if self.length != point.shape[-1]:
            raise TraceError(
                f"{self.path[0]} takes points of shape (N, {self.length}), not {shown_shape(point.shape)}"
            )
        batch = broadcast((BATCH,), point.shape[:-1], *(arg.shape for arg in args[1:]))
        shape = (*batch, self.length) if method.endswith("gradient") else batch
        return Proxy(node("function", args, (self.path, method), shape))

    def __call__(self, x: Any) -> Proxy:
        return self._call("value", x)

    def gradient(self, x: Any) -> Proxy:
        return self._call("gradient", x)

    def smoothed(self, x: Any, sigma: Any) -> Proxy:
        return self._call("smoothed", x, sigma)

    def smoothed_gradient(self, x: Any, sigma: Any) -> Proxy:
        return self._call("smoothed_gradient", x, sigma)

    @property
    def dimension(self) -> Any:
        return shown_length(self.length)

    @property
    def minimiser(self) -> Proxy:
        return Proxy(node("constant of", (), (self.path, "minimiser"), (BATCH, self.length)))

    @property
    def samples(self) -> tuple[FunctionProxy, ...]:
        if not self.has_samples:
            raise TraceError(f"{self.path[0]} has no samples; declare {self.path[0]}=finite_sum(…)")
        if self._samples is None:
            raise ValueDemandedError(f"the number of samples of {self.path[0]} has no value yet")
        return tuple(
            FunctionProxy((*self.path, index), self.length, None, False) for index in range(self._samples)
        )

    def __getattr__(self, name: str) -> Any:
        if name in NUMBERS_OF_A_FUNCTION or name in TRUTHS_OF_A_FUNCTION:
            truth = name in TRUTHS_OF_A_FUNCTION
            return Proxy(node("constant of", (), (self.path, name), (BATCH,), truth=truth))
        if name.startswith("_"):
            raise AttributeError(name)
        known = ", ".join((*NUMBERS_OF_A_FUNCTION[:4], *TRUTHS_OF_A_FUNCTION))
        raise TraceError(
            f"a function has no {name} in a formula; it has values, gradients, smoothings and {known}"
        )
