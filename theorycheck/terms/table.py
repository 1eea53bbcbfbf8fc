"""The one table of functions: what a formula may call, and what each means on arrays, on symbols and in print.

Every entry has one name, under which the namespaces of arrays, balls and exact numbers know it too
(`theorycheck.terms.namespaces`): `xp.erf` of a formula becomes the operation "erf", which calls `erf` of the namespace
that evaluates it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Function:
    """A function of real numbers, applied entry by entry.

    Attributes
    ----------
    name : str
    sympy : str
        Its name in SymPy; "" where it has no symbolic form.
    latex : str
        With `{}` for each argument.
    arity : int
    truth : bool
        Whether its values are truth values.
    """

    name: str
    sympy: str
    latex: str
    arity: int = 1
    truth: bool = False


FUNCTIONS: dict[str, Function] = {
    entry.name: entry
    for entry in (
        Function("exp", "exp", r"\exp({})"),
        Function("expm1", "", r"(\exp({})-1)"),
        Function("log", "log", r"\log({})"),
        Function("log1p", "", r"\log(1+{})"),
        Function("sqrt", "sqrt", r"\sqrt{{{}}}"),
        Function("square", "", r"({})^2"),
        Function("abs", "Abs", r"|{}|"),
        Function("sign", "sign", r"\operatorname{{sign}}({})"),
        Function("floor", "floor", r"\lfloor {} \rfloor"),
        Function("ceil", "ceiling", r"\lceil {} \rceil"),
        Function("sin", "sin", r"\sin({})"),
        Function("cos", "cos", r"\cos({})"),
        Function("tan", "tan", r"\tan({})"),
        Function("sinh", "sinh", r"\sinh({})"),
        Function("cosh", "cosh", r"\cosh({})"),
        Function("tanh", "tanh", r"\tanh({})"),
        Function("arctan", "atan", r"\arctan({})"),
        Function("arcsin", "asin", r"\arcsin({})"),
        Function("arccos", "acos", r"\arccos({})"),
        Function("erf", "erf", r"\operatorname{{erf}}({})"),
        Function("erfc", "erfc", r"\operatorname{{erfc}}({})"),
        Function("gamma", "gamma", r"\Gamma({})"),
        Function("gammaln", "", r"\log\Gamma({})"),
        Function("maximum", "Max", r"\max({}, {})", arity=2),
        Function("minimum", "Min", r"\min({}, {})", arity=2),
        Function("isfinite", "", r"{} \in \mathbb{{R}}", truth=True),
    )
}
"""By name."""

ALIASES = {
    "absolute": "abs",
    "acos": "arccos",
    "asin": "arcsin",
    "atan": "arctan",
    "amax": "max",
    "amin": "min",
    "concat": "concatenate",
    "permute_dims": "transpose",
    "power": "pow",
    "multiply": "mul",
    "add": "add",
    "subtract": "sub",
    "true_divide": "div",
    "divide": "div",
    "negative": "neg",
    "remainder": "mod",
    "floor_divide": "floordiv",
    "less": "lt",
    "less_equal": "le",
    "greater": "gt",
    "greater_equal": "ge",
    "equal": "eq",
    "not_equal": "ne",
    "logical_and": "and",
    "logical_or": "or",
    "logical_xor": "xor",
    "bitwise_and": "and",
    "bitwise_or": "or",
    "bitwise_xor": "xor",
    "logical_not": "not",
}
"""Other names of the same operations, those of the array API and of NumPy among them."""

ARITHMETIC = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "pow": "**",
    "mod": "%",
    "floordiv": "//",
}
COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
LOGIC = {"and": "&", "or": "|", "xor": "^"}

REDUCTIONS = ("sum", "mean", "prod", "max", "min", "any", "all")
"""Over an axis, or over all of a value's own axes."""
REARRANGEMENTS = (
    "matmul",
    "einsum",
    "tensordot",
    "moveaxis",
    "swapaxes",
    "transpose",
    "broadcast_to",
    "expand_dims",
    "squeeze",
    "flip",
    "roll",
    "repeat",
    "tile",
    "cumsum",
    "cumprod",
    "diff",
    "diagonal",
    "trace",
    "triu",
    "tril",
    "take",
    "sort",
    "outer",
    "zeros_like",
    "ones_like",
)
"""Operations on the axes of arrays, with the parameters that NumPy gives them."""
LINEAR_ALGEBRA = ("eigvalsh", "det", "inv", "svdvals")
"""Of `xp.linalg`; they have float arrays only, no balls."""
