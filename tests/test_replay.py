"""The replay: good certificates pass, forged and mutilated ones raise `ReplayError` and nothing else."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational, exp, sin

from tests.derivation_trees import evaluate_tree
from theorycheck.derivations.equalities import equal
from theorycheck.derivations.given import Given
from theorycheck.derivations.inequalities import nonnegative
from theorycheck.derivations.problems import Problem, random_points, violates
from theorycheck.derivations.ranges import NONNEGATIVE, POSITIVE, Range
from theorycheck.derivations.replay import replay_certificate
from theorycheck.derivations.trees import to_tree
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


H, P = [["1", {"h": 1}]], [["1", {"p": 1}]]
ABOUT_IDENTITY = Given(
    domains={"p": POSITIVE, "sigma": NONNEGATIVE}, facts=(H,), target=copy.deepcopy(IDENTITY["target"])
)


def certificates() -> tuple[dict[str, dict], dict[str, Given]]:
    """The certificates, and what is known without them."""
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
    found = {name: json.loads(json.dumps(result.certificate)) for name, result in results.items()}
    return found | {"identity": IDENTITY}, {n: r.given for n, r in results.items()} | {
        "identity": ABOUT_IDENTITY
    }


CERTIFICATES, KNOWN = certificates()


def test_every_type_of_certificate_occurs():
    types = {found["type"] for found in CERTIFICATES.values()}
    assert types >= {"equality", "polynomial identity", "signs", "shifted polynomial", "root isolation"}
    assert types >= {"sum of squares", "boxes", "nonnegative combination", "coefficient ranges", "products"}


@pytest.mark.parametrize("name", CERTIFICATES)
def test_good_certificates_replay(name):
    replay_certificate(CERTIFICATES[name], KNOWN[name])


def as_json(known: Given) -> dict:
    domains = {name: found.to_json() for name, found in known.domains.items()}
    return {**vars(known), "domains": domains}


def test_the_replay_needs_no_sympy():
    script = (
        "import json, sys; sys.modules['sympy'] = None\n"
        "from importlib.machinery import ModuleSpec\n"
        "import types; package = types.ModuleType('theorycheck.derivations')\n"
        "import theorycheck, os\n"
        "package.__path__ = [os.path.join(os.path.dirname(theorycheck.__file__), 'derivations')]\n"
        "sys.modules['theorycheck.derivations'] = package\n"
        "from theorycheck.derivations.replay import replay_certificate\n"
        "from theorycheck.derivations.given import Given\n"
        "from theorycheck.derivations.ranges import Range\n"
        "read = lambda d: {n: Range.from_json(r) for n, r in d.items()}\n"
        "[replay_certificate(c, Given(**{**k, 'domains': read(k['domains'])})) for c, k in json.load(sys.stdin)]\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps([[found, as_json(KNOWN[name])] for name, found in CERTIFICATES.items()]),
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def forged(name: str, **changes) -> dict:
    return {**copy.deepcopy(CERTIFICATES[name]), **changes}


FORGERIES = [  # each replayed with what is known for the certificate that it was made from
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
@pytest.mark.parametrize("name", [None, *CERTIFICATES])
def test_forgeries_are_refused(name, certificate):
    with pytest.raises(ReplayError):
        replay_certificate(certificate, None if name is None else KNOWN[name])


X, ONE, MINUS = ["symbol", "x"], ["rational", "1"], ["rational", "-1"]
AT_ONE = [{"bits": 64, "values": {"x": "1"}}]
ABOVE_ONE = {"low": "1", "high": None, "open_low": False, "open_high": False}
BARE = {"domains": {}, "assumptions": [], "elementary": [], "strict": False, "target": ["add", X, MINUS]}
SIGNS = {**BARE, "type": "signs"}
ON_A_POINT = {"type": "equality", "left": BARE["target"], "right": ["rational", "0"], "points": AT_ONE}
OF_ZERO = {"type": "signs", "target": ["rational", "0"], "strict": False}
TREE_NAME = ["symbol", '["exp",["symbol","x"]]']
EMPTY = {"type": "polynomial identity", "variables": [], "signs": {}, "target": [["-1", {}]]}
MINUS_ONE = {"kind": "hypothesis", "label": "h", "multiplier": [["1", {}]], "factor": [["-1", {}]]}
ROOT = [["1", {"sqrt(x)": 1}]]
ASSUMING = {
    "x = 1 at one point": (
        {"type": "equality", "left": X, "right": ONE, "points": AT_ONE},
        "points proves nothing",
    ),
    "x - 1 >= 0, rewritten at one point": (
        {**BARE, "type": "rewritten", "equality": ON_A_POINT, "proof": OF_ZERO},
        "points proves nothing",
    ),
    "x - 1 >= 0 on a domain of its own": ({**SIGNS, "domains": {"x": ABOVE_ONE}}, "its own domain of x"),
    "x - 1 >= 0 under an assumption of its own": (
        {**SIGNS, "assumptions": [BARE["target"]]},
        "its own assumption",
    ),
    "-1 >= 0 by a hypothesis": ({**EMPTY, "terms": [MINUS_ONE]}, "its own hypothesis"),
    "-1 >= 0 by a form": (
        {**EMPTY, "terms": [{**MINUS_ONE, "kind": "nonnegative"}], "nonnegative_forms": [[["-1", {}]]]},
        "not given",
    ),
    "x >= 0 by a sign": (
        {
            **EMPTY,
            "variables": ["x"],
            "signs": {"x": "nonnegative"},
            "target": [["1", {"x": 1}]],
            "terms": [
                {"kind": "nonnegative", "label": "x", "multiplier": [["1", {}]], "factor": [["1", {"x": 1}]]}
            ],
        },
        "its own sign of x",
    ),
    "x >= 0 by a root of x": (
        {
            **EMPTY,
            "variables": ["sqrt(x)", "x"],
            "signs": {"sqrt(x)": "real", "x": "real"},
            "target": [["1", {"x": 1}]],
            "terms": [
                {
                    "kind": "square",
                    "label": "x",
                    "multiplier": [["1", {}]],
                    "factor": [["1", {"x": 1}]],
                    "square_of": ROOT,
                }
            ],
        },
        "real root",
    ),
    "x > 0 by the tree of another name": (
        {
            **EMPTY,
            "variables": ["x"],
            "signs": {"x": "positive"},
            "trees": {"x": ["exp", X]},
            "target": [["1", {"x": 1}]],
            "terms": [],
        },
        "two meanings",
    ),
    "y = exp(x), y named like a tree": (
        {
            **BARE,
            "type": "sum of squares",
            "factors": [],
            "terms": [],
            "target": ["add", ["exp", X], ["mul", MINUS, TREE_NAME]],
        },
        "is not a symbol's name",
    ),
    "a variable named like a tree": (
        {**EMPTY, "variables": [TREE_NAME[1]], "signs": {TREE_NAME[1]: "real"}, "terms": []},
        "named like a tree",
    ),
}


@pytest.mark.parametrize("name", ASSUMING)
def test_a_certificate_must_not_assume_what_it_proves(name):
    certificate, why = ASSUMING[name]
    with pytest.raises(ReplayError, match=why):
        replay_certificate(certificate)


def test_what_is_given_may_be_used_and_no_more():
    above_one = Range(Fraction(1))
    for low, good in (("1", True), ("0", False), ("2", False)):
        target = ["add", X, ["rational", "-" + low]] if low != "0" else ["add", X, MINUS]
        found = {**SIGNS, "target": target, "domains": {"x": {**ABOVE_ONE, "low": low}}}
        known = Given(domains={"x": above_one})
        if good:
            replay_certificate(found, known)
            with pytest.raises(ReplayError, match="something else"):
                replay_certificate(found, Given(domains={"x": above_one}, target=X))
            with pytest.raises(ReplayError, match="something else"):
                replay_certificate(found, Given(domains={"x": above_one}, target=target, strict=True))
        else:
            with pytest.raises(ReplayError):
                replay_certificate(found, known)
    strict = {**SIGNS, "target": X, "strict": True, "assumptions": [X], "positive_assumptions": [0]}
    replay_certificate(strict, Given(assumptions=(X,), positive=(X,)))
    with pytest.raises(ReplayError, match="its own assumption"):
        replay_certificate(strict, Given(assumptions=(X,)))
    other = {**IDENTITY, "target": [*IDENTITY["target"], ["1", {"p": 1}]]}
    with pytest.raises(ReplayError, match="something else"):
        replay_certificate(other, ABOUT_IDENTITY)
    with pytest.raises(ReplayError, match="its own meaning of p"):
        replay_certificate({**IDENTITY, "trees": {"p": ["exp", X]}}, ABOUT_IDENTITY)


def test_a_negative_multiplier_or_a_false_square_is_refused():
    negative = copy.deepcopy(IDENTITY)
    negative["target"][3][0], negative["terms"][1]["multiplier"] = "-2", [["-2", {}]]
    with pytest.raises(ReplayError, match="multiplier"):
        replay_certificate(negative, replace(ABOUT_IDENTITY, target=None))
    false_square = copy.deepcopy(IDENTITY)
    false_square["terms"][0]["vectors"]["b"] = [["1", {"p": -1}]]
    with pytest.raises(ReplayError, match="not the square"):
        replay_certificate(false_square, ABOUT_IDENTITY)


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
    known = replace(ABOUT_IDENTITY, facts=(H, form), target=base["target"])
    with pytest.raises(ReplayError, match="multiplier"):
        replay_certificate({**base, "terms": [term]}, known)
    replay_certificate({**base, "terms": [term], "nonnegative_forms": [form]}, known)
    with pytest.raises(ReplayError, match="not given"):
        replay_certificate({**base, "terms": [term], "nonnegative_forms": [form]}, replace(known, facts=(H,)))
    replay_certificate(
        {**base, "terms": [{**term, "multiplier_factors": [form]}], "nonnegative_forms": [form]}, known
    )
    proof = nonnegative(1 - p * s, assumptions=[1 - p * s])
    nested = {**base, "terms": [{**term, "multiplier_certificate": proof.certificate}]}
    with pytest.raises(ReplayError, match="its own assumption"):
        replay_certificate(nested, known)
    replay_certificate(nested, replace(known, assumptions=proof.given.assumptions))
    wrong = nonnegative(1 + p * s).certificate
    with pytest.raises(ReplayError, match="multiplier"):
        replay_certificate({**base, "terms": [{**term, "multiplier_certificate": wrong}]}, known)


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
    known = Given(domains={"p": POSITIVE}, trees=dict(certificate["trees"]), target=factor)
    with pytest.raises(ReplayError, match="sign"):
        replay_certificate(certificate, known)
    proof = nonnegative(exp(-x) * p + exp(-x)).certificate
    certificate["terms"][0]["factor_certificate"] = proof
    replay_certificate(certificate, known)
    with pytest.raises(ReplayError, match="sign"):
        replay_certificate({**certificate, "trees": {}}, known)


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
    known = KNOWN[name]
    try:
        replay_certificate(mutated, known)
    except ReplayError:
        return
    if known.target is None:  # an equality
        return
    assert mutated["target"] == known.target
    if name == "identity":
        return
    assert mutated["strict"] == known.strict
    problem = Problem(mutated["target"], known.domains, known.assumptions, known.strict)
    for point in random_points(problem, 60, seed=0):
        assert not violates(problem, point)


@pytest.mark.parametrize("name", CERTIFICATES)
def test_without_anything_given_only_what_always_holds_is_accepted(name):
    try:
        replay_certificate(CERTIFICATES[name])
    except ReplayError:
        return
    found = CERTIFICATES[name]
    assert found["type"] == "equality" or not (found["domains"] or found["assumptions"])


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
