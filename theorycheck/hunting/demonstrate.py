"""Certifying the demonstration of a refutation: two sides at one exact instance."""

from __future__ import annotations

import inspect
import time
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from theorycheck.errors import FormulaError
from theorycheck.hunting.certify import Certification, at_rising_precision, certainly_holds
from theorycheck.hunting.script import write_script
from theorycheck.settings import Settings
from theorycheck.spaces import FunctionInstance, Instance, instance_to_json
from theorycheck.statement.claims import Claim
from theorycheck.statement.verdicts import Counterexample, Evidence
from theorycheck.terms.formulas import Formula
from theorycheck.terms.namespaces import numpy_namespace
from theorycheck.terms.nodes import BATCH, LARGEST
from theorycheck.terms.tracing import Kind


def lift_plain(instance: Mapping[str, Any], xp: Any) -> dict[str, Any]:
    """Lift exact values: ints and words as they are, fractions and tuples with leading axis 1."""

    def nested(value: Any) -> Any:
        return [nested(item) for item in value] if isinstance(value, tuple) else xp.number(value)

    return {
        name: value if isinstance(value, (int, str)) else xp.asarray([nested(value)])
        for name, value in instance.items()
    }


def demonstrate(claim: Claim, settings: Settings) -> tuple[Evidence, Counterexample | None]:
    """Certify in balls that the sides of `claim.refutation` violate its relation at its instance.

    An instance that gives every name of the claim's space must lie in it and satisfy the hypotheses; of one
    that does not, the details say that nothing of the kind was checked.

    Returns
    -------
    evidence : Evidence
        Kind "demonstration", outcome "violated" or "unverified".
    counterexample : Counterexample or None
        With a stand-alone script; None where balls do not decide.

    Raises
    ------
    FormulaError
        If the refutation has no sides, or they ask for a name that its instance lacks.
    """
    start = time.perf_counter()
    refutation = claim.refutation
    if refutation is None or refutation.sides is None:
        raise FormulaError(
            f"{claim.id}: the refutation has no sides to demonstrate; give it sides= and instance="
        )
    instance = {name: exact(value) for name, value in refutation.instance.items()}
    names = list(inspect.signature(refutation.sides).parameters)[1:]
    missing = [name for name in names if name not in instance]
    if missing:
        raise FormulaError(f"{claim.id}: the refutation's instance lacks {', '.join(missing)}")

    within = _within_space(claim, instance)
    formula = Formula(refutation.sides, {name: kind_of(value) for name, value in instance.items()})

    def sides_on(xp: Any) -> tuple[Any, Any] | str:
        if within is not None:
            assert claim.space is not None
            lifted = claim.space.lift(within, xp)
            for hypothesis in claim.hypotheses:
                if not certainly_holds(claim, hypothesis, xp, lifted):
                    return hypothesis.latex
        left, right = formula.evaluate(xp, lift_plain(instance, xp))
        return left, right

    if within is not None and claim.space is not None and not claim.space.admits(within):
        result = Certification("inadmissible", "the instance lies outside the claim's space", 0)
    else:
        result = at_rising_precision(refutation.relation, sides_on, settings.work.max_bits)
    details = {
        "instance": instance_to_json(instance),
        "left": result.left,
        "right": result.right,
        "bits": result.bits,
        "membership": "not checked: the instance does not give every name of the claim's space"
        if within is None
        else "the instance lies in the claim's space and its hypotheses are certain",
    }
    if not result.violated:
        outcome = "they hold" if result.outcome == "holds" else result.reason
        summary = f"the demonstrated sides are not certified to violate the relation: {outcome}"
        evidence = Evidence(
            "demonstration", "demonstration", "unverified", summary, details, time.perf_counter() - start
        )
        return evidence, None
    plain = {name for name, value in instance.items() if isinstance(value, (int, str))}
    with np.errstate(all="ignore"):
        values = lift_plain(instance, numpy_namespace())
    text = write_script(
        claim.id,
        formula,
        refutation.relation,
        instance,
        families={},
        plain=plain,
        values=values,
        enclosures=(result.left, result.right),
    )
    counterexample = Counterexample(
        instance_to_json(instance), result.left, result.right, refutation.relation, result.bits, text
    )
    summary = f"left {result.left}, right {result.right}: left {refutation.relation} right is certainly false"
    evidence = Evidence(
        "demonstration", "demonstration", "violated", summary, details, time.perf_counter() - start
    )
    return evidence, counterexample


def kind_of(value: Any) -> Kind:
    """What an exact value is for a formula: a size, a word, a number or an array."""
    if isinstance(value, (int, str)):
        return Kind("word" if isinstance(value, str) else "size")
    return Kind("array", (BATCH, *np.shape(value)))


def _within_space(claim: Claim, instance: Mapping[str, Any]) -> Instance | None:
    """The part of the instance that is one of the claim's space; None where it lacks a name."""
    if claim.space is None or not all(name in instance for name in claim.space.names):
        return None
    return Instance({name: instance[name] for name in claim.space.names})


def exact(value: Any) -> Any:
    """Turn tuples and lists of numbers into nested tuples of Fractions; a float stands for its decimal.

    Raises
    ------
    FormulaError
        If a value is none that an instance may have: no number, not finite, or too large to be printed.
    """
    if isinstance(value, (list, tuple)):
        return tuple(
            exact(item) if isinstance(item, (list, tuple)) else _fraction(str(item), item) for item in value
        )
    if isinstance(value, float):
        return _fraction(repr(value), value)
    if not isinstance(value, (int, Fraction, str, FunctionInstance)):
        raise FormulaError(
            f"an instance has the value {value!r:.40}; write exact numbers, words or lists of numbers"
        )
    if (
        isinstance(value, (int, Fraction))
        and max(value.numerator.bit_length(), value.denominator.bit_length()) > LARGEST
    ):
        raise FormulaError(
            "an instance has a number of more than 4 200 digits, which is too large; rescale it"
        )
    return value


def _fraction(text: str, value: Any) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise FormulaError(f"an instance has the value {value!r:.40}, which is no exact number") from error
