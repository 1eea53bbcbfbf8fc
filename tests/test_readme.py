"""The README is true: its files are run, and its outputs are what comes out."""

import inspect
from pathlib import Path

import click
import pytest

import theorycheck
from tests.documents import Block, blocks, commands, missing, run_command, run_script
from theorycheck import Claim
from theorycheck.cli import main
from theorycheck.statement.loading import load_file
from theorycheck.statement.verdicts import STATUSES

README = Path(__file__).parent.parent / "README.md"
BLOCKS = blocks(README)
COMMANDS = [pair for block in BLOCKS if block.language == "console" for pair in commands(block)]
SCRIPTS = [
    (block, after if after.language == "text" and after.follows_at_once else None)
    for block, after in zip(BLOCKS, [*BLOCKS[1:], Block("", "", False)], strict=True)
    if block.language == "python" and not block.file_name
]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that holds the README's files."""
    place = tmp_path_factory.mktemp("readme")
    for block in BLOCKS:
        if block.file_name:
            (place / block.file_name).write_text(block.text, encoding="utf-8")
    return place


@pytest.mark.parametrize(("command", "shown"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_commands_print_what_is_shown(command: str, shown: list[str], directory: Path, monkeypatch) -> None:
    monkeypatch.chdir(directory)
    status, output = run_command(command)
    assert status == 0, output
    assert missing(shown, output) == [], output


@pytest.mark.parametrize(("script", "shown"), SCRIPTS, ids=range(len(SCRIPTS)))
def test_scripts_print_what_is_shown(script: Block, shown: Block | None) -> None:
    output = run_script(script)
    if shown is not None:
        assert missing(shown.text.splitlines(), output) == [], output


def test_every_file_is_run_and_every_shown_verdict_belongs_to_it(directory: Path) -> None:
    files = [block.file_name for block in BLOCKS if block.file_name]
    assert files
    for name in files:
        shown = [lines for command, lines in COMMANDS if f" {name} " in f"{command} " and " run " in command]
        assert shown, f"no command of the README runs {name}"
        words = {tuple(line.split()[:2]) for line in shown[0] if line.split()[0] in STATUSES}
        for claim in load_file(directory / name):
            found = [status.rstrip(",") for status, claim_id in words if claim_id.rstrip(",") == claim.id]
            assert found, f"{name}: no verdict of {claim.id} is shown"
            assert claim.expected in (None, *found), f"{name}: {claim.id} records another status"


def test_a_first_lemma_fits_into_some_15_lines() -> None:
    first = next(block for block in BLOCKS if block.file_name)
    code = [line for line in first.text.splitlines() if line.strip() and not line.startswith("#")]
    assert len(code) <= 15


def test_statuses_commands_options_and_fields_are_all_described() -> None:
    text = README.read_text(encoding="utf-8")
    for status in STATUSES:
        assert f"| `{status}` |" in text
    for name, command in main.commands.items():
        assert f"theorycheck {name}" in text
        assert isinstance(command, click.Command)
    for option in (o for p in main.commands["run"].params for o in p.opts if o.startswith("--")):
        assert f"`{option}" in text, f"the README does not describe {option}"
    for field in inspect.signature(Claim).parameters:
        assert f"`{field}`" in text, f"the README does not describe the field {field}"
    for name in theorycheck.__all__:
        if name.islower() and not name.startswith("check"):
            assert name in text, f"the README does not mention {name}"


def test_json_keys_are_all_described(directory: Path) -> None:
    claim = load_file(directory / "definition.py")[0]
    text = README.read_text(encoding="utf-8")
    for key in theorycheck.check(claim, budget="quick").to_dict():
        assert f"`{key}`" in text, f"the README does not describe the key {key}"
