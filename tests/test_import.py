"""What `import theorycheck` offers and what it costs."""

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import theorycheck

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "theorycheck"


def modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_import_loads_nothing_heavier_than_numpy() -> None:
    allowed = modules_after("import numpy, importlib, typing, __future__")
    extra = modules_after("import theorycheck") - allowed
    assert {name for name in extra if name.partition(".")[0] != "theorycheck"} == set()


@pytest.mark.parametrize("heavy", ["scipy", "sympy", "hypothesis", "matplotlib", "flint", "torch"])
def test_a_claim_can_be_written_without(heavy: str) -> None:
    assert heavy not in modules_after("from theorycheck import Claim, check, requires, Verdict")


def test_help_needs_neither_numpy_nor_the_library() -> None:
    loaded = modules_after("import theorycheck.cli")
    assert not {"numpy", "sympy", "scipy", "rich", "theorycheck.statement.claims"} & loaded


def test_the_plugin_is_light() -> None:
    loaded = modules_after("import theorycheck.pytest_plugin")
    assert (
        not {"numpy", "sympy", "scipy", "theorycheck.statement.claims", "theorycheck.statement.loading"}
        & loaded
    )


@pytest.mark.parametrize("name", theorycheck.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(theorycheck, name) is not None
    assert name in dir(theorycheck)


def test_no_public_name_is_hidden_by_a_submodule() -> None:
    submodules = {module.name for module in pkgutil.iter_modules(theorycheck.__path__)}
    assert not submodules & set(theorycheck.__all__)


def test_check_stays_the_function_whatever_is_imported() -> None:
    importlib.import_module("theorycheck.judging")
    from theorycheck import check

    assert callable(check)
    assert theorycheck.check is check


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = theorycheck.nonsense


def late_imports(path: Path) -> bool:
    """Whether a function of the file imports a module of the project."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return any(
        isinstance(node, ast.ImportFrom) and (node.module or "").startswith("theorycheck")
        for function in functions
        for node in ast.walk(function)
    )


def test_the_design_lists_the_modules_that_import_late() -> None:
    rows = (ROOT / "docs" / "design.md").read_text(encoding="utf-8").partition("| module | imports late |")[2]
    listed = {
        name.strip("/")
        for row in rows.strip().splitlines()[1:]
        for name in re.findall("`([a-z_./]+)`", row.split("|")[1] if row.startswith("|") else "")
    }
    late = {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        for path in PACKAGE.rglob("*.py")
        if "lab" not in path.parts and late_imports(path)
    }
    assert {name for name in late if name not in listed and name.partition(".")[0] not in listed} == set()
    assert {
        name for name in listed if not any(f"{module}.".startswith(f"{name}.") for module in late)
    } == set()
