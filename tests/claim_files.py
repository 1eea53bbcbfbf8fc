"""Texts of claim files for the tests of loading, running, storing and the command line."""

from pathlib import Path

HEADER = "from theorycheck import Claim\n"


def definition(claim_id: str, expected: str | None = "defined", implements: str = "math:sqrt") -> str:
    """A claim whose check costs nothing and whose status is `defined`."""
    return (
        f"Claim(id={claim_id!r}, statement='a definition', kind='definition', "
        f"implements=[{implements!r}], expected={expected!r})"
    )


def entry(claim_id: str, readings: list[str], expected: str | None = "defined") -> str:
    return (
        f"Claim(id={claim_id!r}, statement='an entry', kind='definition', "
        f"readings=[{', '.join(readings)}], expected={expected!r})"
    )


def write(path: Path, *claims: str, before: str = "") -> Path:
    lines = [f"claim_{number} = {claim}" for number, claim in enumerate(claims)]
    path.write_text(HEADER + before + "\n".join(lines) + "\n", encoding="utf-8")
    return path
