"""Instances and other JSON data in the shape in which people write them."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

LONGEST_VALUE = 400
LONGEST_JSON = 1000


def value_text(value: Any) -> str:
    """Write a JSON value of an instance on one line.

    Examples
    --------
    >>> value_text({"family": "quadratic", "dimension": 1, "parameters": {"Q": [["1/2"]]}})
    'quadratic(dimension = 1, Q = ((1/2)))'
    """
    text = _value_text(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _value_text(value: Any) -> str:
    if isinstance(value, Mapping):
        if set(value) == {"choice"}:
            return str(value["choice"])
        inner = dict(value)
        name = str(inner.pop("family", ""))
        parameters = inner.pop("parameters", {})
        if isinstance(parameters, Mapping):
            inner.update(parameters)
        else:
            inner["parameters"] = parameters
        inside = ", ".join(f"{key} = {_value_text(item)}" for key, item in inner.items())
        return f"{name}({inside})" if name else f"{{{inside}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"({', '.join(_value_text(item) for item in value)})"
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def instance_rows(instance: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Return (name, value) pairs for printing."""
    return [] if instance is None else [(str(name), value_text(value)) for name, value in instance.items()]


def number_text(value: object) -> str:
    """Write a number with six digits, an integer in groups of three, anything else as it is.

    Examples
    --------
    >>> number_text(200000), number_text(0.99999991), number_text("inf")
    ('200,000', '1', 'inf')
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def json_text(value: Any) -> Markup:
    """Return JSON, a line for each key, cut where it would bury the page (the JSON output has all of it).

    Quotation marks stay as they are, which is safe between tags and keeps large pages smaller.
    """
    if isinstance(value, Mapping):
        text = "\n".join(f"{key}: {_json(item)}" for key, item in value.items())
    else:
        text = _json(value)
    if len(text) > LONGEST_JSON:
        text = f"{text[:LONGEST_JSON]}…\n({len(text) - LONGEST_JSON:,} more characters in the JSON output)"
    return Markup(html.escape(text, quote=False))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def seconds_text(seconds: float) -> str:
    """Write a duration for people.

    Examples
    --------
    >>> seconds_text(0.0123), seconds_text(75)
    ('12 ms', '1 min 15 s')
    """
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
