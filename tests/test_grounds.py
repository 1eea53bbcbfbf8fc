"""What is the library's and what is one's own; what a link rests on."""

import dataclasses

import pytest
import sympy

from theorycheck import Claim, Space, check, constant_of, dimension, function, l_smooth, point, real
from theorycheck.algebra import Fact
from theorycheck.algebra.facts import Lemma
from theorycheck.derivations import by_expansion, chain, consequence, derivation, eq, hypothesis, le
from theorycheck.derivations.grounds import grounds_of_link
from theorycheck.derivations.results import LinkResult
from theorycheck.functions import Profile, Ridges, separable_family
from theorycheck.statement.grounds import KINDS, RestsOn
from theorycheck.statement.grounds_of_claims import grounds_of_instance, is_own_class, own_classes

X = sympy.Symbol("x", real=True)


@dataclasses.dataclass(frozen=True)
class ByTheAppendix:
    text: str

    def check(self, link, claim):
        return LinkResult("verified", "appendix", "see the appendix")


class Disguised(ByTheAppendix):
    __module__ = "theorycheck.derivations.reasons.expansion"


class Even(sympy.Function):
    """Says of itself whatever it likes."""

    is_nonnegative = True


def below(reason, start=X):
    return Claim(
        id="mine/appendix",
        statement="$x \\le x^2 + 1$",
        space=Space(x=real()),
        sides=lambda xp, x: (x, x**2 + 1),
        derivation=lambda s: derivation(chain(s.left, le(s.right, reason))),
    )


@pytest.mark.parametrize("reason", [ByTheAppendix("Appendix B"), Disguised("Appendix B")])
def test_the_word_of_a_reason_of_ones_own_is_a_granted_step(reason):
    verdict = check(below(reason), budget="quick")
    assert verdict.status == "conditional"
    assert [str(ground) for ground in verdict.rests_on] == [
        f"own reason: {type(reason).__name__}: Appendix B"
    ]
    (link,) = [item for item in verdict.evidence if item.kind == "link"]
    assert link.outcome == "verified"


def test_a_check_that_is_put_onto_an_object_of_the_library_is_not_called():
    reason = by_expansion("expanding")
    object.__setattr__(reason, "check", lambda link, claim: LinkResult("verified", "", ""))
    assert check(below(reason), budget="quick").status != "proved"


def test_parts_of_ones_own_are_found_where_they_are_nested():
    (link,) = derivation(chain(X, eq(X, by_expansion(Even(X))))).links
    assert [ground.text for ground in grounds_of_link(link)] == [f"Even in: {Even(X)}"]
    (link,) = derivation(chain(Even(X), eq(Even(X), by_expansion("")))).links
    assert [ground.kind for ground in grounds_of_link(link)] == ["own reason"]


def test_premises_and_citations_are_found():
    premise = Fact(X, "$x \\ge 0$", "premise")
    (link,) = derivation(chain(0 * X, le(X, consequence("", hypothesis(premise))))).links
    assert grounds_of_link(link) == (RestsOn("premise", "$x \\ge 0$"),)
    cited = dataclasses.replace(premise, source=Lemma("mine/other", ()))
    (link,) = derivation(chain(0 * X, le(X, consequence("", hypothesis(cited))))).links
    assert grounds_of_link(link) == (RestsOn("claim", "mine/other"),)
    named = dataclasses.replace(premise, source="Cauchy-Schwarz")
    (link,) = derivation(chain(0 * X, le(X, consequence("", hypothesis(named))))).links
    assert grounds_of_link(link) == ()


def test_what_the_library_is_made_of_is_its_own():
    f = sympy.Function("f", real=True)
    a = sympy.IndexedBase("a")
    assert list(own_classes((f(X) + a[X] + sympy.Sum(X, (X, 0, 3)), {"k": [sympy.pi]}))) == []
    assert not is_own_class(dict) and not is_own_class(Fact) and is_own_class(Disguised)


class Slanted(Profile):
    bounds = (-2, 2)


class Waves(Ridges):
    profile = Slanted()


def test_only_an_instance_of_a_family_of_ones_own_rests_on_it():
    claim = Claim(
        id="mine/descent",
        statement="",
        space=Space(
            d=dimension(1),
            f=function(separable_family("waves", Waves), *function().families),
            x=point(),
            L=constant_of("f", "smoothness"),
        ),
        hypotheses=[l_smooth("f", "L")],
        sides=lambda xp, f, x, L: (f(x), L),
    )
    own = {"f": {"family": "waves", "dimension": 1, "parameters": {}}, "x": ["0"]}
    (ground,) = grounds_of_instance(claim, own)
    assert ground.kind == "own family" and "Waves" in ground.text
    shipped = {**own, "f": {**own["f"], "family": function().families[0].name}}
    assert grounds_of_instance(claim, shipped) == ()


def test_every_kind_is_known():
    assert all(KINDS.values())
    with pytest.raises(ValueError, match="unknown kind of ground"):
        RestsOn("hearsay", "")
