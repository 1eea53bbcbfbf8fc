"""Appendix C: the bounds on m_t, v_t and the update that are quoted from Lemmas 16–18 of [6].

They hold if M is a bound of the norms of all sampled gradients. Appendix C puts M = 2λ + …, a bound of squares, in its place:
then all four fail for small gradients. The instances are K = 1, f(x) = a sin x, no smoothing, so that λ = a² satisfies every
reading of the gradient hypothesis and M = 2a².

With a bound B of the norms they hold, (d) even without √d and with half the constant.
"""

from theorycheck import Claim, Space, granted, real, requires
from theorycheck.derivations import (
    by_expansion,
    chain,
    consequence,
    derivation,
    eq,
    ge,
    hypothesis,
    le,
    nonnegative_part,
    square,
)

# ---- two steps of Algorithm 2 on f(x) = a sin x ----------------------------------------------------------------------------


def wave_step(xp, a, state, eta, beta, theta, epsilon):
    """One step of Algorithm 2 (reading @a) without smoothing: (x, m, v) and the sampled gradient and r = m/√(v+ε)."""
    x, m, v = state
    gradient = a * xp.cos(x)
    m = beta * m + (1 - beta) * gradient
    v = theta * v + (1 - theta) * gradient**2
    update = m / xp.sqrt(v + epsilon)
    return (x - eta * update, m, v), gradient, update


def first_moment(xp, a, x, eta, beta, theta, epsilon):
    """|m_1| against M = 2a²."""
    (_, m, _), _, _ = wave_step(xp, a, (x, 0 * x, 0 * x), eta, beta, theta, epsilon)
    return abs(m), 2 * a**2


def update_size(xp, a, x, eta, beta, theta, epsilon):
    """|m_1|/√(v_1+ε) against M/√ε."""
    _, _, update = wave_step(xp, a, (x, 0 * x, 0 * x), eta, beta, theta, epsilon)
    return abs(update), 2 * a**2 / xp.sqrt(epsilon)


def second_moment(xp, a, x, eta, beta, theta, epsilon):
    """√(v_1+ε) against M_ε = √(M²+ε)."""
    (_, _, v), _, _ = wave_step(xp, a, (x, 0 * x, 0 * x), eta, beta, theta, epsilon)
    return xp.sqrt(v + epsilon), xp.sqrt(4 * a**4 + epsilon)


def second_part(xp, a, x, eta, beta, theta, theta_next, epsilon):
    """II = ⟨G_1, r_2 − m_2/√(v_1+ε)⟩ against −M⁴(1−θ_2)/ε^{3/2}, in one dimension."""
    state, _, _ = wave_step(xp, a, (x, 0 * x, 0 * x), eta, beta, theta, epsilon)
    (_, m, _), gradient, update = wave_step(xp, a, state, eta, beta, theta_next, epsilon)
    left = gradient * (update - m / xp.sqrt(state[2] + epsilon))
    return left, -16 * a**8 * (1 - theta_next) / (epsilon * xp.sqrt(epsilon))


RUN = {
    "a": real(0, open_low=True),
    "x": real(-4, 4),
    "eta": real(0, open_low=True),
    "beta": real(0, 1, open_high=True),
    "theta": real(0, 1, open_low=True, open_high=True),
    "epsilon": real(0, open_low=True),
}
PARTS = {
    "a": (r"$\|m_t\| \le M$", first_moment, "<="),
    "b": (r"$\|m_t/\sqrt{v_t+\varepsilon}\| \le M/\sqrt\varepsilon$", update_size, "<="),
    "c": (
        r"every entry of $v_t$ is at most $M^2$, so that $\sqrt{v_t+\varepsilon} \le M_\varepsilon$",
        second_moment,
        "<=",
    ),
    "d": (
        r"$\mathrm{II} \ge -\frac{\sqrt dM^4}{\varepsilon^{3/2}}(1-\theta_{t+1})$",
        second_part,
        ">=",
    ),
}


def _part(letter):
    statement, sides, relation = PARTS[letter]
    more = {"theta_next": real(0, 1, open_low=True, open_high=True)} if letter == "d" else {}
    return Claim(
        id=f"starnes2023/bound-c-lemmas@{letter}",
        printed="Appendix C (Lemmas 16–18 of [6])",
        kind="inequality",
        statement=rf"Algorithm 2, $M = 2\lambda+\frac{{L^2(6+d)^3}}4\max\sigma_t^2$: {statement}.",
        space=Space(**RUN, **more),
        sides=sides,
        relation=relation,
        uses=["starnes2023/algorithm-2", "starnes2023/bound-c-m"],
        expected="refuted",
        note="$K = 1$, $f(x) = a\\sin x$, no smoothing, $\\lambda = a^2$: every reading of the gradient hypothesis holds.",
    )


parts = tuple(_part(letter) for letter in PARTS)
quoted = Claim(
    id="starnes2023/bound-c-lemmas",
    printed="Appendix C (Lemmas 16–18 of [6])",
    kind="inequality",
    statement=r"The bounds (a)–(d) on $m_t$, $v_t$ and the update, with the constant $M$ of Appendix C.",
    readings=parts,
    expected="refuted",
)

# ---- with a bound B of the norms ---------------------------------------------------------------------------------------------
# ‖∇f_{k,σ_t}(x_{t−1})‖ ≤ B for all t and k, along the run. (a)–(c) are inductions over t, whose step is proved here from the
# bound at t − 1; at t = 0 they hold because m_0 = v_0 = 0. Coordinates of v_t are averages of squared coordinates.

OLD_MOMENT = granted(lambda m, B: m**2 <= B**2, r"\|m_t\| \le B", "(a) at t, by induction from m_0 = 0")
OLD_AVERAGE = granted(lambda v, B: v <= B**2, r"v_t \le B^2", "(c) at t, by induction from v_0 = 0")
NEW_GRADIENT = requires(lambda g, B: g**2 <= B**2, r"|g| \le B")


def next_first_moment(xp, m, g, beta, B):
    """|m_{t+1}|² in one direction (that of m_{t+1} itself: then |⟨g, ·⟩| ≤ ‖g‖ and |⟨m_t, ·⟩| ≤ ‖m_t‖)."""
    return (beta * m + (1 - beta) * g) ** 2, B**2


def prove_next_first_moment(s):
    return derivation(
        chain(
            s.left,
            le(
                s.right,
                consequence(
                    "the square is convex",
                    (s.beta * (1 - s.beta)) * square(s.m - s.g),
                    s.beta * hypothesis(s.assume(OLD_MOMENT)),
                    (1 - s.beta) * hypothesis(s.assume(NEW_GRADIENT)),
                ),
            ),
        )
    )


def next_average(xp, v, g, theta, B):
    return theta * v + (1 - theta) * g**2, B**2


def prove_next_average(s):
    return derivation(
        chain(
            s.left,
            le(
                s.right,
                consequence(
                    "an average of numbers that are at most $B^2$",
                    s.theta * hypothesis(s.assume(OLD_AVERAGE)),
                    (1 - s.theta) * hypothesis(s.assume(NEW_GRADIENT)),
                ),
            ),
        )
    )


def squared_update(xp, m, v, epsilon, B):
    """‖r‖² ≤ B²/ε: every coordinate of m is divided by at least √ε."""
    return m**2 / (v + epsilon), B**2 / epsilon


def prove_squared_update(s):
    return derivation(
        chain(
            s.left,
            le(
                s.m**2 / s.epsilon,
                consequence("$v \\ge 0$", nonnegative_part(s.m**2 * s.v / (s.epsilon * (s.v + s.epsilon)))),
            ),
            le(s.right, consequence("(a)", 1 / s.epsilon * hypothesis(s.assume(OLD_MOMENT)))),
        )
    )


# (d), in one coordinate: with a = √(v_t+ε), b = √(v_{t+1}+ε), the coordinate of II is Gm(1/b − 1/a), and a² − b² =
# (1−θ)(v_t − g²) lies between ±(1−θ)B². As a + b ≥ 2√ε and ab ≥ ε, |1/b − 1/a| ≤ (1−θ)B²/(2ε^{3/2}); and |Gm| ≤ (G²+m²)/2,
# whose sum over the coordinates is at most B².
IN_RANGE = "v_{t+1} averages v_t and a squared gradient, both in [0, B^2] by (c)"
ABOVE = granted(
    lambda a, b, theta, B: a**2 - b**2 <= (1 - theta) * B**2, r"v_t-v_{t+1} \le (1-\theta_{t+1})B^2", IN_RANGE
)
BELOW = granted(
    lambda a, b, theta, B: b**2 - a**2 <= (1 - theta) * B**2, r"v_{t+1}-v_t \le (1-\theta_{t+1})B^2", IN_RANGE
)


def coordinate_of_second_part(xp, G, m, a, b, e, theta, B):
    """e = √ε; the sum over the coordinates of (G² + m²)/2 is at most B²."""
    return G * m * (1 / b - 1 / a), -(G**2 + m**2) / 2 * (1 - theta) * B**2 / (2 * e**3)


def prove_coordinate(s):
    G, m, a, b, e = s.G, s.m, s.a, s.b, s.e
    spread, change = (1 - s.theta) * s.B**2, 1 / (a * b * (a + b))
    room = (
        (G**2 + m**2) / 2 * spread * change / (2 * e**3)
    )  # times ab(a+b) − 2e³, the sum of the last two terms
    return derivation(
        chain(
            s.left,
            eq(G * m * (a**2 - b**2) * change, by_expansion("a common denominator")),
            ge(
                s.right,
                consequence(
                    "$a^2-b^2 = v_t-v_{t+1}$, and $ab(a+b) \\ge 2e^3$",
                    ((G + m) ** 2 / 4 * change) * hypothesis(s.assume(BELOW)),
                    ((G - m) ** 2 / 4 * change) * hypothesis(s.assume(ABOVE)),
                    nonnegative_part(room * (a - e) * ((a + e) * b + e**2)),
                    nonnegative_part(room * (b - e) * ((b + e) * a + e**2)),
                ),
            ),
        )
    )


MOMENT = real(stands_for=r"\text{an entry (a: the norm with sign) of } m_t")
GRADIENT = real(stands_for=r"\text{an entry of } \nabla f_{k,\sigma_{t+1}}(x_t)")
AVERAGE = real(0, stands_for=r"\text{an entry of } v_t")
MOMENTS = {"m": MOMENT, "g": GRADIENT, "B": real(0), "beta": real(0, 1, open_high=True)}
AVERAGES = {"v": AVERAGE, "g": GRADIENT, "B": real(0), "theta": real(0, 1)}
UPDATE = {"m": MOMENT, "v": AVERAGE, "epsilon": real(0, open_low=True), "B": real(0)}
SECOND = {
    "G": real(stands_for=r"\text{an entry of } G_t"),
    "m": MOMENT,
    "e": real(0, open_low=True, stands_for=r"\sqrt\varepsilon"),
    "a": real("e", stands_for=r"\sqrt{v_t+\varepsilon}"),
    "b": real("e", stands_for=r"\sqrt{v_{t+1}+\varepsilon}"),
    "theta": real(0, 1),
    "B": real(0),
}
ROOTED = r"a = \sqrt{v_t+\varepsilon}, b = \sqrt{v_{t+1}+\varepsilon} \ge e = \sqrt\varepsilon"
CORRECTIONS = {
    "a": (
        r"$\|m_t\| \le B$: the step from $t$ to $t+1$, in the direction of $m_{t+1}$",
        (MOMENTS, next_first_moment, "<=", prove_next_first_moment, [OLD_MOMENT, NEW_GRADIENT]),
        "Equality for a constant gradient in the limit of many steps, and at once for $\\beta_1 = 0$.",
    ),
    "b": (
        r"$\|m_t/\sqrt{v_t+\varepsilon}\| \le B/\sqrt\varepsilon$, coordinate by coordinate, from (a)",
        (UPDATE, squared_update, "<=", prove_squared_update, [OLD_MOMENT]),
        "The first link is for every coordinate; in sum it bounds $\\|r_t\\|^2$ by $\\|m_t\\|^2/\\varepsilon$, and the second link is (a). "
        "Sharp as $\\varepsilon \\to \\infty$.",
    ),
    "c": (
        r"every entry of $v_t$ is at most $B^2$: the step from $t$ to $t+1$",
        (AVERAGES, next_average, "<=", prove_next_average, [OLD_AVERAGE, NEW_GRADIENT]),
        "Hence $\\sqrt{v_t+\\varepsilon} \\le \\sqrt{B^2+\\varepsilon}$.",
    ),
    "d": (
        rf"every coordinate of $\mathrm{{II}}$ is at least $-\frac{{G^2+m^2}}2\frac{{B^2}}{{2\varepsilon^{{3/2}}}}(1-\theta_{{t+1}})$, "
        rf"where ${ROOTED}$; in sum $\mathrm{{II}} \ge -\frac{{B^4}}{{2\varepsilon^{{3/2}}}}(1-\theta_{{t+1}})$",
        (SECOND, coordinate_of_second_part, ">=", prove_coordinate, [ABOVE, BELOW]),
        "No factor $\\sqrt d$ is needed. Sharp: $v_t = 0$, $G = m = g = B$, $\\varepsilon \\to \\infty$.",
    ),
}


def _correction(letter):
    statement, (space, sides, relation, proof, hypotheses), note = CORRECTIONS[letter]
    return Claim(
        id=f"starnes2023/bound-c-lemmas@{letter}-corrected",
        printed="Appendix C (Lemmas 16–18 of [6]), corrected",
        kind="inequality",
        statement=rf"If $\|\nabla f_{{k,\sigma_t}}(x_{{t-1}})\| \le B$ along the run: {statement}.",
        space=Space(**space),
        hypotheses=hypotheses,
        sides=sides,
        relation=relation,
        derivation=proof,
        corrects=f"starnes2023/bound-c-lemmas@{letter}",
        uses=["starnes2023/algorithm-2"],
        expected="conditional",
        note=note,
    )


corrections = tuple(_correction(letter) for letter in CORRECTIONS)
