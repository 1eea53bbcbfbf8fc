"""Every error that theorycheck raises on purpose, in one tree.

A message names the thing that is wrong and the mend, in one line, so that the command line can print it as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from theorycheck.statement.verdicts import Verdict


class TheorycheckError(Exception):
    """Base of all errors raised on purpose; the command line prints its message and exits with status 2."""


class ClaimError(TheorycheckError):
    """A claim's declaration is inconsistent: an unknown relation, a formula that asks for a name its space lacks, …"""


class ClaimFileError(TheorycheckError):
    """A claim file cannot be read or fails while it is imported."""


class UnknownClaimError(TheorycheckError):
    """No shipped or loaded claim has the id that was asked for."""


class SpaceError(TheorycheckError):
    """A space has no instance: a domain whose bounds exclude every value, or hypotheses that contradict each other."""


class FormulaError(TheorycheckError):
    """A claim's formula gave NaN or infinity, or values of the wrong shape, on an instance of its space."""


class NetworkError(TheorycheckError):
    """A network's layers do not fit together, or arrays do not fit the network: the layer and the shapes are named."""


class BackendError(TheorycheckError):
    """The array backend that was asked for is not there (no CuPy, or no GPU)."""


class BudgetError(TheorycheckError):
    """An unknown budget, or a computation that would not fit in the memory or time that it was given."""


class StoreError(TheorycheckError):
    """The store of finished verdicts is corrupt, of another version, or cannot be written."""


class ReplayError(TheorycheckError):
    """Stored evidence does not replay: the certificate or counterexample was not reproduced."""


class UndecidedError(TheorycheckError):
    """A comparison of balls is neither certainly true nor certainly false at the current precision.

    Raised inside a formula that branches on a value; the caller raises the precision or reports `inconclusive`.
    """


class NotExactError(TheorycheckError):
    """A formula left exact or ball arithmetic (for example through a float-only NumPy function)."""


class NotBestError(NotExactError):
    """A formula read a constant of a function of which only a valid bound is known, not the best one."""


class OutputError(TheorycheckError):
    """A JSON file or a report cannot be written where it was asked for."""


class RunError(TheorycheckError):
    """A run ended without a verdict on every claim; what was finished is kept.

    Attributes
    ----------
    failures : tuple of str
        One line for every claim (or cause) that failed.
    verdicts : tuple of Verdict
        The finished verdicts, in the order of the claims.
    """

    def __init__(self, failures: Sequence[str], verdicts: Sequence[Verdict]) -> None:
        super().__init__("; ".join(failures))
        self.failures = tuple(failures)
        self.verdicts = tuple(verdicts)


TRACE_ERRORS: ContextVar[list[TraceError] | None] = ContextVar("trace errors", default=None)
"""The errors of the formula that is being read; a formula that catches one must not go on as if nothing had been."""


class TraceError(ClaimError):
    """A formula does what no term stands for: it asks for the value of a number that is not fixed, computes in NumPy, …"""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        known = TRACE_ERRORS.get()
        if known is not None:
            known.append(self)
