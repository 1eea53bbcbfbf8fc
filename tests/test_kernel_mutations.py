"""Every side condition of the kernel is needed: a kernel whose source lacks one is noticed by a fixed list of certificates.

The source is changed in one place: a `raise Refused` or a call of `CONDITIONS` becomes `pass`, a comparison is negated. The
changed kernel is shown the certificates of `kernel_forgeries`, in a process of its own; it is noticed if it makes what must be
refused, refuses what must be made, or fails otherwise. A place that may be changed without a difference stands in
`WITHOUT_DIFFERENCE`, with the reason.
"""

from __future__ import annotations

import ast
import copy
import importlib
import importlib.abc
import importlib.util
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
KERNEL = ROOT / "theorycheck" / "kernel"
SAMPLED = 19
"""Of so many changes one is tried where there is little time."""
SECONDS, BYTES = 5, 4 << 30
"""Of processor and memory: far more than all certificates take. A changed kernel may compute for ever."""
NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
SHIFTED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
"""What is different at equality alone."""

CONDITIONS = (
    "require_values",
    "require_closed",
    "require_variable",
    "require_fresh",
    "require_integers",
    "require_order",
    "_require_equal",
    "_require_plain",
    "_check_value",
)
"""What is called to refuse."""
REFUSED_ANYWAY = "the next lines refuse it too, with a less clear message"
CAUGHT = "this case is caught before"
LIMIT = "either side of a limit of time and memory is right"
PRODUCT = "(x_sign if x is None else x) * (y_sign if y is None else y)"
AT_POINT = "p(_rational(_point_without_root(p, low, high)))"
ONLY_TIME = "a limit of time and memory; what is beyond it is computed as well"
SHORTER = "min(len(p), len(q))"
ANY_FACTOR = "any common factor is right, 1 among them"
WITHOUT_DIFFERENCE: dict[tuple[str, str, str], str] = {
    (
        "terms.py",
        "_sort_of",
        "raise Refused(f'there is no term with the head {head!r:.40}') → pass",
    ): REFUSED_ANYWAY,
    ("theorem.py", "infer", "raise Refused(f'there is no rule {rule!r:.40}') → pass"): REFUSED_ANYWAY,
    (
        "theorem.py",
        "_decoded",
        "raise Refused(f'{value!r:.60} is no argument of a rule') → pass",
    ): REFUSED_ANYWAY,
    (
        "rules/vectors.py",
        "_require_real",
        "raise Refused('a coefficient of a vector is no real number') → pass",
    ): REFUSED_ANYWAY,
    (
        "rules/elementary.py",
        "elementary",
        "raise Refused(f'there is no elementary inequality {name!r:.40}') → pass",
    ): (REFUSED_ANYWAY),
    (
        "rules/covers.py",
        "cover",
        "raise Refused('the box is covered before the last step') → pass",
    ): REFUSED_ANYWAY,
    (
        "rules/quantifiers.py",
        "at",
        "raise Refused(f'{statement} says nothing of a range') → pass",
    ): REFUSED_ANYWAY,
    (
        "sequents.py",
        "conclude",
        "require_closed(conclusion) → pass",
    ): "the arguments of rules are closed, and so is what rules make of them",
    ("rules/roots.py", "_changes", "value > 0 → value <= 0"): "signs change where they changed",
    (
        "rules/gaussians.py",
        "_gaussian_body",
        "raise Refused(f'{total} is no mean over a Gaussian vector') → pass",
    ): REFUSED_ANYWAY,
    (
        "rules/gaussians.py",
        "_sides",
        "raise Refused(f'{product} is no inner product') → pass",
    ): REFUSED_ANYWAY,
    (
        "rules/gaussians.py",
        "_moved",
        "raise Refused(f'{term} is no {head} of a function') → pass",
    ): REFUSED_ANYWAY,
    (
        "rules/means.py",
        "constant",
        "raise Refused(f'what is averaged in {total} is not the same everywhere') → pass",
    ): REFUSED_ANYWAY,
    (
        "rules/means.py",
        "swap",
        "raise Refused(f'{total} is no mean over finitely many things') → pass",
    ): REFUSED_ANYWAY,
    (
        "polynomials.py",
        "_expanded",
        "raise Refused(f'an inner product of {len(left)} and {len(right)} vectors is too large to be expanded') → pass",
    ): ONLY_TIME,
    (
        "polynomials.py",
        "_Field.__init__",
        "raise Refused(f'a term has more than {MOST_ATOMS} atoms') → pass",
    ): ONLY_TIME,
    (
        "polynomials.py",
        "_Field._raised",
        "raise Refused(f'a sum of {len(p)} terms to the power {exponent} is too large to expand') → pass",
    ): ONLY_TIME,
    ("polynomials.py", "_Field.common_factor", f"{SHORTER} > 1 → {SHORTER} <= 1"): ANY_FACTOR,
    ("polynomials.py", "_Field.common_factor", "size > LARGEST_GCD → size <= LARGEST_GCD"): ANY_FACTOR,
    ("polynomials.py", "_Field.common_factor", f"{SHORTER} == 1 → {SHORTER} != 1"): ONLY_TIME,
    (
        "polynomials.py",
        "_Field._remainder",
        "raise Refused('a term is too large for the relations of its roots and absolute values') → pass",
    ): ONLY_TIME,
    (
        "polynomials.py",
        "_checked",
        "raise Refused(f'a polynomial has more than {MOST_MONOMIALS} terms when it is expanded') → pass",
    ): ONLY_TIME,
    (
        "polynomials.py",
        "_check_degrees",
        "raise Refused(f'a polynomial has a degree above {HIGHEST_DEGREE}') → pass",
    ): ONLY_TIME,
    (
        "rules/covers.py",
        "cover",
        "raise Refused(f'a cover of {len(splits)} steps by balls of {enclosure.size} terms takes too long') → pass",
    ): ONLY_TIME,
    # at equality
    ("balls.py", "_function", "t > 0 → t >= 0"): "the ball of log and gamma around 0 is not finite",
    ("balls.py", "_power", "base > 0 → base >= 0"): "the ball of 0^e is not finite where e may be negative",
    (
        "balls.py",
        "_power",
        "base >= 0 → base > 0",
    ): "a ball that reaches 0 exactly has a base that is known to be nonnegative",
    ("balls.py", "integer_power", "exponent > 0 → exponent >= 0"): "b^0 is 1 either way",
    (
        "balls.py",
        "_comparison",
        "a > b → a >= b",
    ): "equal numbers are caught before, and other balls do not just touch",
    ("definedness.py", "conditions_of", "exponent.value > 0 → exponent.value >= 0"): "0 is a whole number",
    ("intervals.py", "_larger_low", "a.low > b.low → a.low >= b.low"): CAUGHT,
    ("intervals.py", "_smaller_low", "a.low < b.low → a.low <= b.low"): CAUGHT,
    ("intervals.py", "_lowest_product", f"{PRODUCT} < 0 → {PRODUCT} <= 0"): CAUGHT,
    ("intervals.py", "_rounded", "_bits(end) <= LONGEST_END → _bits(end) < LONGEST_END"): LIMIT,
    ("intervals.py", "_root_of", "_bits(value) <= BITS → _bits(value) < BITS"): LIMIT,
    ("intervals.py", "_end", "abs(end) > largest → abs(end) >= largest"): LIMIT,
    ("intervals.py", "_end", "0 < abs(end) * largest < 1 → 0 < abs(end) * largest <= 1"): LIMIT,
    ("polynomials.py", "_checked", "len(p) > MOST_MONOMIALS → len(p) >= MOST_MONOMIALS"): LIMIT,
    ("polynomials.py", "_most_in_power", "len(p) < 2 → len(p) <= 2"): ONLY_TIME,
    ("polynomials.py", "_Units.ratio", "count >= 0 → count > 0"): "u^0 is 1 above and below",
    (
        "rules/covers.py",
        "Enclosure.__init__",
        "part.args[1].value.denominator > 1 → part.args[1].value.denominator >= 1",
    ): "only bases of roots are asked for",
    (
        "rules/covers.py",
        "Enclosure.decides",
        "slopes[name] >= 0 → slopes[name] > 0",
    ): "a slope of 0 moves to either end",
    ("rules/covers.py", "Enclosure.decides", "slopes[name] <= 0 → slopes[name] < 0"): CAUGHT,
    (
        "polynomials.py",
        "_expanded",
        "len(left) * len(right) > MOST_MONOMIALS → len(left) * len(right) >= MOST_MONOMIALS",
    ): LIMIT,
    (
        "polynomials.py",
        "_combination",
        "len(found) + len(waiting) > MOST_MONOMIALS → len(found) + len(waiting) >= MOST_MONOMIALS",
    ): LIMIT,
    (
        "polynomials.py",
        "_combination",
        "len(factors) > MOST_FACTORS → len(factors) >= MOST_FACTORS",
    ): LIMIT,
    (
        "rules/vectors.py",
        "_require_real",
        "len(pairs) > MOST_VECTORS → len(pairs) >= MOST_VECTORS",
    ): LIMIT,
    (
        "rules/gaussians.py",
        "moment",
        "len(directions) > MOST_DIRECTIONS → len(directions) >= MOST_DIRECTIONS",
    ): LIMIT,
    ("rules/roots.py", "signed", "p.degree() > 0 → p.degree() >= 0"): "a number that is not 0 has no root",
    ("rules/roots.py", "signed", f"{AT_POINT} > 0 → {AT_POINT} >= 0"): "the point is none of the roots",
    ("rules/roots.py", "_changes", "value > 0 → value >= 0"): CAUGHT,
    ("rules/roots.py", "_squarefree", "p.degree() < 1 → p.degree() <= 1"): "what is linear is squarefree",
    ("terms.py", "terms_from_json", "len(table) > MOST_TERMS → len(table) >= MOST_TERMS"): LIMIT,
    ("terms.py", "written", "len(shown) <= LONGEST_TEXT → len(shown) < LONGEST_TEXT"): LIMIT,
    ("theorem.py", "_made_again", "0 < len(steps) <= MOST_STEPS → 0 < len(steps) < MOST_STEPS"): LIMIT,
    ("theorem.py", "_decoded", "depth > 0 → depth >= 0"): LIMIT,
}


class Mutant(NamedTuple):
    """A kernel that is changed in one place."""

    file: str
    where: str
    change: str
    tree: ast.Module

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.file, self.where, self.change)


def sources() -> dict[str, str]:
    """The kernel's files that do anything, by their path in its folder."""
    return {
        str(path.relative_to(KERNEL)): path.read_text()
        for path in sorted(KERNEL.rglob("*.py"))
        if path.name != "__init__.py"
    }


def mutants(file: str, source: str, *, boundaries: bool) -> Iterator[Mutant]:
    """All kernels that differ from this one in one place of a file."""
    tree = ast.parse(source)
    places = list(_places(tree, ""))
    for number, (where, node) in enumerate(places):
        for operator in range(len(node.ops) if isinstance(node, ast.Compare) else 1):
            for table in (NEGATED, SHIFTED) if boundaries else (NEGATED,):
                changed = copy.deepcopy(tree)
                target = list(_places(changed, ""))[number][1]
                before = ast.unparse(target)
                if isinstance(target, ast.Compare):
                    kind = type(target.ops[operator])
                    if kind not in table:
                        continue
                    target.ops[operator] = table[kind]()
                    after = ast.unparse(target)
                elif table is NEGATED:
                    _remove(changed, target)
                    after = "pass"
                else:
                    continue
                yield Mutant(file, where, f"{before} → {after}", ast.fix_missing_locations(changed))


def _places(node: ast.AST, where: str) -> Iterator[tuple[str, Any]]:
    """The places that are changed, with the name of the function."""
    for child in ast.iter_child_nodes(node):
        inside = where
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
            inside = f"{where}.{child.name}".lstrip(".")
        if isinstance(child, ast.Compare) or _is_condition(child):
            yield inside, child
        yield from _places(child, inside)


def _is_condition(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise):
        return isinstance(node.exc, ast.Call) and ast.unparse(node.exc.func) == "Refused"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return ast.unparse(node.value.func) in CONDITIONS
    return False


def _remove(tree: ast.Module, target: ast.AST) -> None:
    for node in ast.walk(tree):
        for name, body in ast.iter_fields(node):
            if isinstance(body, list) and any(part is target for part in body):
                setattr(node, name, [ast.Pass() if part is target else part for part in body])


# in a process of its own --------------------------------------------------------------------------------------------------
class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads the kernel from given code."""

    def __init__(self, codes: dict[str, Any]) -> None:
        self.codes = codes

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        code = self.codes.get(name)
        if code is None:
            return None
        is_package = name.endswith((".kernel", ".rules"))
        return importlib.util.spec_from_loader(name, self, is_package=is_package)

    def exec_module(self, module: Any) -> None:
        exec(self.codes[module.__name__], module.__dict__)


def modules() -> dict[str, Any]:
    """The code of the kernel as it is, by the names of its modules."""
    found = {}
    for path in sorted(KERNEL.rglob("*.py")):
        parts = path.relative_to(KERNEL.parent).with_suffix("").parts
        name = ".".join(("theorycheck", *(part for part in parts if part != "__init__")))
        found[name] = compile(path.read_text(), str(path), "exec")
    return found


def module_of(file: str) -> str:
    return "theorycheck.kernel." + file.removesuffix(".py").replace("/", ".")


def failing_test(kernel: Any, killers: list[str]) -> str | None:
    """The name of the first certificate that a kernel gets wrong; those that are named come first."""
    from tests import kernel_forgeries as data

    tests = [*data.ACCEPTED, *data.FORGED, *data.ATTEMPTS, *data.FACTS]
    tests.sort(key=lambda test: killers.index(test.name) if test.name in killers else len(killers))
    for test in tests:
        try:
            good = passes(kernel, data, test)
        except Exception:
            good = False
        if not good:
            return str(test.name)
    return None


def passes(kernel: Any, data: Any, test: Any) -> bool:
    """Whether a kernel does with one certificate what it must."""
    if isinstance(test, data.Fact):
        return bool(test.holds(kernel))
    if isinstance(test, data.Accepted):
        theorem = kernel.from_json(data.certificate(test.steps))
        meant = {formula: term_of(kernel, data, formula) for formula in (test.conclusion, *test.hypotheses)}
        return theorem.conclusion is meant[test.conclusion] and theorem.hypotheses == {
            meant[formula] for formula in test.hypotheses
        }
    try:
        if isinstance(test, data.Attempt):
            test.tried(kernel)
        else:
            kernel.from_json(test.certificate)
    except kernel.Refused:
        return True
    return False


def term_of(kernel: Any, data: Any, formula: Any) -> Any:
    table = data.Table()
    place = table.place(formula)
    return kernel.terms.terms_from_json(table.rows)[place]


def survives(codes: dict[str, Any], killers: list[str]) -> str:
    """Show a kernel the certificates, in a forked process: "" if it gets all right, else what it gets wrong."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        try:
            sys.meta_path.insert(0, Changed(codes))
            name: str | None = failing_test(importlib.import_module("theorycheck.kernel"), killers)
        except BaseException as error:
            name = f"{type(error).__name__}"
        os.write(writing, (name or "").encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        name = answer.read()
    _, status = os.waitpid(child, 0)
    return name if os.waitstatus_to_exitcode(status) == 0 else "it did not finish"


def sweep(*, boundaries: bool, every: int = 1) -> list[tuple[str, str, str]]:
    """The keys of the mutants that are not noticed, and of nothing else; of `every` mutants one is tried."""
    import flint  # noqa: F401  # before the forks

    from tests import kernel_forgeries  # noqa: F401

    codes = modules()
    found = [] if survives(codes, []) == "" else [("", "", "the kernel as it is")]
    total = 0
    for file, source in sources().items():
        killers: list[str] = []
        for mutant in mutants(file, source, boundaries=boundaries):
            total += 1
            if total % every:
                continue
            code = compile(mutant.tree, file, "exec")
            name = survives({**codes, module_of(file): code}, killers)
            if name == "":
                found.append(mutant.key)
            elif name not in killers:
                killers.insert(0, name)
            else:
                killers.insert(0, killers.pop(killers.index(name)))
    print(json.dumps({"mutants": total, "unnoticed": found}))
    return found


def unnoticed(*arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", __file__, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return dict(json.loads(done.stdout))


def reasons_missing(found: list[list[str]]) -> list[tuple[str, ...]]:
    return [tuple(key) for key in found if tuple(key) not in WITHOUT_DIFFERENCE]


def test_some_side_conditions_are_needed() -> None:
    """A part of the next test that takes less than a minute."""
    assert reasons_missing(unnoticed("sample")["unnoticed"]) == []


@pytest.mark.slow
def test_every_side_condition_is_needed() -> None:
    result = unnoticed()
    assert result["mutants"] > 300
    assert reasons_missing(result["unnoticed"]) == []


@pytest.mark.slow
def test_every_comparison_is_right_at_equality() -> None:
    assert reasons_missing(unnoticed("boundaries")["unnoticed"]) == []


def test_what_makes_no_difference_exists() -> None:
    """Reasons are kept up with the source."""
    known = {m.key for file, source in sources().items() for m in mutants(file, source, boundaries=True)}
    assert set(WITHOUT_DIFFERENCE) <= known


if __name__ == "__main__":
    sweep(boundaries="boundaries" in sys.argv, every=SAMPLED if "sample" in sys.argv else 1)
