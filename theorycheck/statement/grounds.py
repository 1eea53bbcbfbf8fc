"""What a verdict rests on beside the printed hypotheses and the library's exact procedures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

KINDS: dict[str, str] = {
    "standard theorem": "a theorem of the library's short list, named",
    "claim": "another claim, with its status",
    "granted": "a step that is granted and not executed",
    "letter": "a number or point that stands for something that no instance has",
    "premise": "an inequality that the derivation itself assumes",
    "own reason": "a reason, term or hypothesis whose check is defined outside the library",
    "own conclusion": "a conclusion that only the author compares with the statement",
    "own family": "functions or values whose constants nothing has checked",
    "unprinted hypothesis": "a hypothesis that is not printed",
    "array formula": "a formula that is computed on arrays and has no symbolic form",
    "experiment": "a measurement, judged by a criterion that the author wrote",
}
"""The kinds of ground; the values are their meanings."""


@dataclass(frozen=True)
class RestsOn:
    """One thing that a verdict rests on.

    Attributes
    ----------
    kind : str
        A key of `KINDS`.
    text : str
        What it is: the step in TeX, the id and status of a claim, the name of a class.
    weakens : bool
        Whether what rests on it is neither `proved` nor `refuted`.
    """

    kind: str
    text: str
    weakens: bool = True

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of ground {self.kind!r}; known: {', '.join(KINDS)}")

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "text": self.text, "weakens": self.weakens}


def grounds_from(details: Mapping[str, Any]) -> tuple[RestsOn, ...]:
    """Read the grounds that a piece of evidence keeps under "rests_on"."""
    return tuple(RestsOn(**item) for item in details.get("rests_on", ()))


def distinct(grounds: Iterable[RestsOn]) -> tuple[RestsOn, ...]:
    return tuple(dict.fromkeys(grounds))


def weakening(grounds: Iterable[RestsOn]) -> tuple[RestsOn, ...]:
    return tuple(ground for ground in grounds if ground.weakens)
