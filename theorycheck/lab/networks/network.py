"""A network: layers that fit together, R of them at once, their parameters in one array (R, p)."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import NetworkError
from theorycheck.lab.networks.layers import Layer, Parameters, Pass, Shape, passes


@dataclass(frozen=True)
class Network:
    """Layers one after another, for samples of one shape.

    A network of parameters only has sizes: the parameters themselves are an array (R, p) beside it, layer after layer and
    each array flat in C order, and `views` cuts it up without copying.

    Parameters
    ----------
    layers : sequence of Layer
    shape : tuple of int
        Of one sample: (units,) or (channels, height, width).

    Raises
    ------
    NetworkError
        If the layers do not fit together: which layer, and what it was given.

    Examples
    --------
    >>> from theorycheck.lab.networks.dense import Dense
    >>> Network([Dense(3), Dense(1)], (2,)).size
    13
    """

    layers: Sequence[Layer]
    shape: Shape

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))
        object.__setattr__(self, "shape", tuple(self.shape))
        shape = self.shape
        for number, layer in enumerate(self.layers, start=1):
            try:
                shape = layer.output_shape(shape)
            except NetworkError as error:
                raise NetworkError(f"layer {number} ({type(layer).__name__}): {error}") from error

    @functools.cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """Of one sample before every layer, and of the output."""
        shapes = [self.shape]
        for layer in self.layers:
            shapes.append(layer.output_shape(shapes[-1]))
        return tuple(shapes)

    @functools.cached_property
    def parameter_shapes(self) -> tuple[tuple[Shape, ...], ...]:
        """Of every layer's parameter arrays."""
        pairs = zip(self.layers, self.shapes, strict=False)  # the last shape is the output's
        return tuple(layer.parameter_shapes(before) for layer, before in pairs)

    @functools.cached_property
    def size(self) -> int:
        """p, the number of parameters."""
        return sum(math.prod(shape) for layer in self.parameter_shapes for shape in layer)

    @functools.cached_property
    def first_with_parameters(self) -> int:
        """Up to here a layer's input is data."""
        found = (number for number, shapes in enumerate(self.parameter_shapes) if shapes)
        return next(found, len(self.layers))

    @functools.cached_property
    def floats(self) -> int:
        """About how many numbers a forward pass keeps for one sample of one network."""
        pairs = zip(self.layers, self.shapes, strict=False)
        return sum(layer.floats(before) for layer, before in pairs)

    def views(self, xp: Any, w: Any) -> list[Parameters]:
        """The layers' arrays (R, …) of parameters (R, p).

        Raises
        ------
        NetworkError
            If there are not p numbers a network.
        """
        if w.ndim != 2 or w.shape[1] != self.size:
            raise NetworkError(
                f"this network has {self.size} parameters: give an array of shape (networks, {self.size}), not {w.shape}"
            )
        found, start = [], 0
        for shapes in self.parameter_shapes:
            own = []
            for shape in shapes:
                end = start + math.prod(shape)
                own.append(xp.reshape(w[:, start:end], (w.shape[0], *shape)))
                start = end
            found.append(tuple(own))
        return found

    def sigmas(self, sigma: Any) -> list[Any]:
        """σ of every layer: data are not smoothed, so the first layer with parameters, and what is before it, is plain."""
        return [None if k <= self.first_with_parameters else sigma for k in range(len(self.layers))]

    def forward(self, xp: Any, w: Any, x: Any, sigma: Any = None) -> list[Pass]:
        """The layers' passes on samples x of shape (R or 1, N, *shape).

        Raises
        ------
        NetworkError
            If the samples, or the number of stacks, do not fit.
        """
        if tuple(x.shape[2:]) != self.shape or x.ndim != len(self.shape) + 2:
            raise NetworkError(
                f"samples must have the shape (networks or 1, samples, {', '.join(map(str, self.shape))}), not {x.shape}"
            )
        if x.shape[0] not in (1, w.shape[0]):
            raise NetworkError(
                f"{x.shape[0]} stacks of samples do not fit {w.shape[0]} networks; give one, or one each"
            )
        return passes(xp, self.layers, self.views(xp, w), x, self.sigmas(sigma))

    def outputs(self, xp: Any, w: Any, x: Any, sigma: Any = None) -> Any:
        """The networks' outputs (R, N, …) on samples x of shape (R or 1, N, *shape); with σ, those of the smoothed layers."""
        done = self.forward(xp, w, x, sigma)
        return done[-1].output if done else x

    def initial(self, generator: np.random.Generator, networks: int = 1) -> Any:
        """Independent draws of the parameters, a NumPy array (networks, p); repeat one to start several alike."""
        rows = []
        for _ in range(networks):
            pairs = zip(self.layers, self.shapes, strict=False)
            arrays = [own for layer, before in pairs for own in layer.initial(generator, before)]
            rows.append(np.concatenate([np.reshape(own, -1) for own in arrays]) if arrays else np.zeros(0))
        return np.stack(rows)
