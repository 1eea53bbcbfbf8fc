"""Finding claims in files, directories and the shipped package."""

import inspect
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from tests.claim_files import definition, entry, write
from theorycheck.errors import ClaimError, ClaimFileError, UnknownClaimError
from theorycheck.statement import loading


def ids(claims) -> list[str]:
    return [claim.id for claim in claims]


def test_claims_come_in_the_order_of_their_definition_and_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "from theorycheck import Claim\n"
        f"z = {definition('p/z')}\n"
        f"group = [{definition('p/b')}, ({definition('p/a')},), z]\n"
        f"table = {{'x': {definition('p/x')}}}\n"
        "again = group\n"
        "not_claims = [1, 'Claim', None]\n",
        encoding="utf-8",
    )
    assert ids(loading.load_file(path)) == ["p/z", "p/b", "p/a", "p/x"]


def test_readings_are_claims_of_their_own_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "from theorycheck import Claim\n"
        f"a = {definition('p/l@a')}\n"
        f"l = {entry('p/l', ['a', definition('p/l@b')])}\n",
        encoding="utf-8",
    )
    assert ids(loading.load_file(path)) == ["p/l@a", "p/l", "p/l@b"]
    assert ids(loading.resolve([f"{path}::p/l"])) == ["p/l", "p/l@a", "p/l@b"]
    assert ids(loading.resolve([f"{path}::p/l@a"])) == ["p/l@a"]


def test_the_source_and_pickles_of_a_loaded_formula_are_found(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.py", definition("p/a"), before="def sides(xp, x):\n    return x, x\n")
    (claim,) = loading.load_file(path)
    source = loading.source_of(claim)
    assert source is not None
    sides = sys.modules[source.module].sides
    assert inspect.getsource(sides).startswith("def sides(xp, x):")
    assert pickle.loads(pickle.dumps(sides)) is sides
    assert loading.load_claim(source, "p/a") is claim
    assert not (tmp_path / "__pycache__").exists()


def test_an_edited_file_is_loaded_anew(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.py", definition("p/a"))
    (first,) = loading.load_file(path)
    write(path, definition("p/b"))  # same length, same clock tick: only the text differs
    assert ids(loading.load_file(path)) == ["p/b"]
    source = loading.source_of(first)
    assert source is not None
    with pytest.raises(ClaimFileError, match="changed during the run"):
        loading.load_claim(source, "p/a")


def test_files_of_one_name_do_not_mix(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "lemma.py", definition(f"{name}/a"))
    assert ids(loading.resolve([str(tmp_path / "one"), str(tmp_path / "two")])) == ["one/a", "two/a"]


def test_a_file_may_import_its_neighbour_and_claims_of_it_stay_the_neighbours(tmp_path: Path) -> None:
    (tmp_path / "neighbour_of_claims.py").write_text(
        "from theorycheck import Claim, Space, real\n"
        "def sides(xp, x):\n    return x, x\n"
        "shared = Claim(id='p/shared', statement='', space=Space(x=real(0, 1)), sides=sides)\n",
        encoding="utf-8",
    )
    path = write(
        tmp_path / "mine.py", definition("p/a"), before="from neighbour_of_claims import shared, sides\n"
    )
    assert ids(loading.load_file(path)) == ["p/a"]


def test_a_directory_skips_tests_hidden_folders_and_other_modules(tmp_path: Path) -> None:
    write(tmp_path / "a.py", definition("p/a"))
    write(tmp_path / "test_b.py", definition("p/b"))
    (tmp_path / ".venv").mkdir()
    write(tmp_path / ".venv" / "c.py", definition("p/c"))
    (tmp_path / "d.py").write_text("raise RuntimeError('not to be imported')\n", encoding="utf-8")
    assert ids(loading.load_directory(tmp_path)) == ["p/a"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = (\n", r"bad\.py:1: .*SyntaxError"),
        ("import theorycheck\nimport no_such_module_at_all\n", r"bad\.py:2: .*no_such_module_at_all"),
        ("\n\nraise ValueError('two\\nlines')\n", r"bad\.py:3: .*ValueError: two lines"),
        ("import sys\nsys.exit(3)\n", r"bad\.py:2: .*SystemExit"),
        ("x = 1\n", "defines no claim"),
        ("from theorycheck import Claim\nc = Claim(id='Bad', statement='')\n", r"bad\.py:2: .*PAPER/LABEL"),
    ],
)
def test_a_bad_file_is_named_with_its_line(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "bad.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ClaimFileError, match=expected) as caught:
        loading.load_file(path)
    assert "\n" not in str(caught.value)


def test_a_duplicate_id_names_both_places(tmp_path: Path) -> None:
    one = write(tmp_path / "one.py", definition("p/a"))
    two = write(tmp_path / "two.py", definition("p/b"), definition("p/a"))
    with pytest.raises(ClaimFileError) as caught:
        loading.load_directory(tmp_path)
    assert f"{one}:2" in str(caught.value)
    assert f"{two}:3" in str(caught.value)


def test_an_unknown_id_suggests_close_ones(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.py", definition("mine/lemma-1"), definition("mine/theorem-2"))
    with pytest.raises(UnknownClaimError, match="did you mean mine/lemma-1"):
        loading.resolve([f"{path}::mine/lema-1"])
    with pytest.raises(UnknownClaimError, match="did you mean mine/theorem-2"):
        loading.resolve([f"{path}::theorem-2"])


def test_import_path() -> None:
    assert loading.import_path("math:sqrt", "p/a")(4) == 2
    assert loading.import_path("pathlib:Path.cwd", "p/a") is not None
    for path in ("math.sqrt", "math:no", "no_such_module:f", "math:__import__('os')", ":", "os:path; x"):
        with pytest.raises(ClaimError, match="p/a"):
            loading.import_path(path, "p/a")


def test_a_hidden_shipped_package_is_named(tmp_path: Path) -> None:
    (tmp_path / "verifications").mkdir()
    (tmp_path / "verifications" / "__init__.py").write_text("", encoding="utf-8")
    code = (
        "import sys, theorycheck.statement.loading as loading\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "try:\n    loading.shipped_claims()\n"
        "except Exception as error:\n    print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("ClaimFileError")
    assert str(tmp_path) in done.stdout


def test_every_shipped_paper_has_the_name_of_its_package() -> None:
    for claim in loading.shipped_claims():
        source = loading.source_of(claim)
        assert source is not None
        assert source.module.split(".")[:2] == ["verifications", claim.paper]


def test_neighbours_of_one_name_in_two_directories_are_refused(tmp_path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "same_name_twice.py").write_text(f"value = {name!r}\n", encoding="utf-8")
        write(tmp_path / name / "lemma.py", definition(f"{name}/a"), before="import same_name_twice\n")
    loading.load_file(tmp_path / "one" / "lemma.py")
    with pytest.raises(ClaimFileError, match="same_name_twice, which came from"):
        loading.load_file(tmp_path / "two" / "lemma.py")


BUILDERS = """
from theorycheck import Claim


def build(label):
    return Claim(id=f"mine/{label}", statement="", kind="definition", implements=["math:sqrt"])
"""


@pytest.mark.parametrize(
    ("ending", "is_one"),
    [
        ("", False),  # a module that others build their claims with
        ("NAMES = {'a': lambda label: build(label)}\n", False),
        ("one = build('a')\n", True),
        ("several = [build(label) for label in 'ab']\n", True),
        ("if True:\n    one = build('a')\n", True),
        ("one = Claim(id='mine/a', statement='', implements=['math:sqrt'])\n", True),
        ("broken = (\n", True),  # so that the error is shown
    ],
)
def test_a_file_of_claims_makes_them_when_it_is_imported(tmp_path: Path, ending: str, is_one: bool) -> None:
    path = tmp_path / "file.py"
    path.write_text(BUILDERS + ending, encoding="utf-8")
    assert loading.is_claim_file(path) is is_one
