"""A stand-alone script for a counterexample: the formula written out from its terms, the instance, NumPy and nothing else."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Container, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from theorycheck.errors import TheorycheckError
from theorycheck.functions import FunctionDomain
from theorycheck.hunting.certify import relation_fails, worst_component
from theorycheck.hunting.sources import Quotation, UnquotableError
from theorycheck.spaces import Choice, Dimension, FunctionInstance, Instance, instance_to_json
from theorycheck.statement.claims import Claim
from theorycheck.terms import precise
from theorycheck.terms.formulas import Formula
from theorycheck.terms.namespaces import numpy_namespace
from theorycheck.terms.nodes import Node, variables
from theorycheck.terms.program import Writer
from theorycheck.terms.table import LOGIC

OUTSIDE = (TheorycheckError, ArithmeticError, TypeError, ValueError, AttributeError, RecursionError)
FLOATS_RESOLVE = 1e-11
"""A violation of this relative size is far above float64's rounding in a formula of moderate length."""

HEADING = '''"""Counterexample to {claim}: left = {left}, right = {right}, certified in balls.

The claim asserts left {relation} right. This file needs NumPy only; it exits with status 0 if the
violation is reproduced.
"""

from __future__ import annotations

import itertools
import math
import sys
from fractions import Fraction

import numpy as np
'''
FLOAT_ARRAYS = '''
def number(text):
    return float(Fraction(text))


class Arrays:
    """The names of the formula's namespace, on NumPy in float64."""

    name = "numpy"
    pi = math.pi

    def __getattr__(self, attribute):
        return getattr(np, attribute)

    def vecdot(self, a, b):
        return (a * b).sum(axis=-1)

    def norm(self, a):
        return np.sqrt((a * a).sum(axis=-1))

    def scale(self, factor, x):
        return np.asarray(factor)[..., None] * x

    def gaussian_mean(self, integrand, dimension, declared, degree=None):
        """E integrand(u) over u ~ N(0, I/2), for polynomials of at most that degree."""
        degree = max(declared, degree or 0)
        nodes, weights = np.polynomial.hermite.hermgauss((degree + 2) // 2)
        total = 0
        for index in itertools.product(range(len(nodes)), repeat=dimension):
            point = np.array([[nodes[i] for i in index]])
            total = total + math.prod(weights[i] / math.sqrt(math.pi) for i in index) * integrand(point)
        return total

    def sample_mean(self, f, integrand):
        """The mean over the samples f_1, …, f_K of a finite sum."""
        return sum((integrand(sample) for sample in f.samples[1:]), integrand(f.samples[0])) / len(f.samples)

    def number(self, value):
        return float(value)

    def semidefinite(self, matrix):
        return np.linalg.eigvalsh((matrix + np.swapaxes(matrix, -1, -2)) / 2)[..., 0] >= 0

    erf = staticmethod(np.vectorize(math.erf, otypes=[float]))
    erfc = staticmethod(np.vectorize(math.erfc, otypes=[float]))
    gamma = staticmethod(np.vectorize(math.gamma, otypes=[float]))
    gammaln = staticmethod(np.vectorize(math.lgamma, otypes=[float]))


xp = Arrays()
'''
PRECISE_ARRAYS = """
def number(text):
    return Number(Fraction(text))


xp = PreciseArrays()
"""
NESTED = '''

def array(nested):
    """Nested lists of the exact numbers p/q that `nested` spells out."""
    if isinstance(nested, list):
        return [array(item) for item in nested]
    return number(nested)
'''
ENDING = """
# The instance; the first axis of every array is the batch, of one instance.
{values}

left, right = sides(1, {arguments})
left, right = (np.asarray(side, dtype=object).ravel() for side in (left, right))
left, right = np.broadcast_arrays(left, right)
worst = max(range(len(left)), key=lambda index: abs(left[index] - right[index]))
left, right = left[worst], right[worst]
holds = bool(left {operator} right)
print("instance:", {description})
print("left:    ", left)
print("right:   ", right)
print("claimed: ", "left {relation} right, which", "holds here" if holds else "is false")
sys.exit(1 if holds else 0)
"""


def script(claim: Claim, instance: Instance, left: str, right: str) -> str:
    """Write the script that reproduces a counterexample of `claim`.

    It evaluates the formula, written out from its terms, in float64 where that resolves the violation, else in rational
    arithmetic and series of 120 digits (quoted as well), prints both sides and exits with status 0 only if the violation is
    reproduced.

    Parameters
    ----------
    claim : Claim
        With a space and sides.
    instance : Instance
        The counterexample.
    left, right : str
        The certified enclosures, for the script's heading.
    """
    assert claim.space is not None and claim.sides is not None
    families: dict[str, Any] = {}
    for name, domain in claim.space.domains.items():
        if isinstance(domain, FunctionDomain):
            families[name] = next(f for f in domain.families if f.name == instance[name].family)
    plain = [name for name, domain in claim.space.domains.items() if isinstance(domain, (Choice, Dimension))]
    values = claim.space.lift(instance, numpy_namespace())
    return write_script(
        claim.id,
        claim.formula,
        claim.relation,
        instance,
        families=families,
        plain=plain,
        values=values,
        enclosures=(left, right),
    )


def write_script(
    claim_id: str,
    formula: Formula,
    relation: str,
    instance: Mapping[str, Any],
    *,
    families: Mapping[str, Any],
    plain: Container[str],
    values: Mapping[str, Any],
    enclosures: tuple[str, str],
) -> str:
    """Write a script for any formula; `plain` names values that are no arrays, `values` has all as floats."""
    heading = HEADING.format(claim=claim_id, left=enclosures[0], right=enclosures[1], relation=relation)
    try:
        return heading + _reproducing(formula, relation, instance, families, plain, values)
    except (UnquotableError, *OUTSIDE) as error:
        return heading + _unquotable(instance, relation, enclosures, str(error))


def _reproducing(
    formula: Formula,
    relation: str,
    instance: Mapping[str, Any],
    families: Mapping[str, Any],
    plain: Container[str],
    values: Mapping[str, Any],
) -> str:
    """What comes after the heading.

    Raises
    ------
    UnquotableError
        If the source of a function of the instance can't be quoted.
    """
    terms = formula.without_means(values)
    names = list(variables(terms))
    quotation = Quotation()
    for name in names:
        if name in families:
            build = families[name].build
            quotation.name_of(build, build.__name__)
    lines = [f"{name} = {_expression(instance[name], families.get(name), name in plain)}" for name in names]
    arrays = FLOAT_ARRAYS if floats_suffice(formula, relation, values) else _quoted_precise() + PRECISE_ARRAYS
    ending = ENDING.format(
        values="\n".join(lines),
        arguments=", ".join(f"{name}={name}" for name in names),
        operator="==" if relation == "=" else relation,
        relation=relation,
        description=repr(str(instance_to_json(instance))),
    )
    quoted = quotation.text().strip()
    functions = f"\n\n# The functions of the instance.\n{quoted}\n" if quoted else "\n"
    return arrays + NESTED + functions + "\n\n# Both sides.\n" + written_out(terms, names) + "\n" + ending


class _Script(Writer):
    """Terms in the words of a script: exact numbers by `number("1/3")`, names as parameters."""

    def number(self, value: Fraction) -> str:
        return f'number("{value}")'

    def exponent(self, value: Fraction) -> str:
        whole = value.denominator == 1
        return (repr(int(value)) if value >= 0 else f"({int(value)})") if whole else self.number(value)

    def array(self, shape: tuple[int, ...], values: tuple[Fraction, ...]) -> str:
        spelled = ", ".join(f'"{value}"' for value in values)
        return f"xp.reshape(xp.asarray(array([{spelled}])), {shape!r})"

    def name(self, name: str) -> str:
        return name

    def logic(self, op: str, args: list[str]) -> str:
        sign = {"eq": "==", "ne": "!=", **LOGIC}.get(op)
        return f"np.logical_not({args[0]})" if sign is None else f"({args[0]} {sign} {args[1]})"


def written_out(terms: Sequence[Node], names: Sequence[str]) -> str:
    """The function `sides(N, names)` of a script: N is the number of instances, one."""
    return f"def sides(N, {', '.join(names)}):\n{_Script().body(terms)}"


def floats_suffice(formula: Formula, relation: str, values: Mapping[str, Any]) -> bool:
    """Whether float64 shows the violation well above its rounding."""
    with np.errstate(all="ignore"):
        left, right = worst_component(*formula.evaluate(numpy_namespace(), values))
    if not relation_fails(relation, left, right):
        return False
    return abs(left - right) > FLOATS_RESOLVE * (abs(left) + abs(right)) or left == right == 0


def _expression(value: Any, family: Any, plain: bool) -> str:
    if isinstance(value, FunctionInstance):
        items = [f"{name!r}: {_expression(item, None, False)}" for name, item in value.parameters.items()]
        return f"{family.build.__name__}(xp, {value.dimension}, {{{', '.join(items)}}})"
    if plain:
        return f'number("{value}")' if isinstance(value, Fraction) else repr(value)
    return f"xp.asarray(array([{_spelled(value)}]))"


def _spelled(value: Any) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_spelled(item) for item in value) + "]"
    return f'"{value}"'


def _quoted_precise() -> str:
    source = inspect.getsource(precise)
    body = source.split("import numpy as np\n", 1)[1]
    return "from typing import Any\n" + body


def _unquotable(instance: Mapping[str, Any], relation: str, enclosures: tuple[str, str], reason: str) -> str:
    text = "\n".join(textwrap.wrap(f"The formula cannot be quoted: {reason}.", 100))
    return (
        f"\nprint({text!r})\nprint('instance:', {str(instance_to_json(instance))!r})\n"
        f"print('left:    ', {enclosures[0]!r})\nprint('right:   ', {enclosures[1]!r})\nsys.exit(2)\n"
    )
