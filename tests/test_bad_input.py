"""Bad input: exit status 2, one line on stderr that names the thing, no traceback, nothing lost."""

import importlib.util
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.claim_files import definition, write
from theorycheck.cli import main
from theorycheck.running.store import SCHEMA, Store

FORMULA = """\
from theorycheck import *
from theorycheck.statement.claims import Experiment, Observation

def sides(xp, x):
    return {left}, {right}

claim = Claim(id="mine/a", statement="", space=Space(x=real({bounds})), sides=sides{more})
"""


def formula(left: str = "x", right: str = "x + 1", bounds: str = "0, 1", more: str = "") -> str:
    return FORMULA.format(left=left, right=right, bounds=bounds, more=more and f", {more}")


def claim(arguments: str) -> str:
    return (
        "from theorycheck import *\n"
        "def sides(xp, x): return x, x\n"
        "def bare(x): return x, x\n"
        "def other(xp, x, y): return x, y\n"
        f"claim = Claim({arguments})\n"
    )


FILES = {
    "a syntax error": ("x = (\n", "mine.py:1: the claim file fails: SyntaxError"),
    "bytes that are no text": ("\x00\x01", "mine.py:1: the claim file fails"),
    "a failing import": ("import no_such_module\n", "mine.py:1: the claim file fails: ModuleNotFoundError"),
    "an exception": ("x = 1\nx / 0\n", "mine.py:2: the claim file fails: ZeroDivisionError"),
    "an exit": ("raise SystemExit\n", "mine.py:1: the claim file fails: SystemExit"),
    "endless recursion": ("def f(): return f()\nf()\n", "RecursionError"),
    "an empty file": ("", "defines no claim"),
    "no claim": ("x = 1\n", "defines no claim"),
    "a claim without content": (claim("id='mine/a', statement=''"), "mine/a: nothing to check"),
    "an id without a label": (claim("id='mine', statement='', sides=sides"), "'mine' is not of the form"),
    "an id in capitals": (claim("id='Mine/A', statement='', sides=sides"), "'Mine/A' is not of the form"),
    "an id that is a number": (claim("id=3, statement='', sides=sides"), "3 is not of the form"),
    "no statement": (claim("id='mine/a'"), "missing 1 required positional argument"),
    "an unknown argument": (
        claim("id='mine/a', statement='', proof=1"),
        "unexpected keyword argument 'proof'",
    ),
    "an unknown relation": (
        claim("id='mine/a', statement='', sides=sides, space=Space(x=real()), relation='=<'"),
        "unknown relation '=<'",
    ),
    "an unknown kind": (
        claim("id='mine/a', statement='', sides=sides, kind='lemma'"),
        "unknown kind 'lemma'",
    ),
    "an unknown expected status": (
        claim("id='mine/a', statement='', sides=sides, expected='true'"),
        "unknown expected status 'true'",
    ),
    "sides without a space": (claim("id='mine/a', statement='', sides=sides"), "needs a space="),
    "sides without xp": (
        claim("id='mine/a', statement='', sides=bare, space=Space(x=real())"),
        "the first parameter of sides must be xp",
    ),
    "a name that the space lacks": (
        claim("id='mine/a', statement='', sides=other, space=Space(x=real())"),
        "sides asks for y",
    ),
    "a hypothesis on an unknown name": (
        claim("id='mine/a', statement='', sides=sides, space=Space(x=real()), hypotheses=[convex('f')]"),
        "asks for f",
    ),
    "a hypothesis that is none": (
        claim("id='mine/a', statement='', sides=sides, space=Space(x=real()), hypotheses=['x > 0']"),
        "'x > 0' is no hypothesis",
    ),
    "a domain that is none": (claim("id='mine/a', statement='', space=Space(x=3)"), "x=3 is no domain"),
    "a reference to a later name": (
        claim("id='mine/a', statement='', sides=sides, space=Space(x=real('y'), y=real())"),
        "x refers to y",
    ),
    "two dimensions": (
        claim(
            "id='mine/a', statement='', sides=sides, space=Space(d=dimension(1), e=dimension(2), x=real())"
        ),
        "two dimensions",
    ),
    "two claims of one id": (
        f"from theorycheck import Claim\na = {definition('mine/a')}\nb = {definition('mine/a')}\n",
        "two claims have the id mine/a",
    ),
    "an empty interval": (formula(bounds="1, 0"), "mine.py"),
    "an import path that is none": (
        f"from theorycheck import Claim\na = {definition('mine/a', implements='f')}\n",
        "mine/a",
    ),
    "an import path to nothing": (
        f"from theorycheck import Claim\na = {definition('mine/a', implements='math:nope')}\n",
        "mine/a: math has no 'nope'",
    ),
    "an import path that is an expression": (
        f"from theorycheck import Claim\na = {definition('mine/a', implements='os:getcwd()')}\n",
        "mine/a: 'os:getcwd()' is no import path",
    ),
    "hypotheses that contradict each other": (
        formula(more="hypotheses=[requires(lambda x: x > 2, 'x > 2')]"),
        "mine/a",
    ),
    "a formula with NaN": (formula(left="xp.log(x - 3)"), "mine/a"),
    "a formula with infinity": (formula(left="x / (x - x)"), "mine/a"),
    "a formula of the wrong shape": (formula(left="xp.zeros((7,))"), "mine/a"),
    "a formula that returns no pair": (formula().replace("return x, x + 1", "return x"), "mine/a"),
    "a formula that returns text": (formula(left="'x'"), "mine/a"),
    "a formula that returns None": (formula(left="None"), "mine/a"),
    "a formula that raises": (formula(left="x.no_such_method()"), "mine/a"),
    "a formula that exits": (formula(left="xp.no_such_function(x)"), "mine/a"),
    "a hypothesis that raises": (
        formula(more="hypotheses=[requires(lambda x: 1 // 0 > 0, 'nonsense')]"),
        "mine/a",
    ),
    "an experiment that returns nothing": (
        formula(more="experiments=[Experiment('e', '', lambda *_: None)]"),
        "mine/a: the experiment e returns None; return Observation",
    ),
    "an observation of nothing": (
        formula(more="experiments=[Experiment('e', '', lambda *_: Observation('agrees', None))]"),
        "mine/a: the summary of an observation is None",
    ),
    "an observation with a list": (
        formula(more="experiments=[Experiment('e', '', lambda *_: Observation('agrees', '', [1]))]"),
        "mine/a: the details of an observation are [1]",
    ),
    "an experiment that is none": (formula(more="experiments=[3]"), "mine/a: experiments= has 3"),
    "experiments that are no list": (formula(more="experiments=3"), "mine/a: experiments= is 3"),
    "a test that is no file name": (formula(more="tests=[3]"), "mine/a: tests= has 3"),
    "a note that is no text": (formula(more="note=3"), "mine/a: note= is 3; write text"),
    "half a character": (formula(more="note='\\ud800'"), "mine/a: note= has half of a character"),
    "readings that are none": (formula(more="readings=[3]"), "mine/a: readings= has 3"),
    "a refutation that is none": (formula(more="refutation=3"), "mine/a: refutation= is 3"),
    "a space that is none": (claim("id='mine/a', statement='', sides=sides, space=3"), "mine/a: space= is 3"),
    "sides that are no function": (
        claim("id='mine/a', statement='', sides=3, space=Space(x=real())"),
        "mine/a: sides= is 3; write a function",
    ),
    "a condition without TeX": (
        formula(more="hypotheses=[requires(lambda x: x > 0, None)]"),
        "the TeX of a condition is None",
    ),
    "an end beyond floats": (formula(bounds="0, 10**400"), "the upper bound 1000000"),
    "an end that is no number": (formula(bounds="0, [1]"), "the upper bound [1] is no number"),
    "an end that is NaN": (formula(bounds="0, float('nan')"), "the upper bound is nan"),
    "an integer that is none": (
        claim("id='mine/a', statement='', sides=sides, space=Space(x=integer(0, 1.5))"),
        "the bound 1.5 is no whole number",
    ),
    "an integer without end": (
        claim("id='mine/a', statement='', sides=sides, space=Space(x=integer(0, float('inf')))"),
        "the bound inf is no whole number",
    ),
    "a choice of NaN": (
        claim("id='mine/a', statement='', sides=sides, space=Space(x=choice(float('nan')))"),
        "choice: a value is neither",
    ),
    "a number that nothing prints": (formula(right="x + 10**5000"), "a number of about 5000 digits"),
    "a power that nothing prints": (
        formula(right="x + xp.number(10)**5000"),
        "a number of about 5000 digits",
    ),
    "a base beyond floats": (
        formula(right="x + xp.number(10**400)**5000"),
        "the power of a large number with the exponent 5000",
    ),
    "an exception that is no Exception": ("raise BaseException\n", "mine.py:1: the claim file fails"),
    "a file that reads what nobody writes": ("input()\n", "mine.py:1: the claim file fails: EOFError"),
    "a derivation that raises": (formula(more="derivation=lambda symbols: symbols.no_such_symbol"), "mine/a"),
    "a derivation that returns nothing": (formula(more="derivation=lambda symbols: None"), "mine/a"),
}


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, status: int = 2) -> str:
        """Run the command line; return its one line of complaint."""
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exit_code == status, (result.output, result.exception)
        assert "Traceback" not in result.output
        (line,) = result.stderr.splitlines()
        assert line.startswith("theorycheck: ")
        return line

    return call


@pytest.mark.parametrize("name", FILES)
def test_a_bad_claim_file(call, tmp_path, name) -> None:
    text, expected = FILES[name]
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    line = call("run", "mine.py", "--budget", "quick")
    assert expected in line


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write(tmp_path / "good.py", definition("mine/good"))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["run", "starnes2023/no-such-lemma"], "no-such-lemma"),
        (["run", "no-such-paper"], "no-such-paper"),
        (["show", "good.py::mine/goood"], "did you mean mine/good"),
        (["run", "missing.py"], "missing.py"),
        (["run", "missing.py::mine/a"], "missing.py"),
        (["run", "./missing"], "missing"),
        (["run", "empty"], "empty"),
        (["run", "notes.txt"], "claim files end in .py"),
        (["run", "good.py", "copy.py"], "two claims have the id mine/good"),
        (["run", "good.py", "--budget", "huge"], "'huge' is not one of 'quick', 'standard', 'thorough'"),
        (["run", "good.py", "--backend", "abacus"], "'abacus' is not one of"),
        (["run", "good.py", "--seed", "one"], "'one' is not a valid integer"),
        (["run", "good.py", "--seed", "-1"], "-1 is not in the range"),
        (["run", "good.py", "--workers", "0"], "0 is not in the range"),
        (["run", "good.py", "--workers", "-2"], "-2 is not in the range"),
        (["run", "good.py", "--jsn", "x"], "No such option"),
        (["rnu", "good.py"], "No such command"),
        (["show"], "Missing argument"),
        (["replay"], "Missing argument"),
        (["run", "good.py", "--json", "empty"], "is a directory"),
        (["run", "good.py", "--json", "none/out.json"], "does not exist"),
        (["run", "good.py", "--report", "good.py"], "cannot be written"),
        (["run", "good.py", "--store", "empty"], "is a directory"),
        (["run", "good.py", "--store", "none/s.sqlite"], "does not exist"),
        (["run", "good.py", "--store", "good.py"], "left alone"),
        (["run", "good.py", "--store", "older.sqlite"], f"schema {SCHEMA - 1}"),
        (["run", "good.py", "--store", "newer.sqlite"], f"schema {SCHEMA + 1}"),
        (["run", "good.py", "--store", "half.sqlite"], "damaged"),
        (["show", "good.py", "--store", "missing.sqlite"], "there is no store"),
        (["replay", "good.py", "--store", "missing.sqlite"], "there is no store"),
        (["replay", "good.py", "--store", "fresh.sqlite"], "holds no verdict of mine/good"),
        (["replay", "good.py", "--json", "good.py"], "no JSON of theorycheck"),
        (["replay", "good.py", "--json", "missing.json"], "cannot read missing.json"),
        (["replay", "good.py", "--json", "other.json"], "has schema 1"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_bad_call(call, good, tmp_path, arguments, expected) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("Claim(theorycheck)", encoding="utf-8")
    (tmp_path / "other.json").write_text('{"claims": [{"id": "mine/good"}]}', encoding="utf-8")
    write(tmp_path / "copy.py", definition("mine/good"))
    for name, version in (("older", SCHEMA - 1), ("newer", SCHEMA + 1), ("fresh", SCHEMA), ("half", SCHEMA)):
        Store(tmp_path / f"{name}.sqlite").close()
        connection = sqlite3.connect(tmp_path / f"{name}.sqlite")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.close()
    half = tmp_path / "half.sqlite"
    half.write_bytes(half.read_bytes()[: half.stat().st_size // 2 + 100])
    before = good.read_bytes()
    assert expected in call(*arguments)
    assert good.read_bytes() == before


def test_a_backend_that_is_not_there(call, good) -> None:
    if importlib.util.find_spec("cupy") is not None:
        pytest.skip("CuPy is installed here")
    assert "pip install 'theorycheck[cupy]'" in call("run", good, "--backend", "cupy")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is unreadable for root")
def test_a_file_without_permission(call, good, tmp_path) -> None:
    good.chmod(0)
    assert "cannot read" in call("run", good)


def test_missing_shipped_claims(call, monkeypatch) -> None:
    from theorycheck.statement import loading

    loading.shipped_claims.cache_clear()
    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: None)
    try:
        assert "the shipped package verifications" in call("list")
    finally:
        loading.shipped_claims.cache_clear()


def test_nothing_that_was_computed_is_lost(call, tmp_path) -> None:
    """A run that fails on one claim has stored the others."""
    path = write(tmp_path / "m.py", definition("mine/a"), definition("mine/bad", implements="no:f"))
    call("run", path, "--store", "s.sqlite")
    with Store(tmp_path / "s.sqlite", writable=False) as store:
        assert store.latest("mine/a") is not None


INSTANCES = {
    "{'x': None}": "has the value None",
    "{'x': float('nan')}": "has the value nan",
    "{'x': float('inf')}": "has the value inf",
    "{'x': (1, 'q')}": "has the value 'q'",
    "{'x': 1j}": "has the value 1j",
    "{'x': 10**5000}": "more than 4 200 digits",
    "{'y': 1}": "lacks x",
    "{1: 1}": "write names with their values",
    "[1]": "write names with their values",
}


@pytest.mark.parametrize("instance", INSTANCES)
def test_an_instance_of_a_demonstration(call, tmp_path, instance) -> None:
    refutation = (
        "refutation=Refutation(lambda s: derivation(chain(0, le(1, elementary('')))), '', "
        f"sides=lambda xp, x: (x, x - 1), instance={instance})"
    )
    text = "from theorycheck.derivations import *\n" + formula(more=refutation)
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    assert INSTANCES[instance] in call("run", "mine.py", "--budget", "quick")


@pytest.mark.parametrize("right", ["x + 10**400", "x * 10**400", "x + xp.number(10) ** 3000"])
def test_numbers_beyond_floats_are_exact(call, tmp_path, right) -> None:
    (tmp_path / "mine.py").write_text(formula(right=right, more="expected='proved'"), encoding="utf-8")
    result = CliRunner().invoke(main, ["run", "mine.py", "--budget", "quick"])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("text", ["null", "[]", "3", '{"claims": [3]}', "[" * 100_000, ""])
def test_a_json_that_is_no_verdict(call, good, tmp_path, text) -> None:
    (tmp_path / "verdicts.json").write_text(text, encoding="utf-8")
    assert "verdicts.json" in call("replay", "good.py", "--json", "verdicts.json")
