"""How much work a check may do: seed, backend, budget."""

from __future__ import annotations

from dataclasses import dataclass

from theorycheck.errors import BudgetError


@dataclass(frozen=True)
class Budget:
    """The amounts of work that a named budget stands for, per claim.

    Attributes
    ----------
    instances : int
        Instances that the hunt draws and evaluates.
    refinements : int
        Evaluations that the adversarial optimiser may spend on the worst of them.
    shrink_examples : int
        Examples that Hypothesis may try while a counterexample is shrunk.
    boxes : int
        Boxes that branch and bound may examine.
    max_bits : int
        Highest working precision of ball arithmetic.
    effort : int
        Factor of the repetitions or steps of experiments.
    seconds : float
        Time that one check may take; one that takes longer decides nothing.
    """

    instances: int
    refinements: int
    shrink_examples: int
    boxes: int
    max_bits: int
    effort: int
    seconds: float


BUDGETS = {
    "quick": Budget(
        instances=12_000,
        refinements=2_000,
        shrink_examples=60,
        boxes=20_000,
        max_bits=1024,
        effort=1,
        seconds=240,
    ),
    "standard": Budget(
        instances=200_000,
        refinements=60_000,
        shrink_examples=1_000,
        boxes=200_000,
        max_bits=4096,
        effort=10,
        seconds=600,
    ),
    "thorough": Budget(
        instances=4_000_000,
        refinements=1_000_000,
        shrink_examples=5_000,
        boxes=2_000_000,
        max_bits=16384,
        effort=100,
        seconds=7200,
    ),
}


@dataclass(frozen=True)
class Settings:
    """What a check was asked to do; part of every verdict."""

    backend: str = "numpy"
    budget: str = "standard"
    seed: int = 0
    timeout: float | None = None

    def __post_init__(self) -> None:
        if self.timeout is not None and not self.timeout > 0:
            raise BudgetError(f"a time limit of {self.timeout} s; give a positive number of seconds")
        if self.budget not in BUDGETS:
            raise BudgetError(f"unknown budget {self.budget!r}; use one of {', '.join(BUDGETS)}")

    @property
    def work(self) -> Budget:
        return BUDGETS[self.budget]

    @property
    def seconds(self) -> float:
        """Time that one check may take: the budget's, or `timeout` if that is given."""
        return self.work.seconds if self.timeout is None else self.timeout
