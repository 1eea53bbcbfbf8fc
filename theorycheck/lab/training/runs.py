"""Training many networks, and the record of it.

Networks do not see each other: every one has random streams of its own, keyed by seed, its number and the epoch, so that a run
does not depend on how networks are put into blocks or onto workers. A block goes through all epochs before the next one begins:
its parameters stay in the cache, and memory beside data and result is that of one block.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from theorycheck.errors import NetworkError
from theorycheck.lab.networks.risk import CHUNK_FLOATS, Risk, networks_at_once, risk_and_gradient
from theorycheck.lab.training.algorithms import Algorithm
from theorycheck.lab.training.batches import Batches
from theorycheck.lab.training.corruption import StepNoise
from theorycheck.lab.training.store import fingerprint, keep, stored
from theorycheck.streams import generator
from theorycheck.terms.namespaces import namespace, to_numpy

Quantity = Callable[[Risk, Any, Any, Any, Any], Any]
"""`quantity(risk, xp, w, x, y)` of shape (R,) or (R, k), over all data; a function of a module where workers are used."""
Progress = Callable[[int, int, float], None]
"""`progress(done, total, seconds left)` in network-epochs, as estimated from those that are done."""


@dataclass(frozen=True)
class Training:
    """What a run does.

    Attributes
    ----------
    risk : Risk
    algorithm : SGD, SHB, NSHB, Adam or SVRG
    batches : Batches
    epochs : int
        At most so many.
    seed : int
    record_every : int
        Loss, gradient norm and quantities are taken over all data before the first epoch, after every so many, and at the end.
    quantities : mapping of str to Quantity
    noise : StepNoise
        On the batches of the steps, not on the data of the records.
    stop_at_loss, stop_at_gradient_norm : float or None
        A network ends where its risk, or ‖∇f‖, over all data is no larger; looked at where there is a record.

    Raises
    ------
    NetworkError
        If numbers of epochs are not positive.
    """

    risk: Risk
    algorithm: Algorithm
    batches: Batches
    epochs: int
    seed: int
    record_every: int = 1
    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    noise: StepNoise = field(default_factory=StepNoise)
    stop_at_loss: float | None = None
    stop_at_gradient_norm: float | None = None

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.record_every < 1:
            raise NetworkError(
                f"a run has at least one epoch and one record; {self.epochs} and {self.record_every} were given"
            )

    def of(self, networks: slice) -> Training:
        """The same for some of the networks."""
        return replace(self, risk=self.risk.of(networks), algorithm=self.algorithm.of(networks))


@dataclass(frozen=True)
class Run:
    """What happened, in NumPy arrays. K records of R networks.

    Attributes
    ----------
    training : Training
    start, weights : array (R, p)
        Before and after. A network that diverged has the weights before the step whose loss was not finite.
    epochs : array (K,)
        After how many epochs a record was taken.
    loss, gradient_norm : array (K, R)
        Risk and ‖∇f‖ over all data. A network that has ended keeps its weights.
    quantities : mapping of str to array (K, R, …)
    ended : array (R,) of int
        The epoch in or after which the network ended.
    why : tuple of str
        For every network: "epochs", "loss", "gradient norm", or at which step its loss was not finite.
    """

    training: Training
    start: Any
    weights: Any
    epochs: Any
    loss: Any
    gradient_norm: Any
    quantities: Mapping[str, Any]
    ended: Any
    why: tuple[str, ...]

    @property
    def diverged(self) -> Any:
        """Which networks met a loss that is not finite, boolean (R,)."""
        return np.array([reason not in ("epochs", "loss", "gradient norm") for reason in self.why])


def train(
    training: Training,
    w: Any,
    x: Any,
    y: Any,
    *,
    backend: str = "numpy",
    executor: Executor | None = None,
    store: Path | None = None,
    progress: Progress | None = None,
) -> Run:
    """Train every network from its row of w.

    Parameters
    ----------
    w : NumPy array (R, p)
    x, y : NumPy array (R or 1, n, …)
        The data, shared or one set for each network.
    backend : {"numpy", "cupy"}
    executor : concurrent.futures.Executor or None
        Where blocks of networks run; None is here.
    store : Path or None
        A folder that keeps finished blocks (`theorycheck.lab.training.store`): the same run, called again, takes them from
        there, so that after a kill only unfinished blocks are trained.
    progress : callable or None

    Raises
    ------
    NetworkError
        If a batch is larger than the data, or arrays do not fit.
    BackendError
        If the backend is not there.
    StoreError
        If the store cannot be read or written, or the training has parts that no digest covers.
    """
    xp, samples, networks = namespace(backend), x.shape[1], w.shape[0]
    for epoch in range(1, training.epochs + 1):
        training.batches.steps_in(epoch, samples)
    largest = max(training.batches.size_in(epoch) for epoch in range(1, training.epochs + 1))
    at_once = networks_at_once(training.risk.network, xp, largest)
    if executor is not None:
        at_once = min(at_once, -(-networks // 8))
    tasks: list[Callable[..., Run]] = []
    for first in range(0, networks, at_once):
        rows = slice(first, min(first + at_once, networks))
        a, b = (array if array.shape[0] == 1 else array[rows] for array in (x, y))
        tasks.append(partial(_train_block, training.of(rows), w[rows], a, b, first, backend, store))
    clock = _Clock(progress, networks * training.epochs)
    parts = []
    if executor is None:
        for task in tasks:
            parts.append(task(tick=clock.tick))
    else:
        futures = [executor.submit(task) for task in tasks]
        for future in futures:
            parts.append(future.result())
            clock.tick(len(parts[-1].weights) * training.epochs)
    return _together(training, parts)


def bytes_needed(training: Training, networks: int, samples: int, itemsize: int = 8) -> int:
    """A bound, from counts of arrays, of the memory that `train` takes here beside its data: results, and a block at work.

    Parameters
    ----------
    networks, samples : int
        R and n.
    itemsize : int
        Of the numbers: 8 for float64.
    """
    network = training.risk.network
    sizes = [training.batches.size_in(epoch) for epoch in range(1, training.epochs + 1)]
    block = min(networks, networks_at_once(network, namespace("numpy"), max(sizes)))
    # start and result, each in blocks and together; a state of three arrays, the next one, and what makes it from a gradient
    parameters = (4 * networks + 12 * block) * network.size
    # forward and backward pass of a batch, and of the chunks of a record; indices of an epoch are integers of 8 bytes
    passes = 3 * network.floats * max(sizes) * block + 3 * max(CHUNK_FLOATS, network.floats * block)
    return itemsize * (parameters + passes) + 3 * 8 * samples * block


class _Clock:
    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0
        self._began = time.monotonic()

    def tick(self, done: int) -> None:
        self._done += done
        if self._progress is not None:
            spent = time.monotonic() - self._began
            self._progress(self._done, self._total, spent / self._done * (self._total - self._done))


def _train_block(
    training: Training,
    w: Any,
    x: Any,
    y: Any,
    first: int,
    backend: str,
    store: Path | None,
    tick: Callable[[int], None] | None = None,
) -> Run:
    """One block; its networks have the numbers first, first + 1, …"""
    name = ""
    if store is not None:
        steps = sum(training.batches.steps_in(epoch, x.shape[1]) for epoch in range(1, training.epochs + 1))
        name = fingerprint((training, w, x, y, first, backend), steps)
        found = stored(store, name)
        if found is not None:
            if tick is not None:
                tick(len(w) * training.epochs)
            return _restored(training, w, found)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        run = _Block(training, namespace(backend), w, x, y, first).run(tick)
    if store is not None:
        keep(store, name, _arrays(run))
    return run


_STORED = ("weights", "epochs", "loss", "gradient_norm", "ended")


def _arrays(run: Run) -> dict[str, Any]:
    quantities = {f"quantity {name}": value for name, value in run.quantities.items()}
    return {name: getattr(run, name) for name in _STORED} | {"why": np.array(run.why)} | quantities


def _restored(training: Training, w: Any, arrays: dict[str, Any]) -> Run:
    quantities = {name: arrays[f"quantity {name}"] for name in training.quantities}
    why = tuple(str(reason) for reason in arrays["why"])
    return Run(training, w, quantities=quantities, why=why, **{name: arrays[name] for name in _STORED})


class _Block:
    """The mutable state of a block on its way to a `Run`."""

    def __init__(self, training: Training, xp: Any, w: Any, x: Any, y: Any, first: int) -> None:
        self.training, self.xp, self.first = training, xp, first
        self.begin, self.x, self.y = w, xp.asarray(x), xp.asarray(y)
        self.rule = training.algorithm.rule(xp)
        self.state = training.algorithm.start(xp, xp.asarray(np.array(w)))
        self.active = np.ones(len(w), dtype=bool)
        self.ended = np.full(len(w), training.epochs)
        self.why = ["epochs"] * len(w)
        self.records: list[tuple[int, Any, Any, dict[str, Any]]] = []
        self.step = 0

    def run(self, tick: Callable[[int], None] | None) -> Run:
        training = self.training
        self.record(0)
        moved = False
        for epoch in range(1, training.epochs + 1):
            if self.active.any():
                self.epoch(epoch)
                moved = True
            if epoch % training.record_every == 0 or epoch == training.epochs:
                if moved:
                    self.record(epoch)
                else:  # all have ended
                    self.records.append((epoch, *self.records[-1][1:]))
                moved = False
            if tick is not None:
                tick(len(self.begin))
        epochs, loss, norm, quantities = zip(*self.records, strict=True)
        return Run(
            training,
            self.begin,
            to_numpy(self.state.x),
            np.array(epochs),
            np.stack(loss),
            np.stack(norm),
            {name: np.stack([one[name] for one in quantities]) for name in training.quantities},
            self.ended,
            tuple(self.why),
        )

    def record(self, epoch: int) -> None:
        training, data = self.training, (self.x, self.y)
        loss, gradient = risk_and_gradient(training.risk, self.xp, self.state.x, *data)
        norm = to_numpy(self.xp.sqrt(self.xp.sum(gradient**2, axis=1)))
        loss = to_numpy(loss)
        taken = {
            name: to_numpy(quantity(training.risk, self.xp, self.state.x, *data))
            for name, quantity in training.quantities.items()
        }
        self.records.append((epoch, loss, norm, taken))
        for value, limit, reason in (
            (loss, training.stop_at_loss, "loss"),
            (norm, training.stop_at_gradient_norm, "gradient norm"),
        ):
            if limit is not None:
                for r in np.flatnonzero(self.active & (value <= limit)):
                    self.end(int(r), epoch, reason)

    def end(self, network: int, epoch: int, why: str) -> None:
        self.active[network] = False
        self.ended[network] = epoch
        self.why[network] = why

    def epoch(self, epoch: int) -> None:
        training, xp, samples = self.training, self.xp, self.x.shape[1]
        risk = training.risk
        self.state = training.algorithm.begin_epoch(
            xp, self.state, lambda w: risk_and_gradient(risk, xp, w, self.x, self.y)[1]
        )
        batches, noise = (
            [generator(training.seed, what, self.first + r, epoch) for r in range(len(self.begin))]
            for what in ("batches", "noise")
        )
        drawn = [training.batches.draw(stream, epoch, samples) for stream in batches]
        indices = xp.asarray(np.stack(drawn, axis=1))  # (steps, R, B)
        for chosen in indices:
            self.step += 1
            if not self.active.any():
                return
            a, b = training.noise.added(
                xp, noise, _gathered(xp, self.x, chosen), _gathered(xp, self.y, chosen)
            )
            losses: list[Any] = []

            def gradient(w: Any, sigma: Any, a: Any = a, b: Any = b, losses: list[Any] = losses) -> Any:
                own = risk if sigma is None else replace(risk, sigma=sigma)
                loss, found = risk_and_gradient(own, xp, w, a, b)
                losses.append(loss)
                return found

            following = self.rule(self.step, gradient, self.state)
            loss = to_numpy(losses[0])
            if not np.isfinite(loss).all():
                for r in np.flatnonzero(self.active & ~np.isfinite(loss)):
                    self.end(int(r), epoch, f"the loss of step {self.step} was {loss[r]}")
            if self.active.all():
                self.state = following
            else:
                kept = xp.asarray(self.active)[:, None]
                pairs = zip(following, self.state, strict=True)
                self.state = type(following)(*(xp.where(kept, new, old) for new, old in pairs))


def _gathered(xp: Any, data: Any, chosen: Any) -> Any:
    """Samples (R or 1, n, …) at indices (R, B), shape (R, B, …)."""
    stacks, samples = data.shape[:2]
    if stacks > 1:
        chosen = chosen + samples * xp.arange(stacks)[:, None]
    rows = xp.reshape(data, (stacks * samples, *data.shape[2:]))
    taken = xp.take(rows, xp.reshape(chosen, (-1,)), axis=0)
    return xp.reshape(taken, (*chosen.shape, *data.shape[2:]))


def _together(training: Training, parts: Sequence[Run]) -> Run:
    """Blocks side by side."""
    return Run(
        training,
        np.concatenate([part.start for part in parts]),
        np.concatenate([part.weights for part in parts]),
        parts[0].epochs,
        np.concatenate([part.loss for part in parts], axis=1),
        np.concatenate([part.gradient_norm for part in parts], axis=1),
        {
            name: np.concatenate([part.quantities[name] for part in parts], axis=1)
            for name in training.quantities
        },
        np.concatenate([part.ended for part in parts]),
        tuple(reason for part in parts for reason in part.why),
    )
