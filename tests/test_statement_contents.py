"""The digest of what a claim says: equal for equal statements, in every process, and for nothing else."""

import subprocess
import sys
from fractions import Fraction

from theorycheck import Claim, Space, choice, dimension, finite_sum, function, l_smooth, point, real, requires
from theorycheck.statement.contents import contents_digest


def claim(**changes):
    content = {
        "id": "test/contents",
        "statement": "a claim",
        "space": Space(d=dimension(1, 2), f=function(), x=point(), L=real(0)),
        "hypotheses": [l_smooth("f", "L"), requires(lambda L: L > 0, "L > 0")],
        "sides": lambda xp, f, x, L: (f(x), f(x) + L / 3),
    }
    return Claim(**{**content, **changes})


def test_equal_statements_have_one_digest():
    again = claim(sides=lambda xp, f, x, L: (f(x), xp.number(Fraction(1, 3)) * L + f(x)))
    assert contents_digest(claim()) == contents_digest(claim())
    # the same up to the order of a sum is another term: the digest is of what is written
    assert contents_digest(claim()) != contents_digest(again)


def test_every_part_counts():
    base = contents_digest(claim())
    changed = [
        claim(relation="<"),
        claim(space=Space(d=dimension(1, 3), f=function(), x=point(), L=real(0))),
        claim(space=Space(d=dimension(1, 2), f=function(), x=point(), L=real(0, open_low=True))),
        claim(hypotheses=[l_smooth("f", "L")]),
        claim(hypotheses=[l_smooth("f", "L"), requires(lambda L: L >= 0, "L > 0")]),
        claim(sides=lambda xp, f, x, L: (f(x), f(x) + L / 4)),
    ]
    digests = [contents_digest(item) for item in changed]
    assert base not in digests and len(set(digests)) == len(digests)


def test_formulas_that_are_read_for_given_sizes():
    def sides(power):
        def formula(xp, f, n, x):
            total = 0
            for _ in range(n):
                total = total + f.samples[0](x) ** power
            return total, total + 1

        return formula

    space = Space(d=dimension(1), n=choice(2, 3), f=finite_sum((1, 2)), x=point())
    one, other = (claim(space=space, hypotheses=(), sides=sides(power)) for power in (1, 2))
    assert contents_digest(one) != contents_digest(other)
    assert contents_digest(one) == contents_digest(claim(space=space, hypotheses=(), sides=sides(1)))


def test_the_digest_is_that_of_every_process():
    code = (
        "from theorycheck.statement.loading import resolve\n"
        "from theorycheck.statement.contents import contents_digest\n"
        "print(contents_digest(resolve(['starnes2023/lemma-2.1d'])[0]))\n"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1
