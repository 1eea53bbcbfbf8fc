"""A formula with some of its parts changed, as a function that reads to exactly the changed terms."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from theorycheck.terms.nodes import Node
from theorycheck.terms.proxies import Proxy, lift


class Changed:
    """`function(xp, **names)`, every reading of which is that of another function with its terms changed.

    It stands wherever an author's function does (`Claim(sides=…)`, `requires(…)`): what is read from it are the very
    nodes that `change` returns, for all sizes at once or size by size, as the original is read.

    Parameters
    ----------
    function : callable
        The author's.
    change : callable
        `change(*terms) -> terms`: what `function` returns, and what is returned in its place.
    """

    def __init__(self, function: Callable[..., Any], change: Callable[..., tuple[Node, ...]]) -> None:
        self.function, self.change = function, change
        self.__signature__ = inspect.signature(function)
        self.__name__ = getattr(function, "__name__", "formula")

    def __call__(self, *args: Any, **values: Any) -> Any:
        result = self.function(*args, **values)
        terms = tuple(map(lift, result)) if isinstance(result, tuple) else (lift(result),)
        changed = tuple(map(Proxy, self.change(*terms)))
        return changed if isinstance(result, tuple) else changed[0]
