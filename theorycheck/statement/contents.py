"""What a claim says, as one digest: its space, its conditions and both sides as terms, its relation."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from theorycheck.errors import TheorycheckError
from theorycheck.statement.claims import Claim, Requirement
from theorycheck.terms.formulas import Formula
from theorycheck.terms.nodes import digest

MOST_SIZES = 32
"""Values of dimension and choices for which a formula that asks for them is read."""


def formula_digest(claim: Claim) -> str:
    """Return a digest of the space, the relation and both sides: the statement without its conditions."""
    return _digest(_of_formula(claim))


def contents_digest(claim: Claim) -> str:
    """Return a digest of the formal statement: equal for equal statements, in every process.

    Everything that a formula read while it was traced (a file, a table) is in its terms, and so in the digest.
    """
    return _digest(itertools.chain(_of_formula(claim), _of_conditions(claim)))


def _digest(texts: Iterable[str]) -> str:
    made = hashlib.blake2b(digest_size=16)
    for text in texts:
        made.update(text.encode() + b"\0")
    return made.hexdigest()


def _of_formula(claim: Claim) -> Iterator[str]:
    yield claim.relation
    if claim.space is None:
        return
    for name, domain in claim.space.domains.items():
        yield f"{name}: {_plain(domain)}"
    if claim.sides is not None:
        yield from _read(claim, claim.formula)


def _of_conditions(claim: Claim) -> Iterator[str]:
    if claim.space is None:
        return
    for hypothesis in claim.hypotheses:
        if isinstance(hypothesis, Requirement):
            yield from _read(claim, claim.condition(hypothesis))
        else:
            yield _plain(hypothesis)


def _read(claim: Claim, formula: Formula) -> Iterator[str]:
    try:
        if formula.generic is not None:
            yield digest(formula.generic)
            return
        for sizes in _sizes(claim)[:MOST_SIZES]:
            yield f"{sizes}: {digest(formula.for_values(dict(sizes)))}"
    except TheorycheckError as error:
        yield str(error)
    except Exception as error:  # a formula that fails is judged as one that fails
        yield f"{type(error).__name__}: {error}"


def _sizes(claim: Claim) -> list[tuple[tuple[str, Any], ...]]:
    assert claim.space is not None
    found: dict[tuple[tuple[str, Any], ...], None] = {}
    sums = {
        name: getattr(claim.space.domains[name], "counts", (1,))
        for name, kind in claim.space.kinds.items()
        if kind.samples
    }
    for stratum in claim.space.strata():
        named = ((stratum.dimension_name, stratum.dimension),) if stratum.dimension_name else ()
        for counts in itertools.product(*sums.values()):
            samples = tuple((name, _Samples(count)) for name, count in zip(sums, counts, strict=True))
            found[(*named, *stratum.choices, *samples)] = None
    return list(found)


class _Samples:
    """Stands for a finite sum of so many samples while a formula is read."""

    def __init__(self, count: int) -> None:
        self.samples = (None,) * count

    def __repr__(self) -> str:
        return f"{len(self.samples)} samples"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Samples) and len(self.samples) == len(other.samples)

    def __hash__(self) -> int:
        return hash(len(self.samples))


def _plain(value: Any) -> str:
    """A value of the library as text, without addresses: classes by name, families by name, fields in order."""
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(map(_plain, value)) + ")"
    if callable(value) and not is_dataclass(value):
        return getattr(value, "__qualname__", type(value).__name__)
    if is_dataclass(value) and not isinstance(value, type):
        name = getattr(value, "name", None)
        if isinstance(name, str) and hasattr(value, "build"):
            return f"family {name}"
        return type(value).__name__ + _plain([getattr(value, field.name) for field in fields(value)])
    return repr(value)
