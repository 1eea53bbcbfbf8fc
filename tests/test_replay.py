"""The replay: good certificates pass, forged and mutilated ones raise `ReplayError` and nothing else."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational, exp, sin

from theorycheck.derivations.equalities import equal
from theorycheck.derivations.inequalities import nonnegative
from theorycheck.derivations.problems import Problem, random_points, violates
from theorycheck.derivations.ranges import Range
from theorycheck.derivations.replay import replay_certificate
from theorycheck.derivations.trees import evaluate_tree, to_tree
from theorycheck.errors import ReplayError, TheorycheckError
from theorycheck.terms.balls import precision

x, y = sympy.symbols("x y", real=True)
p, q = sympy.symbols("p q", positive=True)
s, t = sympy.symbols("sigma tau", nonnegative=True)

# Young: ⟨a,b⟩ ≤ p/2 ‖a‖² + 1/(2p) ‖b‖², as the difference is p/2 · ‖a − b/p‖²; and a hypothesis h ≥ 0, twice
IDENTITY = {
    "type": "polynomial identity",
    "variables": ["<a,a>", "<a,b>", "<b,b>", "h", "p"],
    "signs": {"<a,a>": "nonnegative", "<a,b>": "real", "<b,b>": "nonnegative", "h": "real", "p": "positive"},
    "target": [
        ["1/2", {"p": 1, "<a,a>": 1}],
        ["1/2", {"p": -1, "<b,b>": 1}],
        ["-1/1", {"<a,b>": 1}],
        ["2/1", {"h": 1}],
        ["3", {"p": 2}],
    ],
    "terms": [
        {
            "kind": "square",
            "label": "square of a - b/p",
            "multiplier": [["1/2", {"p": 1}]],
            "multiplier_reason": "p > 0",
            "factor": [["1", {"<a,a>": 1}], ["-2", {"<a,b>": 1, "p": -1}], ["1", {"<b,b>": 1, "p": -2}]],
            "vectors": {"a": [["1", {}]], "b": [["-1", {"p": -1}]]},
        },
        {
            "kind": "hypothesis",
            "label": "h at x",
            "multiplier": [["2", {}]],
            "multiplier_reason": "2 > 0",
            "factor": [["1", {"h": 1}]],
        },
        {
            "kind": "square",
            "label": "square of p",
            "multiplier": [["3", {}]],
            "multiplier_reason": "3 > 0",
            "factor": [["1", {"p": 2}]],
            "square_of": [["1", {"p": 1}]],
        },
    ],
}


def certificates() -> dict[str, dict]:
    results = {
        "equality": equal((x + y) ** 2, x**2 + 2 * x * y + y**2, points=4),
        "equality with functions": equal(sin(x) ** 2 * exp(p), (1 - sympy.cos(x) ** 2) * exp(p), points=4),
        "signs": nonnegative(p * q + x**2, strict=True),
        "shifted": nonnegative(t**2 - s**2, assumptions=[t - s]),
        "roots": nonnegative(x**4 - 3 * x**2 + Rational(5, 2), strict=True),
        "squares": nonnegative(x**2 - x * y + y**2),
        "denominator": nonnegative(p / q + q / p - 2),
        "combination": nonnegative(p * s * (2 - p * s) / 2, assumptions=[1 - p * s]),
        "elementary": nonnegative(exp(x) - x, strict=True, using=[("exp", x)]),
        "boxes": nonnegative(exp(x) - 1 - x + Rational(1, 10) * sympy.cos(x), box={x: (-1, 1)}),
        "tails": nonnegative(12 * x**2 + Rational(1, 2) + sin(8 * x + 1)),
        "products": nonnegative(p * x**2 + 2 * q * x * y + 3 * y**2, assumptions=[3 * p - q**2]),
    }
    missing = {name: result.reason for name, result in results.items() if result.certificate is None}
    assert not missing, missing
    return {name: json.loads(json.dumps(result.certificate)) for name, result in results.items()} | {
        "identity": IDENTITY
    }


CERTIFICATES = certificates()


def test_every_type_of_certificate_occurs():
    types = {found["type"] for found in CERTIFICATES.values()}
    assert types >= {"equality", "polynomial identity", "signs", "shifted polynomial", "root isolation"}
    assert types >= {"sum of squares", "boxes", "nonnegative combination", "coefficient ranges", "products"}


@pytest.mark.parametrize("name", CERTIFICATES)
def test_good_certificates_replay(name):
    replay_certificate(CERTIFICATES[name])


def test_the_replay_needs_no_sympy():
    script = (
        "import json, sys; sys.modules['sympy'] = None\n"
        "from importlib.machinery import ModuleSpec\n"
        "import types; package = types.ModuleType('theorycheck.derivations')\n"
        "import theorycheck, os\n"
        "package.__path__ = [os.path.join(os.path.dirname(theorycheck.__file__), 'derivations')]\n"
        "sys.modules['theorycheck.derivations'] = package\n"
        "from theorycheck.derivations.replay import replay_certificate\n"
        "[replay_certificate(c) for c in json.load(sys.stdin).values()]\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(CERTIFICATES),
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def forged(name: str, **changes) -> dict:
    return {**copy.deepcopy(CERTIFICATES[name]), **changes}


FORGERIES = [
    forged("equality", right=["symbol", "x"]),
    forged("equality", points=[]),
    forged("equality", points=[{"values": {"x": "0", "y": "0"}, "bits": 10**9}]),
    forged(
        "equality with functions",
        algebraic=True,
        left=["sin", ["symbol", "x"]],
        right=["sin", ["symbol", "y"]],
    ),
    forged("signs", target=["symbol", "x"]),
    forged("signs", type="root isolation"),
    forged("signs", type=["unhashable"]),
    forged("shifted", assumptions=[]),
    forged("shifted", strict=True),
    forged("roots", target=["add", ["symbol", "x"], ["rational", "1"]]),
    forged("squares", terms=[]),
    forged("elementary", elementary=[]),
    forged("elementary", elementary=[["log", ["symbol", "x"]]]),
    forged("boxes", splits=[-1]),
    forged("boxes", splits=[0, -1]),
    forged("boxes", splits=CERTIFICATES["boxes"]["splits"] + [-1]),
    forged("boxes", domains={}),
    forged("tails", radius="-1"),
    forged("tails", middle={"splits": [-1]}),
    forged("products", assumptions=[]),
    forged("identity", target=[["1", {"p": 1}]]),
    forged("identity", signs={**IDENTITY["signs"], "p": "real"}),
    forged("identity", terms=IDENTITY["terms"][1:]),
    {},
    {"type": None},
    [],
    None,
]


@pytest.mark.parametrize("certificate", FORGERIES)
def test_forgeries_are_refused(certificate):
    with pytest.raises(ReplayError):
        replay_certificate(certificate)


def test_a_negative_multiplier_or_a_false_square_is_refused():
    negative = copy.deepcopy(IDENTITY)
    negative["target"][3][0], negative["terms"][1]["multiplier"] = "-2", [["-2", {}]]
    with pytest.raises(ReplayError, match="multiplier"):
        replay_certificate(negative)
    false_square = copy.deepcopy(IDENTITY)
    false_square["terms"][0]["vectors"]["b"] = [["1", {"p": -1}]]
    with pytest.raises(ReplayError, match="not the square"):
        replay_certificate(false_square)


def test_multipliers_may_be_products_forms_or_certified():
    """(1 − pσ)·h with 1 − pσ ≥ 0 known in three ways."""
    form = [["1", {}], ["-1", {"p": 1, "sigma": 1}]]
    base = {
        "type": "polynomial identity",
        "variables": ["h", "p", "sigma"],
        "signs": {"h": "real", "p": "positive", "sigma": "nonnegative"},
        "target": [["1", {"h": 1}], ["-1", {"p": 1, "sigma": 1, "h": 1}]],
    }
    term = {"kind": "hypothesis", "label": "h", "multiplier": form, "factor": [["1", {"h": 1}]]}
    with pytest.raises(ReplayError, match="multiplier"):
        replay_certificate({**base, "terms": [term]})
    replay_certificate({**base, "terms": [term], "nonnegative_forms": [form]})
    replay_certificate(
        {**base, "terms": [{**term, "multiplier_factors": [form]}], "nonnegative_forms": [form]}
    )
    proof = nonnegative(1 - p * s, assumptions=[1 - p * s]).certificate
    replay_certificate({**base, "terms": [{**term, "multiplier_certificate": proof}]})
    wrong = nonnegative(1 + p * s).certificate
    with pytest.raises(ReplayError, match="multiplier"):
        replay_certificate({**base, "terms": [{**term, "multiplier_certificate": wrong}]})


def test_a_variable_may_stand_for_a_tree():
    """Σ over exp(-x): e⁻ˣ·(p + 1) ≥ 0, its sign certified by a proof about trees."""
    name = "exp(-x)"
    factor = [["1", {name: 1, "p": 1}], ["1", {name: 1}]]
    certificate = {
        "type": "polynomial identity",
        "variables": [name, "p"],
        "signs": {name: "real", "p": "positive"},
        "target": factor,
        "terms": [{"kind": "nonnegative", "label": "n", "multiplier": [["1", {}]], "factor": factor}],
        "trees": {name: to_tree(exp(-x))},
    }
    with pytest.raises(ReplayError, match="sign"):
        replay_certificate(certificate)
    proof = nonnegative(exp(-x) * p + exp(-x)).certificate
    certificate["terms"][0]["factor_certificate"] = proof
    replay_certificate(certificate)
    with pytest.raises(ReplayError, match="sign"):
        replay_certificate({**certificate, "trees": {}})


# fuzzing ---------------------------------------------------------------------------------
JUNK = st.sampled_from(
    [None, True, -1, 0, 3, 10**6, "", "x", "1/0", "-7/3", "2", [], {}, ["pi"], ["rational", "-5"], 1.5]
)


def places(data, path=()):
    yield path
    if isinstance(data, dict):
        for key in data:
            yield from places(data[key], (*path, key))
    elif isinstance(data, list):
        for index in range(len(data)):
            yield from places(data[index], (*path, index))


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(CERTIFICATES)), st.data())
def test_a_mutation_raises_replay_error_or_leaves_a_true_statement(name, data):
    mutated = copy.deepcopy(CERTIFICATES[name])
    for _ in range(data.draw(st.integers(1, 2))):
        paths = [path for path in places(mutated) if path]
        path = data.draw(st.sampled_from(paths))
        parent = mutated
        for step in path[:-1]:
            parent = parent[step]
        if data.draw(st.booleans()):
            parent[path[-1]] = copy.deepcopy(data.draw(JUNK))
        else:
            del parent[path[-1]]
        if not mutated:
            break
    try:
        replay_certificate(mutated)
    except ReplayError:
        return
    if mutated["type"] in ("equality", "polynomial identity"):
        return
    domains = {n: Range.from_json(found) for n, found in mutated["domains"].items()}
    problem = Problem(mutated["target"], domains, tuple(mutated["assumptions"]), mutated["strict"])
    for point in random_points(problem, 60, seed=0):
        assert not violates(problem, point)


def test_equal_sides_are_also_compared_in_balls_by_hand():
    """What the replay of an equality looks at, once without its code."""
    certificate = CERTIFICATES["equality with functions"]
    for entry in certificate["points"]:
        with precision(3000):
            point = {name: Fraction(value) for name, value in entry["values"].items()}
            gap = evaluate_tree(certificate["left"], point) - evaluate_tree(certificate["right"], point)
            assert abs(gap).upper < 1e-60  # 3000 bits are 900 digits, of values below 1e450


def test_errors_are_of_the_tree():
    assert issubclass(ReplayError, TheorycheckError)
