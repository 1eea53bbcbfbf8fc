"""Theorems are made by `infer` alone, and certificates are nothing but how they were made."""

import ast
import copy
import json
import pickle
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kernel_forgeries import ACCEPTED, ATTEMPTS, FACTS, FORGED, certificate
from tests.kernel_values import is_refuted
from theorycheck import kernel
from theorycheck.kernel import (
    RULES,
    Refused,
    Sequent,
    Theorem,
    add,
    from_json,
    infer,
    is_theorem,
    le,
    lt,
    mul,
    number,
    power,
    to_json,
    variable,
)

PACKAGE = Path(__file__).parent.parent / "theorycheck"
X, Y, ZERO = variable("x"), variable("y"), number(0)
SQUARE = infer("combination", conclusion=le(ZERO, power(X, 2)), products=((number(1), (), (X,)),))


def test_what_a_theorem_says():
    assert SQUARE.hypotheses == frozenset() and SQUARE.conclusion is le(ZERO, power(X, 2))
    assert SQUARE.rests_on == frozenset() and repr(SQUARE) == "⊢ 0 ≤ (x ^ 2)"
    assumed = infer("assume", formula=lt(X, Y))
    assert repr(assumed) == "x < y ⊢ x < y" and is_theorem(assumed)


def test_nothing_else_makes_one():
    false = Sequent(frozenset(), lt(ZERO, ZERO))
    forged = object.__new__(Theorem)
    for name, content in (("sequent", false), ("rule", "assume"), ("premises", ()), ("arguments", {})):
        object.__setattr__(forged, name, content)
    assert not is_theorem(forged) and not is_theorem(false)
    with pytest.raises(Refused, match="no theorem"):
        infer("cut", forged, SQUARE)
    for make_one in (
        lambda: Theorem(false),
        lambda: copy.copy(SQUARE),
        lambda: copy.deepcopy(SQUARE),
        lambda: pickle.dumps(SQUARE),
        lambda: setattr(SQUARE, "sequent", false),
        lambda: delattr(SQUARE, "sequent"),
        lambda: infer("combination", SQUARE.sequent, conclusion=le(ZERO, X)),
    ):
        with pytest.raises(Refused):
            make_one()
    with pytest.raises(TypeError):
        RULES["assume"] = lambda premises: false
    with pytest.raises(TypeError):
        SQUARE.arguments["conclusion"] = lt(ZERO, ZERO)


def test_the_private_parts_are_used_by_the_kernel_alone():
    for path in PACKAGE.rglob("*.py"):
        if path.is_relative_to(PACKAGE / "kernel"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("theorycheck.kernel"):
                assert not [a.name for a in node.names if a.name.startswith("_")], path
            assert not (isinstance(node, ast.Attribute) and node.attr == "_made"), path


def test_the_kernel_imports_the_standard_library_and_flint():
    allowed = {*sys.stdlib_module_names, "flint", "theorycheck"}
    for path in (PACKAGE / "kernel").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
                assert names[0].partition(".")[0] != "theorycheck" or names[0].startswith(
                    "theorycheck.kernel"
                )
            else:
                continue
            assert {name.partition(".")[0] for name in names} <= allowed, path


def test_a_bare_interpreter_makes_a_stored_theorem_again():
    code = (
        "import sys\n"
        "for heavy in ('numpy', 'sympy', 'scipy', 'mpmath', 'rich', 'click', 'hypothesis', 'pytest'):\n"
        "    sys.modules[heavy] = None\n"
        "import json\n"
        "from theorycheck.kernel import from_json\n"
        "print(from_json(json.load(sys.stdin)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(to_json(SQUARE)),
        capture_output=True,
        text=True,
        check=True,
        cwd=PACKAGE.parent,
    )
    assert done.stdout.strip() == repr(SQUARE)


@pytest.mark.parametrize("item", ACCEPTED, ids=lambda item: item.name)
def test_certificates_that_are_accepted(item):
    theorem = from_json(json.loads(json.dumps(certificate(item.steps))))
    assert from_json(json.loads(json.dumps(to_json(theorem)))).sequent == theorem.sequent


@pytest.mark.parametrize("item", FORGED, ids=lambda item: item.name)
def test_certificates_that_are_refused(item):
    with pytest.raises(Refused):
        from_json(json.loads(json.dumps(item.certificate)))


@pytest.mark.parametrize("item", ATTEMPTS, ids=lambda item: item.name)
def test_what_is_done_with_the_kernel_and_must_be_refused(item):
    with pytest.raises(Refused):
        item.tried(kernel)


@pytest.mark.parametrize("item", FACTS, ids=lambda item: item.name)
def test_what_is_true_of_the_kernel(item):
    assert item.holds(kernel)


@pytest.mark.parametrize(
    "damage",
    [
        lambda c: c.update(kernel=2),
        lambda c: c.pop("terms"),
        lambda c: c.update(steps=[]),
        lambda c: c["steps"].append(3),
        lambda c: c["steps"][0].update(rule="nobody"),
        lambda c: c["steps"][0].update(premises=[0]),
        lambda c: c["steps"][0].update(premises=[True]),
        lambda c: c["steps"][0].update(arguments=[]),
        lambda c: c["steps"][0]["arguments"].update(conclusion={"term": 10**6}),
        lambda c: c["steps"][0]["arguments"].update(conclusion={"number": "1/0"}),
        lambda c: c["steps"][0]["arguments"].update(more=1),
        lambda c: c["steps"][0]["arguments"].update(products=1.5),
        lambda c: c["terms"].append(["number", "1e5"]),
        lambda c: c["terms"].append(["number", "٣"]),
        lambda c: c["terms"].append(["variable"]),
        lambda c: c["terms"].append(["variable", ""]),
        lambda c: c["terms"].append(["exp", 99]),
        lambda c: c["terms"].append(["exp", True]),
        lambda c: c["terms"].append(["os.system", 0]),
        lambda c: c["terms"].append([]),
        lambda c: c["terms"].append(None),
    ],
)
def test_malformed_certificates(damage):
    certificate = json.loads(json.dumps(to_json(SQUARE)))
    damage(certificate)
    with pytest.raises(Refused):
        from_json(certificate)
    for other in (None, 3, [], "x", {}):
        with pytest.raises(Refused):
            from_json(other)


def test_damaged_certificates_are_refused_or_make_what_is_true():
    """What a random change of a number or a place still makes holds at random points."""
    rng = random.Random(0)
    certificates = [to_json(SQUARE), to_json(_sum_of_squares())]
    made = 0
    for _ in range(1500):
        certificate = json.loads(json.dumps(rng.choice(certificates)))
        _damage(certificate, rng)
        try:
            theorem = from_json(certificate)
        except Refused:
            continue
        made += 1
        for _ in range(20):
            point = {X: rng.randint(-9, 9), Y: rng.randint(-9, 9)}
            assert not is_refuted(theorem.hypotheses, theorem.conclusion, point), theorem
    assert made > 100


def _sum_of_squares():
    bound = infer("assume", formula=le(X, Y))
    target = add(power(X, 2), mul(number(3), Y), mul(number(-3), X))
    return infer(
        "combination",
        bound,
        conclusion=le(ZERO, target),
        products=((number(3), ((0, 1),), ()), (number(1), (), (X,))),
    )


def _damage(certificate, rng):
    rows = [row for row in certificate["terms"] if row[0] == "number"]
    kind = rng.randrange(4)
    if kind == 0:
        rng.choice(rows)[1] = str(rng.randint(-4, 4))
    elif kind == 1:
        row = rng.choice([row for row in certificate["terms"] if len(row) > 1 and isinstance(row[-1], int)])
        row[-1] = rng.randrange(len(certificate["terms"]))
    elif kind == 2:
        step = rng.choice(certificate["steps"])
        name = rng.choice(sorted(step["arguments"]))
        step["arguments"][name] = {"term": rng.randrange(len(certificate["terms"]))}
    else:
        products = certificate["steps"][-1]["arguments"].get("products")
        if products:
            products.append(rng.choice(products))
