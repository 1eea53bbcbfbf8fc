"""The code blocks of a Markdown document, run as a reader would run them.

- A Python block whose first line is a comment with a file name (`# mylemma.py`) is written to that file.
- Any other Python block is run; a text block that follows it at once is what it prints.
- A console block holds commands (`$ theorycheck …`), each followed by lines that its output contains.

Numbers are compared as "a number", of a function or a side of a counterexample only that there is one: times,
counts and the shrunk counterexample depend on the machine and on the versions of libraries.
"""

import contextlib
import io
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from theorycheck.cli import main

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE_NAME = re.compile(r"# ([\w/]+\.py)\n")
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?(e[-+]?\d+)?(/\d+)?")
_SIDE = re.compile(r"^( *(?:left |right) = ).*")
_DRAWN_FUNCTION = re.compile(r"= [\w-]+\(dimension.*")


@dataclass(frozen=True)
class Block:
    language: str
    text: str
    follows_at_once: bool

    @property
    def file_name(self) -> str:
        match = _FILE_NAME.match(self.text)
        return match.group(1) if match and self.language == "python" else ""


def blocks(document: Path) -> list[Block]:
    """Return the fenced blocks in order."""
    text = document.read_text(encoding="utf-8")
    found, end = [], 0
    for match in _FENCE.finditer(text):
        between = text[end : match.start()]
        found.append(Block(match.group(1), match.group(2), bool(found) and not between.strip()))
        end = match.end()
    return found


def normal(line: str) -> str:
    line = _SIDE.sub(r"\1an enclosure", _DRAWN_FUNCTION.sub("= a function", line))
    return _NUMBER.sub("#", line).rstrip()


def run_script(block: Block) -> str:
    """Run a Python block by itself and return what it prints."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(block.text, "<document>", "exec"), {"__name__": "__main__"})  # our own documents
    return output.getvalue()


def commands(block: Block) -> list[tuple[str, list[str]]]:
    """Return the commands of a console block that begin with "$ ", each with the lines shown for it."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        elif found:
            found[-1][1].append(line)
    return found


def run_command(command: str) -> tuple[int, str]:
    """Run `theorycheck …` in this process and return its exit status and output."""
    program, *arguments = shlex.split(command)
    assert program == "theorycheck", f"a document may show runs of theorycheck only: {command}"
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.output


def missing(shown: list[str], output: str) -> list[str]:
    """Return the shown lines that the output does not contain."""
    there = {normal(line) for line in output.splitlines()}
    return [line for line in shown if line.strip() and normal(line) not in there]
