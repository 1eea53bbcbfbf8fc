"""Section 5 and Appendix C: the generalisation bound (26) and adversarial robustness (27).

On the covered set the error is at most (G_k + D) times the distance to a datum in ℓ_q, q = 2k/(2k−1), and ‖v‖_q ≤ d^{(k−1)/2k} ‖v‖_2. Off it the
error is at most 2M, so the tail is 4M²δ: M²δ (reading b) is too small, and a one-sided bound f, f* ≤ M (reading d) bounds nothing.
Without a bound on the gradient of the target (reading a) the target may jump between data. The readings c, e, f hold with ω_k = ‖W_1ᵀ‖_2k.
"""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import sympy

from theorycheck import Claim, Experiment, Observation, Refutation, Space, real
from theorycheck.derivations import (
    chain,
    consequence,
    derivation,
    elementary,
    gt,
    hypothesis,
    le,
    nonnegative_part,
    square,
)
from verifications.ma2021.explicit_networks import on_networks
from verifications.ma2021.explicit_networks import theorem_6 as theorem_6_on_networks
from verifications.ma2021.explicit_networks import theorem_7 as theorem_7_on_networks
from verifications.ma2021.sobolev_neighbourhood import KAPPA, refuted_on_the_column
from verifications.ma2021.sobolev_readings import (
    COLUMN_NOTE,
    combinations,
    condition,
    described,
    entry,
    stand_for,
    step,
)

nonnegative, positive = real(0), real(0, open_low=True)
READINGS = "abcdef"
ASSUMED = {
    "a": r"$\omega_k(W_1^*)/\min_i\|x_i\|_{2k} \le D$, $|f|, |f^*| \le M$",
    "b": r"$\|\nabla f^*\|_{2k} \le D$, $|f|, |f^*| \le M$",
    "c": r"$\|\nabla f^*\|_{2k} \le D$, $|f|, |f^*| \le M$",
    "d": r"$\|\nabla f^*\|_{2k} \le D$, $f, f^* \le M$",
    "e": r"$\|\nabla f^*\|_2 \le D$, $|f|, |f^*| \le M$",
    "f": r"$\|\nabla f^*\|_{2k} \le D$, $|f|, |f^*| \le M$",
}
BOUND = {
    "a": r"d^{(k-1)/k}\varepsilon^2C^2D^2(n^{1/2k}\Gamma_k+\kappa)^2+4M^2\delta",
    "b": r"d^{(k-1)/k}\varepsilon^2(G_k+D)^2+M^2\delta",
    "c": r"2d^{(k-1)/k}\varepsilon^2(G_k^2+D^2)+4M^2\delta",
    "d": r"d^{(k-1)/k}\varepsilon^2(G_k+D)^2+4M^2\delta",
    "e": r"\varepsilon^2(d^{(k-1)/2k}G_k+D)^2+4M^2\delta",
    "f": r"d^{(k-1)/k}\varepsilon^2(G_k+D)^2+4M^2\delta",
}

# ---- (41): the split on the covered set --------------------------------------------------------------------------------
# T = E[(f − f*)² 1 off S], A = E[(f − f*)² 1 on S], E = E(f − f*)²; δ bounds the probability off S.

SPLIT = step(r"E \le A + T", "the mean of the two parts", lambda E, A, T: E <= A + T)
TAIL = step(
    r"T \le 4M^2\delta",
    r"$|f-f^*| \le 2M$ off $S$, of probability at most $\delta$",
    lambda T, M, delta: T <= 4 * M**2 * delta,
)


def split(xp, E, A, M, delta):
    return E, A + 4 * M**2 * delta


def prove_split(s):
    return derivation(
        chain(
            s.left,
            le(s.A + s.T, consequence("split", hypothesis(s.assume(SPLIT)))),
            le(s.right, consequence("the tail", hypothesis(s.assume(TAIL)))),
        )
    )


def opposite_extremes(xp, M, delta):
    """f = M and f* = −M off S, f = f* on S: the error against M²δ."""
    return (2 * M) ** 2 * delta, M**2 * delta


def contrary_tail(_):
    M, delta = sympy.symbols("M delta", positive=True)
    return derivation(
        chain((2 * M) ** 2 * delta, gt(M**2 * delta, elementary("$4 > 1$"))),
        concludes=(((2 * M) ** 2 * delta, ">", M**2 * delta),),
    )


def far_below(xp, M, delta, depth):
    """f = M and f* = −depth off S, both at most M, f = f* on S: the error against 4M²δ."""
    return (M + depth) ** 2 * delta, 4 * M**2 * delta


def contrary_one_sided(_):
    M, delta = sympy.symbols("M delta", positive=True)
    return derivation(
        chain((M + 2 * M) ** 2 * delta, gt(4 * M**2 * delta, elementary("$9 > 4$"))),
        concludes=(((M + 2 * M) ** 2 * delta, ">", 4 * M**2 * delta),),
    )


PARTS = stand_for(
    E=r"\mathbb E(f-f^*)^2",
    A=r"\mathbb E(f-f^*)^2\mathbf 1_S",
    T=r"\mathbb E(f-f^*)^2\mathbf 1_{S^c}",
)


def _equation_41(letter):
    tail = "M^2" if letter == "b" else "4M^2"
    common = {
        "id": f"ma2021/eq-41@{letter}",
        "printed": "Appendix C, (41)",
        "statement": rf"({ASSUMED[letter]}) $\mathbb E_x(f-f^*)^2 \le \mathbb E[(f-f^*)^2\mathbf 1_S] + {tail}\delta$.",
        "uses": ["ma2021/definition-4"],
    }
    if letter == "b":
        return Claim(
            **common,
            refutation=Refutation(
                contrary_tail,
                "$f = M$, $f^* = -M$ off $S$: the tail is $4M^2\\delta$",
                sides=opposite_extremes,
                instance={"M": Fraction(1), "delta": Fraction(1, 2)},
            ),
            expected="contested",
        )
    if letter == "d":
        return Claim(
            **common,
            refutation=Refutation(
                contrary_one_sided,
                "$f = M$, $f^* = -2M$ off $S$, both at most $M$: the tail is $9M^2\\delta$",
                sides=far_below,
                instance={"M": Fraction(1), "delta": Fraction(1, 2), "depth": Fraction(2)},
            ),
            expected="contested",
            note="$f, f^* \\le M$ alone bounds no difference: $f^*$ may be as low as one likes.",
        )
    return Claim(
        **common,
        space=Space(**PARTS, M=nonnegative, delta=real(0, 1)),
        hypotheses=[SPLIT, TAIL],
        sides=split,
        derivation=prove_split,
        expected="conditional",
    )


equation_41 = entry(
    "ma2021/eq-41",
    [_equation_41(letter) for letter in READINGS],
    printed="Appendix C, (41)",
    statement=r"$\mathbb E_x(f-f^*)^2 \le \mathbb E[(f-f^*)^2\mathbf 1_S]$ + the tail of the reading of (26).",
)

# ---- (42): the segment to the nearest datum ------------------------------------------------------------------------------
# r' = ‖x' − x_i‖ ≤ r = ‖x − x_i‖ ≤ ε for x' between them, and ε ≤ Δ = δ' min‖x_i‖/‖W_1‖: so x' ∈ X_Δ, where (25) holds.

BETWEEN = step(r"r' \le r", r"$x'$ lies between $x_i$ and $x$", lambda r_prime, r: r_prime <= r)
COVERED = condition(r"r \le \varepsilon", r"$x \in S$", lambda r, epsilon: r <= epsilon)
ROOM = condition(
    r"\varepsilon\|W_1\| \le \delta'\min_i\|x_i\|",
    "the radius of local smoothness",
    lambda epsilon, W, delta, X: epsilon * W <= delta * X,
)


def inside(xp, r_prime, W, delta, X):
    return r_prime * W, delta * X


def prove_inside(s):
    return derivation(
        chain(
            s.left,
            le(s.r * s.W, consequence("between", s.W * hypothesis(s.assume(BETWEEN)))),
            le(s.epsilon * s.W, consequence("covered", s.W * hypothesis(s.assume(COVERED)))),
            le(
                s.right,
                consequence(
                    "$\\delta' \\ge \\|W_1\\|\\varepsilon/\\min\\|x_i\\|$", hypothesis(s.assume(ROOM))
                ),
            ),
        )
    )


def _equation_42(suffix, letters):
    common = {
        "id": f"ma2021/eq-42{suffix}",
        "printed": "Appendix C, (42)",
        "statement": described(letters)
        + r"For $x \in S$, $\|x-x_i\|_2 \le \varepsilon$, every $x'$ between them has $\|\nabla_xf(x',W^*)\|_{2k} \le G_k$.",
        "uses": [f"ma2021/theorem-5@sc-{letters['w']}-{letters['k']}"],
    }
    if letters["w"] == "wa":
        return Claim(
            **common,
            refutation=refuted_on_the_column(KAPPA[letters["k"]], "(42)"),
            expected="contested",
            note=COLUMN_NOTE,
        )
    return Claim(
        **common,
        space=Space(
            **stand_for(r_prime=r"\|x'-x_i\|_2", r=r"\|x-x_i\|_2"),
            epsilon=nonnegative,
            W=real(0, open_low=True, stands_for=r"\|W_1\|_2"),
            delta=positive,
            X=real(0, open_low=True, stands_for=r"\min_j\|x_j\|_2"),
        ),
        hypotheses=[BETWEEN, COVERED, ROOM],
        sides=inside,
        derivation=prove_inside,
        expected="conditional",
        note="What is derived: $\\|x'-x_i\\|_2 \\le \\Delta$, so that $x' \\in X_\\Delta$ and Theorem 5 applies.",
    )


equation_42 = entry(
    "ma2021/eq-42",
    [_equation_42(*reading) for reading in combinations("wk")],
    printed="Appendix C, (42)",
    statement=r"Every $x'$ between $x \in S$ and its datum has $\|\nabla_xf(x',W^*)\|_{2k} \le G_k$.",
)

# ---- (43): Hölder on the segment -----------------------------------------------------------------------------------------
# e = |f(x) − f*(x)|, u = |f(x) − f(x_i)|, v = |f*(x_i) − f*(x)|, q and r the distances in ℓ_{2k/(2k−1)} and ℓ_2, c = d^{(k−1)/2k}.

TRIANGLE = step(r"e \le u + v", "$f(x_i) = f^*(x_i)$", lambda e, u, v: e <= u + v)
MODEL = step(r"u \le Gq", "(42) along the segment, Hölder", lambda u, G, q: u <= G * q)
TARGET = step(r"v \le Dq", r"$\|\nabla f^*\|_{2k} \le D$, Hölder", lambda v, D, q: v <= D * q)
TARGET_2 = step(r"v \le Dr", r"$\|\nabla f^*\|_2 \le D$, Cauchy–Schwarz", lambda v, D, r: v <= D * r)
NORMS = step(r"q \le cr", r"$\|v\|_{2k/(2k-1)} \le d^{(k-1)/2k}\|v\|_2$", lambda q, c, r: q <= c * r)
SHORTER = step(r"r \le q", r"$\|v\|_2 \le \|v\|_{2k/(2k-1)}$", lambda r, q: r <= q)
POINT = stand_for(
    e="|f(x)-f^*(x)|",
    u="|f(x)-f(x_i)|",
    v="|f^*(x_i)-f^*(x)|",
    G=r"G_k \text{ of (25)}",
    q=r"\|x-x_i\|_{2k/(2k-1)}",
    r=r"\|x-x_i\|_2",
) | {"D": nonnegative}


def error_at_a_point(xp, e, G, D, q):
    return e, (G + D) * q


def prove_43(target, *, by_two):
    def prove(s):
        steps = [
            le(s.u + s.v, consequence("triangle inequality", hypothesis(s.assume(TRIANGLE)))),
            le(s.G * s.q + s.v, consequence("(42)", hypothesis(s.assume(MODEL)))),
        ]
        if by_two:
            steps += [
                le(s.G * s.q + s.D * s.r, consequence("the target", hypothesis(s.assume(target)))),
                le(
                    s.right,
                    consequence("$\\|\\cdot\\|_2 \\le \\|\\cdot\\|_q$", s.D * hypothesis(s.assume(SHORTER))),
                ),
            ]
        else:
            steps.append(le(s.right, consequence("the target", hypothesis(s.assume(target)))))
        return derivation(chain(s.left, *steps))

    return prove


def target_that_jumps(xp, slope, h):
    """f(x) = 0, f*(1) = 0, f*(1 + h) = 1: the error 1 at distance h against slope·h, for any slope there may be."""
    return 1 + 0 * h, slope * h


def contrary_jump(_):
    slope = sympy.Symbol("G", nonnegative=True)
    distance = 1 / (2 * (1 + slope))
    return derivation(
        chain(slope * distance, le(sympy.Rational(1, 2), elementary("$G/(2+2G) < \\frac12$"))),
        concludes=((slope * distance, "<=", sympy.Rational(1, 2)),),
    )


def _equation_43(letter):
    common = {
        "id": f"ma2021/eq-43@{letter}",
        "printed": "Appendix C, (43)",
        "statement": described({} if letter == "a" else {"w": "wb"})
        + rf"({ASSUMED[letter]}) $|f(x)-f^*(x)| \le |f(x)-f(x_i)| + |f^*(x_i)-f^*(x)| \le "
        + (r"G_k" if letter == "a" else "(G_k+D)")
        + r"\|x-x_i\|_{2k/(2k-1)}$.",
        "uses": ["ma2021/eq-42@wb-ka", "ma2021/eq-42@wb-kb"],
    }
    if letter == "a":
        return Claim(
            **common,
            refutation=Refutation(
                contrary_jump,
                "nothing bounds $f^*$ between the data: $f = 0$, $f^*(x_i) = 0$, $f^*(x) = 1$ at distance $h$ with $G_kh < 1$",
                sides=target_that_jumps,
                instance={"slope": Fraction(3), "h": Fraction(1, 10)},
            ),
            expected="contested",
        )
    by_two = letter == "e"
    target = TARGET_2 if by_two else TARGET
    return Claim(
        **common,
        space=Space(**POINT),
        hypotheses=[TRIANGLE, MODEL, target, *([SHORTER] if by_two else [])],
        sides=error_at_a_point,
        derivation=prove_43(target, by_two=by_two),
        expected="conditional",
        note="Given (42), hence with this $\\omega_k$ in $G_k$. $\\|v\\|_{2k/(2k-1)} \\le d^{(k-1)/2k}\\|v\\|_2$ is Hölder's inequality, with equality at $(1,\\dots,1)$.",
    )


equation_43 = entry(
    "ma2021/eq-43",
    [_equation_43(letter) for letter in READINGS],
    printed="Appendix C, (43)",
    statement=r"$|f(x)-f^*(x)| \le (G_k+D)\|x-x_i\|_{2k/(2k-1)}$.",
)

# ---- (44) and Theorem 6, (26) --------------------------------------------------------------------------------------------
# A ≤ z² where z bounds |f − f*| on S; z is (G + D)cε, or (cG + D)ε in reading e.

ON_S = step(
    r"A \le (G+D)^2c^2\varepsilon^2",
    "(43), $r \\le \\varepsilon$",
    lambda A, G, D, c, epsilon: A <= (G + D) ** 2 * c**2 * epsilon**2,
)
ON_S_2 = step(
    r"A \le (cG+D)^2\varepsilon^2",
    "(43), $r \\le \\varepsilon$",
    lambda A, G, D, c, epsilon: A <= (c * G + D) ** 2 * epsilon**2,
)
RISK = {
    **PARTS,
    **stand_for(G=r"G_k \text{ of (25)}", c="d^{(k-1)/2k}"),
    **{name: nonnegative for name in ("D", "epsilon", "M")},
    "delta": real(0, 1),
}


def risk_bound(letter):
    def sides(xp, E, G, D, c, epsilon, M, delta):
        tail = 4 * M**2 * delta
        if letter == "c":
            return E, 2 * c**2 * epsilon**2 * (G**2 + D**2) + tail
        if letter == "e":
            return E, epsilon**2 * (c * G + D) ** 2 + tail
        return E, c**2 * epsilon**2 * (G + D) ** 2 + tail

    return sides


def prove_risk(letter):
    def prove(s):
        covered = ON_S_2 if letter == "e" else ON_S
        size = (s.c * s.G + s.D) ** 2 if letter == "e" else s.c**2 * (s.G + s.D) ** 2
        tail = 4 * s.M**2 * s.delta
        steps = [
            le(s.A + s.T, consequence("split", hypothesis(s.assume(SPLIT)))),
            le(s.A + tail, consequence("the tail", hypothesis(s.assume(TAIL)))),
            le(size * s.epsilon**2 + tail, consequence("(43) on $S$", hypothesis(s.assume(covered)))),
        ]
        if letter == "c":
            spread = (s.c**2 * s.epsilon**2) * square(s.G - s.D)
            steps.append(le(s.right, consequence("$(G+D)^2 \\le 2G^2+2D^2$", spread)))
        return derivation(chain(s.left, *steps))

    return prove


# Counterexamples. All have d = n = B = 1 and a model that is linear in W, so C = 1; SGD on one datum x with ηx² < 2 (times the number of
# neurons) converges to an interpolation solution from every start, and there it is stable in every reading.


def rough_target(kappa):
    """μ has the atoms 1 and 1 + h of mass ½, f*(1) = 0, f*(1+h) = 1, f = wx, η = 1. On the draw x_1 = 1: w = 0, the error is ½, and the bound is
    h² D² (√2 + κ)² with D = 1 (ω/|x_1| is 0 or (1+h)^{-2})."""

    def sides(xp, h):
        return xp.number(Fraction(1, 2)) + 0 * h, h**2 * (xp.sqrt(xp.number(2)) + kappa) ** 2

    return sides


def contrary_rough_target(kappa):
    def contrary(_):
        h = sympy.Rational(1, 10)
        return derivation(
            chain((sympy.sqrt(2) + kappa) ** 2, le(sympy.Integer(6), elementary("$\\sqrt2 + 1 < 2.45$"))),
            chain(sympy.Rational(1, 2), gt(6 * h**2, elementary("numbers"))),
            concludes=(
                ((sympy.sqrt(2) + kappa) ** 2, "<=", sympy.Integer(6)),
                (sympy.Rational(1, 2), ">", 6 * h**2),
            ),
        )

    return contrary


def opposite_target(kappa, tail):
    """μ has the atoms 1 and 3 of mass ½ = δ, f = wx, η = 1/5. On the draw x_1 = 1, where f*(1) = 1 and so w = 1, G = √10 + κ. Reading b: f*(x) = 3 − 2x,
    |f|, |f*| ≤ M = 3 on [0, 3], D = 2. Reading d: f*(x) = 6 − 5x on [1, 3], f, f* ≤ M = 3, D = 5. Both atoms are covered for every ε > 0."""
    slope = 2 if tail == 1 else 5

    def sides(xp, epsilon):
        error = xp.number(Fraction(1, 2)) * (3 - (1 + slope - 3 * xp.number(slope))) ** 2
        return error + 0 * epsilon, epsilon**2 * (xp.sqrt(xp.number(10)) + kappa + slope) ** 2 + xp.number(
            Fraction(tail, 2)
        ) * 9

    return sides


def contrary_opposite_target(kappa, tail):
    def contrary(_):
        slope = 2 if tail == 1 else 5
        bound = (
            sympy.Rational(1, 100) * (sympy.Rational(16, 5) + kappa + slope) ** 2
            + sympy.Rational(tail, 2) * 9
        )
        error = sympy.Rational(1, 2) * (3 - (1 + slope - 3 * slope)) ** 2
        return derivation(
            chain(sympy.sqrt(10), le(sympy.Rational(16, 5), elementary("$3.2^2 > 10$"))),
            chain(error, gt(bound, elementary("numbers"))),
            concludes=((sympy.sqrt(10), "<=", sympy.Rational(16, 5)), (error, ">", bound)),
        )

    return contrary


def many_neurons(kappa, factor):
    """μ has the atoms 1 and 1 + h of mass ½, k = 4, 256 neurons, f = Σ_j u_j, f* = 256 constant (D = 0), δ = 0, ε = h. SGD starts at W_1 = (1, …, 1)ᵀ. On the
    draw x_1 = 1 it stays there; the error is ½(256h)². ‖W_1‖_8 = 256^{1/8} = 2, Γ_4 = √(2/η)·256^{1/8} with 256η(1+h)² = 32/25, so
    G = 2(40(1+h) + κ) = 80(1+h) + 2κ. On the draw x_1 = 1 + h it converges to (1, …, 1)ᵀ/(1+h): the error is (1+h)^{-2}
    times as large and G² is (1+h)^{-4} times as large, so the bound fails there too."""

    def sides(xp, h):
        return xp.number(Fraction(1, 2)) * (256 * h) ** 2, factor * h**2 * (80 * (1 + h) + 2 * kappa) ** 2

    return sides


def contrary_many_neurons(kappa, factor):
    def contrary(_):
        h = sympy.Rational(1, 10)
        left = sympy.Rational(1, 2) * (256 * h) ** 2
        right = factor * h**2 * (80 * (1 + h) + 2 * kappa) ** 2
        return derivation(chain(left, gt(right, elementary("numbers"))), concludes=((left, ">", right),))

    return contrary


def _refutation_of_theorem_6(letter, kappa):
    """Readings a, b, d fail whatever ω is; c, e, f where ω = ‖W_1‖_2k."""
    if letter == "a":
        return Refutation(
            contrary_rough_target(kappa),
            "nothing bounds $f^*$ between the data: it jumps from 0 to 1 within $\\varepsilon = h$, the error is $\\frac12$",
            sides=rough_target(kappa),
            instance={"h": Fraction(1, 10)},
        ), rough_target.__doc__ or contrary_rough_target.__doc__
    if letter in "bd":
        tail = 1 if letter == "b" else 4
        words = (
            "$f = M$ and $f^* = -M$ on the uncovered half: the tail is $4M^2\\delta$, not $M^2\\delta$"
            if letter == "b"
            else "$f, f^* \\le M$ but $f^*$ is far below $-M$ on the uncovered half"
        )
        return Refutation(
            contrary_opposite_target(kappa, tail),
            words,
            sides=opposite_target(kappa, tail),
            instance={"epsilon": Fraction(1, 10)},
        ), opposite_target.__doc__
    factor = 2 if letter == "c" else 1
    return Refutation(
        contrary_many_neurons(kappa, factor),
        "with $\\|W_1\\|_{2k}$ the bound fails for $k = 4$ on one datum and 256 neurons",
        sides=many_neurons(kappa, factor),
        instance={"h": Fraction(1, 10)},
    ), many_neurons.__doc__


def _conclusion(suffix, letters, label, printed, kind):
    letter, kappa = letters["own"], KAPPA[letters.get("k", "ka")]
    common = {
        "id": f"ma2021/{label}{suffix}",
        "printed": printed,
        "kind": kind,
        "statement": described(letters)
        + rf"({ASSUMED[letter]}) $\mathbb E_{{x\sim\mu}}(f(x,W^*)-f^*(x))^2 \le {BOUND[letter]}$.",
        "uses": [f"ma2021/eq-41@{letter}", f"ma2021/eq-43@{letter}"]
        + ([f"ma2021/theorem-5@{letters['s']}-{letters['w']}-{letters['k']}"] if "s" in letters else []),
    }
    if letter in "abd" or letters.get("w") == "wa":
        refutation, instance = _refutation_of_theorem_6(letter, kappa)
        return Claim(
            **common, refutation=refutation, expected="contested", note=" ".join((instance or "").split())
        )
    return Claim(
        **common,
        space=Space(**RISK),
        hypotheses=[SPLIT, TAIL, ON_S_2 if letter == "e" else ON_S],
        sides=risk_bound(letter),
        derivation=prove_risk(letter),
        experiments=[on_networks(theorem_6_on_networks)] if suffix == "@f-sc-wb-ka" else [],
        expected="conditional",
        note="On the event of probability at least $1-q_1-q_2$ that the data cover and SGD finds such a $W^*$; $\\varepsilon \\le \\Delta$ by the "
        "condition on $\\delta'$. $c = d^{(k-1)/2k}$.",
    )


equation_44 = entry(
    "ma2021/eq-44",
    [
        _conclusion(f"@{letter}", {"own": letter, "w": "wb"}, "eq-44", "Appendix C, (44)", "inequality")
        for letter in READINGS
    ],
    printed="Appendix C, (44)",
    statement="(41) with (43) inserted: the right side of (26), in the reading chosen there.",
)
theorem_6 = entry(
    "ma2021/theorem-6",
    [
        _conclusion(*reading, "theorem-6", "Theorem 6, (26)", "implication")
        for reading in combinations("swk", READINGS)
    ],
    own=READINGS,
    printed="Theorem 6, (26)",
    kind="implication",
    statement=r"With probability $1-q_1-q_2$: $\mathbb E_{x\sim\mu}(f(x,W^*)-f^*(x))^2 \le$ the right side of (26).",
)

# ---- when the bound vanishes -------------------------------------------------------------------------------------------
# N = n^{1/2k} ≥ 1, z = Nε: z → 0 and δ → 0 with everything else fixed.


RIGHT_SIDE_OF_26 = {
    "N": real(1, stands_for="n^{1/2k}"),
    **stand_for(c="d^{(k-1)/2k}", Q=r"C\Omega_k", Gamma=r"\Gamma_k"),
    **{name: nonnegative for name in ("epsilon", "kappa", "D", "M")},
    "delta": real(0, 1),
}


def bound_and_majorant(xp, N, epsilon, c, Q, Gamma, kappa, D, M, delta):
    """(26) in reading f with Q = CΩ, and c²(Nε)²(Q(Γ+κ)+D)² + 4M²δ."""
    return (
        c**2 * epsilon**2 * (Q * (N * Gamma + kappa) + D) ** 2 + 4 * M**2 * delta,
        c**2 * (N * epsilon) ** 2 * (Q * (Gamma + kappa) + D) ** 2 + 4 * M**2 * delta,
    )


def prove_limit(s):
    low, high = s.Q * (s.N * s.Gamma + s.kappa) + s.D, s.N * (s.Q * (s.Gamma + s.kappa) + s.D)
    grows = s.c**2 * s.epsilon**2 * (low + high) * (s.Q * s.kappa + s.D) * (s.N - 1)
    return derivation(
        chain(
            s.left,
            le(
                s.right,
                consequence(
                    "$Q(N\\Gamma+\\kappa)+D \\le N(Q(\\Gamma+\\kappa)+D)$, as $N = n^{1/2k} \\ge 1$",
                    nonnegative_part(grows),
                ),
            ),
        )
    )


limit = Claim(
    id="ma2021/remark-limit",
    printed="Section 5, after Theorem 6",
    kind="convergence",
    statement=r"(26) tends to 0 as $n \to \infty$ as long as $\varepsilon$ decays faster than $n^{-1/2k}$ and $\delta \to 0$: the right side of (26) is at "
    r"most $c^2(n^{1/2k}\varepsilon)^2(C\Omega_k(\Gamma_k+\kappa)+D)^2+4M^2\delta$.",
    space=Space(**RIGHT_SIDE_OF_26),
    sides=bound_and_majorant,
    derivation=prove_limit,
    uses=[
        f"ma2021/theorem-6@f{suffix}"
        for suffix in ("-sa-wb-ka", "-sa-wb-kb", "-sb-wb-ka", "-sb-wb-kb", "-sc-wb-ka", "-sc-wb-kb")
    ],
    expected="conditional",
    note="With $C$, $\\Omega_k$, $\\Gamma_k$, $D$, $M$ bounded in $n$, as is understood ($\\Gamma_k$ contains $p$, $B$ and $\\eta$): the majorant tends "
    "to 0 with $n^{1/2k}\\varepsilon$ and $\\delta$. The other readings of (26) are at most twice this.",
)


def covering_slopes(xp, generator, effort):
    """log ε against log n, ε the radius that covers 99 % of fresh points, on spheres and cubes of dimensions 1 to 4."""
    sizes = [200, 800, 3200]
    slopes = {}
    for dimension in (1, 2, 3, 4):
        for shape in ("cube", "sphere"):
            radii = []
            for size in sizes:
                repeats = []
                for _ in range(4 * min(effort, 10)):
                    points = generator.normal(size=(size + 500, dimension + 1))
                    points /= np.linalg.norm(points, axis=1, keepdims=True)
                    if shape == "cube":
                        points = generator.uniform(size=(size + 500, dimension))
                    data, fresh = points[:size], points[size:]
                    squares = (fresh**2).sum(1)[:, None] - 2 * fresh @ data.T + (data**2).sum(1)
                    repeats.append(np.quantile(np.sqrt(np.maximum(squares, 0).min(1)), 0.99))
                radii.append(float(np.mean(repeats)))
            slopes[f"{shape} {dimension}"] = float(np.polyfit(np.log(sizes), np.log(radii), 1)[0])
    wrong = [name for name, slope in slopes.items() if abs(slope * int(name.split()[1]) + 1) > 0.35]
    text = ", ".join(f"{name}: {slope:.3f}" for name, slope in slopes.items())
    return Observation("disagrees" if wrong else "agrees", f"slopes of log ε in log n: {text}", slopes)


dimension_of_the_support = Claim(
    id="ma2021/remark-dimension",
    printed="Section 5, after Theorem 6",
    kind="implication",
    statement=r"(26) vanishes when the dimension of the support of $\mu$ is less than $2k$; the lower it is, the faster the decay: $\varepsilon \sim n^{-1/\dim}$.",
    experiments=[
        Experiment(
            "covering radii",
            "on cubes and spheres of dimension 1 to 4, at n = 200, 800, 3200, the slope of the radius that covers 99 % of fresh points is "
            "within 35 % of −1/dimension in every case",
            covering_slopes,
        )
    ],
    uses=["ma2021/remark-limit"],
    expected="supported",
    note="At fixed uncovered mass $\\delta$ the radius decays like $n^{-1/\\dim}$, faster than $n^{-1/2k}$ exactly if $\\dim < 2k$; covering all of "
    "the support costs a logarithm more.",
)

# ---- Theorem 7, (27) -----------------------------------------------------------------------------------------------------

NEAR_Q = condition(
    r"q \le \varepsilon", r"$\|x-x_i\|_{2k/(2k-1)} \le \varepsilon$", lambda q, epsilon: q <= epsilon
)
NEAR_2 = condition(r"r \le \varepsilon", r"$\|x-x_i\|_2 \le \varepsilon$", lambda r, epsilon: r <= epsilon)
MEAN_VALUE = step(r"u \le Gq", "(25) along the segment, Hölder", lambda u, G, q: u <= G * q)
ROBUST = {
    "a": (r"$\|x-x_i\|_{2k/(2k-1)} \le \varepsilon$", r"\varepsilon G_k"),
    "b": (r"$\|x-x_i\|_2 \le \varepsilon$", r"\varepsilon G_k"),
    "c": (r"$\|x-x_i\|_2 \le \varepsilon$", r"\varepsilon d^{(k-1)/2k}G_k"),
}


def robustness(letter):
    def sides(xp, u, G, epsilon, c):
        return u, (c if letter == "c" else 1) * epsilon * G

    return sides


def prove_robustness(letter):
    def prove(s):
        first = le(
            s.G * s.q, consequence("the mean value along the segment", hypothesis(s.assume(MEAN_VALUE)))
        )
        if letter == "a":
            return derivation(
                chain(
                    s.left,
                    first,
                    le(s.right, consequence("the distance", s.G * hypothesis(s.assume(NEAR_Q)))),
                )
            )
        return derivation(
            chain(
                s.left,
                first,
                le(s.G * s.c * s.r, consequence("comparison of norms", s.G * hypothesis(s.assume(NORMS)))),
                le(s.right, consequence("the distance", (s.G * s.c) * hypothesis(s.assume(NEAR_2)))),
            )
        )

    return prove


def row_in_two_dimensions(kappa):
    """d = 2, x_1 = (1, 0), f = s(x_1 + x_2), W_1 = (1, 1), k = 3, η = 2/s²: G = 2^{1/6}(2^{1/6}s + κ). At x_1 + ε(1, 1)/√2 the change is √2 s ε."""

    def sides(xp, s):
        root = xp.exp(xp.log(xp.number(2)) / 6)
        return xp.sqrt(xp.number(2)) * s, root * (root * s + kappa)

    return sides


def contrary_row(kappa):
    def contrary(_):
        two, s = sympy.Integer(2), sympy.Integer(20)
        root = two ** sympy.Rational(1, 6)
        upper = sympy.Rational(1123, 1000) * (sympy.Rational(1123, 1000) * s + kappa)
        return derivation(
            chain(root, le(sympy.Rational(1123, 1000), elementary("$1.123^6 > 2$"))),
            chain(sympy.sqrt(2) * s, gt(upper, elementary("numbers"))),
            concludes=((root, "<=", sympy.Rational(1123, 1000)), (sympy.sqrt(2) * s, ">", upper)),
        )

    return contrary


def _theorem_7(suffix, letters):
    letter, kappa = letters["own"], KAPPA[letters["k"]]
    near, bound = ROBUST[letter]
    common = {
        "id": f"ma2021/theorem-7{suffix}",
        "printed": "Theorem 7, (27)",
        "kind": "implication",
        "statement": described(letters)
        + rf"Hypotheses of Theorem 5, {near}, $\varepsilon \le \Delta$ $\Rightarrow |f(x,W^*)-f^*(x_i)| \le {bound}$.",
        "uses": [f"ma2021/theorem-5@{letters['s']}-{letters['w']}-{letters['k']}"],
    }
    if letters["w"] == "wa":
        return Claim(
            **common,
            refutation=refuted_on_the_column(kappa, "(27)"),
            expected="contested",
            note=COLUMN_NOTE + " In $d = 1$ all distances agree and $|f(x)-f(x_1)| = 2s\\varepsilon$.",
        )
    if letter == "b":
        return Claim(
            **common,
            refutation=Refutation(
                contrary_row(kappa),
                "for $d = 2$, $k = 3$ the model $s(x_1+x_2)$ changes by $\\sqrt2s\\varepsilon$ within $\\varepsilon$, more than $G_k\\varepsilon$",
                sides=row_in_two_dimensions(kappa),
                instance={"s": Fraction(20)},
            ),
            expected="contested",
            note="One datum $(1,0)$, $W_1 = (1,1)$, $a_1 = (s,0)$, $p = 2$, $\\eta = 2/s^2$, $\\|W_1^T\\|_6 = 2^{1/6}$, $C = 1$. The factor "
            "$d^{(k-1)/2k}$ is missing; reading c has it.",
        )
    return Claim(
        **common,
        space=Space(
            **{name: POINT[name] for name in "uGqr"},
            epsilon=nonnegative,
            **stand_for(c="d^{(k-1)/2k}"),
        ),
        hypotheses=[MEAN_VALUE, NEAR_Q] if letter == "a" else [MEAN_VALUE, NORMS, NEAR_2],
        sides=robustness(letter),
        derivation=prove_robustness(letter),
        experiments=[on_networks(theorem_7_on_networks)] if suffix == "@c-sc-wb-ka" else [],
        expected="conditional",
        note="$f^*(x_i) = f(x_i,W^*)$. In both readings the segment from $x_i$ stays in $X_\\Delta$: $\\|v\\|_2 \\le \\|v\\|_{2k/(2k-1)}$.",
    )


theorem_7 = entry(
    "ma2021/theorem-7",
    [_theorem_7(*reading) for reading in combinations("swk", "abc")],
    own="abc",
    printed="Theorem 7, (27)",
    kind="implication",
    statement=r"For any $x$ within $\varepsilon \le \Delta$ of some $x_i$, $|f(x,W^*)-f^*(x_i)|$ is at most the right side of (27).",
)


# ---- corrections: ω_k = ‖W_1ᵀ‖_2k ----------------------------------------------------------------------------------------------


def _corrected(label, printed, reading, note):
    statement = (
        reading.statement[reading.statement.rindex(") ") + 2 :]
        if reading.statement.startswith("(")
        else reading.statement
    )
    return replace(
        reading,
        id=f"ma2021/{label}-corrected",
        printed=f"{printed}, corrected",
        statement=statement,
        experiments=(),
        corrects=f"ma2021/{label}",
        note=note + " " + reading.note,
    )


equation_41_corrected = _corrected(
    "eq-41",
    "Appendix C, (41)",
    _equation_41("f"),
    "The tail is $4M^2\\delta$, attained by $f = M$, $f^* = -M$ off $S$.",
)
theorem_6_corrected = _corrected(
    "theorem-6",
    "Theorem 6, (26)",
    _conclusion(
        "@f-sc-wb-kb",
        {"own": "f", "s": "sc", "w": "wb", "k": "kb"},
        "theorem-6",
        "Theorem 6, (26)",
        "implication",
    ),
    "With $\\|W_1^T\\|_{2k}$, $\\|\\nabla f^*\\|_{2k} \\le D$, $|f|, |f^*| \\le M$, in every notion of stability.",
)
theorem_7_corrected = _corrected(
    "theorem-7",
    "Theorem 7, (27)",
    _theorem_7("@c-sc-wb-kb", {"own": "c", "s": "sc", "w": "wb", "k": "kb"}),
    "With $\\|W_1^T\\|_{2k}$ and the distance in $\\ell_2$, in every notion of stability.",
)
