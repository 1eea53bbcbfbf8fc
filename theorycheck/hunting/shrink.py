"""Shrinking a certified counterexample: the lowest dimension and the simplest numbers that still violate."""

from __future__ import annotations

import contextlib
import itertools
import json
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from theorycheck.errors import TheorycheckError
from theorycheck.hunting.certify import OUTSIDE, Certification, certify, float_sides, relation_fails
from theorycheck.hunting.transform import (
    Path,
    map_numbers,
    numbers_of,
    repair,
    with_dimension,
    with_family,
    with_smaller_sizes,
)
from theorycheck.settings import Settings
from theorycheck.spaces import Choice, Instance, Integer, instance_to_json
from theorycheck.spaces.numbers import SIMPLE, simplest_between
from theorycheck.statement.claims import Claim
from theorycheck.terms.namespaces import numpy_namespace

SHRINK_BITS = 512
"""Highest precision while shrinking; a simpler instance that needs more is not simpler."""
MAX_NUMBERS = 64
"""Numbers that are simplified one by one; of more of them only all at once."""
WIDTHS = (
    Fraction(1, 2),
    Fraction(1, 8),
    Fraction(1, 64),
    Fraction(1, 2**12),
    Fraction(1, 2**24),
    Fraction(1, 2**40),
)
"""Relative half-widths of the intervals around a number in which a simpler one is looked for."""
OCTAVES = (40, 32, 26, 22, 18, 15, 12, 10, 8, 7, 6, 5, 4, 3, 2, 1)
EXAMPLES_SHARE = 4
"""Hypothesis draws one example for so many certifications that the greedy pass may spend."""
SMALL_WIDTH = 64
"""Width of the strata that Hypothesis draws from, while there are any so narrow."""


def complexity(claim: Claim, instance: Instance) -> tuple[Any, ...]:
    """Total order: dimension, choices, integers, numbers other than 0 and 1, bit lengths, families, any."""
    assert claim.space is not None
    stratum = claim.space.stratum_of(instance)
    numbers = [number for _, number in numbers_of(instance)]
    bits = sum(
        n.numerator.bit_length() + n.denominator.bit_length() + (n < 0) for n in map(Fraction, numbers)
    )
    names = [
        [f.name for f in d.families] if hasattr(d, "families") else [] for d in claim.space.domains.values()
    ]
    order = [
        known.index(instance[n].family) for n, known in zip(claim.space.names, names, strict=True) if known
    ]
    plain = sum(1 for number in numbers if number not in (0, 1))
    domains = claim.space.domains.items()
    choices = [domain.values.index(instance[name]) for name, domain in domains if isinstance(domain, Choice)]
    integers = [instance[name] - domain.low for name, domain in domains if isinstance(domain, Integer)]
    text = json.dumps(instance_to_json(instance))
    return (stratum.dimension, choices, sum(integers), plain, bits, order, len(numbers), text)


def shrink(
    claim: Claim, starts: list[tuple[Instance, Certification]], settings: Settings
) -> tuple[Instance, Certification]:
    """Return the simplest instance that was found to violate the claim, with its certification.

    Two searches: a deterministic greedy pass from every start, and Hypothesis on the space's strategy. Both
    are bounded by numbers of certifications, never by the clock, so that the result depends on claim and
    settings alone.
    """
    allowance = settings.work.shrink_examples
    confirm = _Confirmation(claim, allowance)
    shrunk = [_greedy(claim, *start, confirm, allowance) for start in starts]
    best, result = min(shrunk, key=lambda item: complexity(claim, item[0]))
    confirm.allowance = allowance
    drawn = _by_hypothesis(claim, settings, confirm, complexity(claim, best))
    proof = None if drawn is None else confirm(drawn)
    if drawn is not None and proof is not None:
        best, result = _greedy(claim, drawn, proof, confirm, allowance)
    return best, result


class _Confirmation:
    """Certified violation as a condition: remembers its answers, says no once its allowance is spent."""

    def __init__(self, claim: Claim, allowance: int) -> None:
        self.claim = claim
        self.allowance = allowance
        self.known: dict[Instance, Certification | None] = {}

    def __call__(self, instance: Instance) -> Certification | None:
        if instance in self.known:
            return self.known[instance]
        result = self._check(instance)
        self.known[instance] = result
        return result

    def _check(self, instance: Instance) -> Certification | None:
        assert self.claim.space is not None
        try:
            left, right = float_sides(self.claim, instance, numpy_namespace())
            if not relation_fails(self.claim.relation, left, right) or self.allowance <= 0:
                return None
            if not self.claim.space.admits(instance):
                return None
            self.allowance -= 1
            result = certify(self.claim, instance, SHRINK_BITS)
        except (
            TheorycheckError,
            *OUTSIDE,
        ):  # an instance that cannot be evaluated is no simpler counterexample
            return None
        return result if result.violated else None


def _by_hypothesis(
    claim: Claim, settings: Settings, confirm: _Confirmation, size: tuple[Any, ...]
) -> Instance | None:
    """Let Hypothesis draw instances simpler than `size`, and shrink the first that violates."""
    import warnings

    import hypothesis
    from hypothesis.errors import HypothesisException, HypothesisWarning

    assert claim.space is not None
    options = hypothesis.settings(
        max_examples=max(100, settings.work.shrink_examples // EXAMPLES_SHARE),
        database=None,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
    )
    with warnings.catch_warnings(), _constants_of_no_module():
        warnings.simplefilter("ignore", HypothesisWarning)
        try:
            found: Instance = hypothesis.find(
                claim.space.strategy(SMALL_WIDTH, max_dimension=size[0]),
                lambda instance: (
                    complexity(claim, instance)[:-1] < size[:-1] and confirm(instance) is not None
                ),
                settings=options,
                random=random.Random(settings.seed),
            )
        except HypothesisException:  # nothing found, or a strategy without any element
            return None
    return found


@contextlib.contextmanager
def _constants_of_no_module() -> Iterator[None]:
    """Keep Hypothesis from drawing constants that it reads in the modules that happen to be loaded.

    Which those are depends on what a process did before, so results would depend on the number of workers.
    """
    from hypothesis.internal.conjecture import providers
    from hypothesis.internal.constants_ast import Constants

    gather, cache = (
        getattr(providers, "_get_local_constants", None),
        getattr(providers, "CONSTANTS_CACHE", None),
    )
    if gather is None or cache is None:  # a version of Hypothesis that draws none
        yield
        return
    none = Constants()
    cache.cache.clear()
    setattr(providers, "_get_local_constants", lambda: none)  # noqa: B010 - mypy knows it as a function
    try:
        yield
    finally:
        setattr(providers, "_get_local_constants", gather)  # noqa: B010
        cache.cache.clear()


def _greedy(
    claim: Claim, instance: Instance, certification: Certification, confirm: _Confirmation, allowance: int
) -> tuple[Instance, Certification]:
    """Take the first simpler variant that still violates, until there is none."""
    confirm.allowance = allowance
    attempts = 6 * allowance
    current, result, size = instance, certification, complexity(claim, instance)
    improved = True
    while improved and attempts > 0:
        improved = False
        for variant in _variants(claim, current):
            attempts -= 1
            if attempts <= 0:
                break
            candidate = repair(claim, variant)
            if candidate is None:
                continue
            measure = complexity(claim, candidate)
            if measure[:-1] >= size[:-1]:  # the last entry only breaks ties; following it would crawl
                continue
            proof = confirm(candidate)
            if proof is not None:
                current, result, size, improved = candidate, proof, measure, True
                break
    return current, result


def _variants(claim: Claim, instance: Instance) -> Iterator[Instance]:
    """Simpler candidates, the boldest first."""
    yield from with_dimension(claim, instance)
    yield from with_smaller_sizes(claim, instance)
    yield from with_family(claim, instance)
    numbers = numbers_of(instance)
    for value in (Fraction(0), Fraction(1)):
        yield _all_but_zeros(instance, value)
    for width in WIDTHS:
        yield _rounded(instance, width)
    names = list(dict.fromkeys(path[0] for path, _ in numbers))
    for name, value in itertools.product(names, SIMPLE[:5]):
        yield _with_numbers(instance, (name,), value)
    if len(numbers) > MAX_NUMBERS:
        return
    for path, number in numbers:
        near = (_simplest_near(number, width) for width in WIDTHS)
        for simple in dict.fromkeys((*SIMPLE, *_towards_one(number), *near)):
            if simple != number:
                yield _with_numbers(instance, path, simple)


def _all_but_zeros(instance: Instance, value: Fraction) -> Instance:
    return map_numbers(instance, lambda _, number: value if number else number)


def _rounded(instance: Instance, width: Fraction) -> Instance:
    return map_numbers(instance, lambda _, number: _simplest_near(number, width))


def _with_numbers(instance: Instance, start: Path, value: Fraction) -> Instance:
    """Replace all numbers whose path begins with `start`."""
    return map_numbers(instance, lambda path, number: value if path[: len(start)] == start else number)


def _towards_one(number: Any) -> Iterator[Fraction]:
    """Simple numbers between `number` and ±1, the farthest from it first."""
    size, sign = abs(number), -1 if number < 0 else 1
    if size == 0:
        return
    for octaves in OCTAVES:
        other = min(Fraction(1), size * 2**octaves) if size < 1 else max(Fraction(1), size / 2**octaves)
        yield sign * simplest_between(size, other)


def _simplest_near(number: Any, width: Fraction) -> Any:
    margin = abs(number) * width
    return simplest_between(number - margin, number + margin)
