"""Theorems and certificates: what has to be trusted of a proof.

    from theorycheck.kernel import infer, le, number, power, variable

    x = variable("x")
    theorem = infer("combination", conclusion=le(number(0), power(x, 2)), products=((number(1), (), (x,)),))
    to_json(theorem)  # the certificate; from_json makes the theorem again

A theorem is hypotheses ⊢ conclusion (`sequents`), on terms with exact meanings (`terms`), made by a rule of a closed table
(`rules`) and by nothing else (`theorem`). The kernel imports the standard library and python-flint. Whoever finds proofs is
trusted with nothing: he calls `infer`, and reads what the theorem says.
"""

from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.rules import RULES
from theorycheck.kernel.sequents import Sequent
from theorycheck.kernel.terms import (
    Term,
    add,
    bind,
    defined,
    eq,
    inner,
    integer,
    le,
    lt,
    make,
    member,
    minus,
    mul,
    number,
    opened,
    power,
    scaled,
    variable,
    vector,
    vector_sum,
)
from theorycheck.kernel.theorem import Theorem, from_json, infer, is_theorem, to_json

__all__ = [
    "RULES",
    "Refused",
    "Sequent",
    "Term",
    "Theorem",
    "add",
    "bind",
    "defined",
    "eq",
    "from_json",
    "infer",
    "inner",
    "integer",
    "is_theorem",
    "le",
    "lt",
    "make",
    "member",
    "minus",
    "mul",
    "number",
    "opened",
    "power",
    "scaled",
    "to_json",
    "variable",
    "vector",
    "vector_sum",
]
