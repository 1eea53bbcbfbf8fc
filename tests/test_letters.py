"""Letters: a number or point of a space that stands for something else says so, and no verdict hides it."""

from collections import defaultdict

from theorycheck import Claim, Refutation, Space, check, point, real, requires
from theorycheck.derivations import by_expansion, chain, consequence, derivation, eq, hypothesis, le
from theorycheck.spaces import Entries, Integer, Real
from theorycheck.statement.formal import formal_statement
from theorycheck.statement.loading import SHIPPED, shipped_claims, source_of

FREE = {
    "ma2021/algorithms.py": "B eta n x y",
    "ma2021/corollary_3.py": "a eta m",
    "ma2021/equation_34_odd.py": "a eta",
    "ma2021/generalisation.py": "D M delta epsilon kappa",
    "ma2021/introduction.py": "W v x",
    "ma2021/introduction_remarks.py": "D M delta epsilon kappa v w x",
    "ma2021/lemma_2.py": "a eta t",
    "ma2021/lemma_3.py": "S a eta u v weight x",
    "ma2021/linear_dynamics.py": "a c eta x",
    "ma2021/moment_bounds.py": "a eta",
    "ma2021/multiplicative_structure.py": "a phi",
    "ma2021/no_convergence.py": "a eta",
    "ma2021/preliminary_remarks.py": "A K M T W n v",
    "ma2021/rescaling_and_balance.py": "c v w x",
    "ma2021/second_order.py": "a a_1 a_2 a_3 eta r s theta u v w",
    "ma2021/sobolev_bounds.py": "B_1 B_2 epsilon eta_1 eta_2 g g1 g2 k n p w w1 w2 x",
    "ma2021/sobolev_neighbourhood.py": "C K n r w x y",
    "ma2021/tensor_powers.py": "a eta theta v w x y",
    "ma2021/theorem_2.py": "a eta",
    "ma2021/vanishing_learning_rate.py": "L eta x y",
    "starnes2023/adam_bounds.py": "a epsilon eta lambda_ psi sigma theta x",
    "starnes2023/adam_bounds_corrected.py": "lambda_ sigma x",
    "starnes2023/adam_lemma_c_1.py": "B a beta c epsilon eta sigma tau theta theta_next x",
    "starnes2023/adam_limit_links.py": "eta r sigma tau x",
    "starnes2023/adam_limits.py": "eta eta1 sigma tau theta1 x",
    "starnes2023/adam_passage.py": "X eta r sigma tau x",
    "starnes2023/adam_potential.py": "C Ct alpha alpha1 beta1 eta eta1 rest theta1",
    "starnes2023/adam_quoted_bounds.py": "B a beta epsilon eta theta theta_next x",
    "starnes2023/adam_sums.py": "B beta epsilon eta phase ratio_of_rates share sigma theta x",
    "starnes2023/adam_theorem_c_1.py": "a b beta epsilon eta s1 s2 theta theta_next x",
    "starnes2023/algorithms.py": "anchor sigma tau x",
    "starnes2023/basins.py": "Sigma alpha beta eta gamma p sigma tau x",
    "starnes2023/basins_counterexample.py": "p",
    "starnes2023/basins_global.py": "L delta eta gamma sigma t x y",
    "starnes2023/basins_remarks.py": "L delta eta gamma x y",
    "starnes2023/basins_well.py": "eta sigma t x",
    "starnes2023/figure_1.py": "sigma x",
    "starnes2023/figure_2.py": "R eta sigma x y",
    "starnes2023/introduction.py": "a low rise y",
    "starnes2023/introduction_cost.py": "B n p",
    "starnes2023/introduction_methods.py": "eta gamma sigma x",
    "starnes2023/l_smoothness.py": "x y",
    "starnes2023/layers_convolution.py": "b sigma theta x y",
    "starnes2023/layers_dense.py": "b c sigma theta x y",
    "starnes2023/layers_dropout_pooling.py": "p sigma x y",
    "starnes2023/layers_remarks.py": "b c sigma theta x y",
    "starnes2023/layers_table_1.py": "b c p sigma theta x y",
    "starnes2023/layers_tables_2_3.py": "b c sigma theta x y",
    "starnes2023/layers_tables_4_6.py": "sigma x y",
    "starnes2023/layers_theorem_5_1.py": "b1 b2 c lambda1 lambda2 sigma theta1 theta2 x0 x1 x2 y",
    "starnes2023/layers_theorem_5_1_cnn.py": "b1 b2 b3 c penalty sigma theta1 theta2 theta3 x0 x1 x2 x3 y",
    "starnes2023/lemma_2_1.py": "sigma t tau x y",
    "starnes2023/lemma_2_2.py": "eta p sigma tau x",
    "starnes2023/lemma_f_1.py": "sigma t x y",
    "starnes2023/note_d_1.py": "sigma x y",
    "starnes2023/proposition_d_1.py": "A B a b c sigma x",
    "starnes2023/remarks_3.py": "eta lambda_ rest sigma sigma_1 sigma_2 sigma_3 x_0",
    "starnes2023/remarks_3_constant_sigma.py": "T eta excess lambda_ sigma x_0",
    "starnes2023/remarks_3_no_smoothing.py": "T eta excess lambda_ x_0",
    "starnes2023/smoothing_identities.py": "omega sigma tau x",
    "starnes2023/svrg_adapted_bounds.py": "c sigma tau x",
    "starnes2023/svrg_learning_rate.py": "h sigma x x_tilde",
    "starnes2023/svrg_lemma_f_2.py": "sigma tau x",
    "starnes2023/svrg_lemma_f_3.py": "sigma tau x x_tilde",
    "starnes2023/svrg_lemma_f_4.py": "eta sigma tau x x_tilde",
    "starnes2023/svrg_lemma_f_5.py": "eta h sigma tau x x_tilde",
    "starnes2023/svrg_remarks.py": "eta h sigma tau x x_tilde",
    "starnes2023/svrg_theorem_f_1.py": "eta h high sigma_0 sigma_1 sigma_2 theta x_tilde",
    "starnes2023/theorem_3_1.py": "eta lambda_ sigma_1 sigma_2 x_0",
    "starnes2023/theorem_3_1_average.py": "eta excess sigma_1 sigma_2 sigma_3 x_0",
    "starnes2023/theorem_3_1_gradients.py": "eta excess sigma_1 sigma_2 x_0",
    "starnes2023/theorem_3_1_samples.py": "A L sigma x",
}
"""By file, the numbers and points of shipped spaces that the print quantifies: learning rates, smoothing parameters, bounds
that are assumed, points and vectors that may be any (each is the iterate of some run, each list a of gradients that of a model
linear in W), and the parameters of instances that are written out. Everything else is a letter, declared with `stands_for`.
"""


def numbers_of(claim):
    domains = {} if claim.space is None else claim.space.domains
    return {name: domain for name, domain in domains.items() if isinstance(domain, (Real, Integer, Entries))}


def test_every_number_of_a_shipped_space_is_quantified_in_print_or_says_what_it_stands_for():
    """A new one fails here: put it into the table if the print quantifies it, else say what it stands for."""
    found = defaultdict(set)
    for claim in shipped_claims():
        path = source_of(claim).path
        file = "/".join(path.parts[path.parts.index(SHIPPED) + 1 :])
        found[file] |= {
            name for name, domain in numbers_of(claim).items() if not getattr(domain, "stands_for", "")
        }
    assert {file: " ".join(sorted(names)) for file, names in found.items() if names} == FREE


def norm_bounded(**more):
    """‖∇f(x)‖ ≤ M, with a letter G for the norm and the bound as a printed condition."""
    bound = requires(lambda G, M: G <= M, r"\|\nabla f(x)\| \le M")
    return Claim(
        id="test/letter",
        statement="",
        space=Space(G=real(0, stands_for=r"\|\nabla f(x)\|"), M=real(0)),
        hypotheses=[bound],
        **more,
    )


def test_a_proof_about_a_letter_is_conditional_and_names_it():
    def prove(s):
        printed = claim.hypotheses[0]
        return derivation(chain(s.left, le(s.right, consequence("the bound", hypothesis(s.assume(printed))))))

    claim = norm_bounded(sides=lambda xp, G, M: (G, M), derivation=prove)
    verdict = check(claim, budget="quick")
    assert verdict.status == "conditional"
    assert [str(ground) for ground in verdict.rests_on] == [r"letter: $G = \|\nabla f(x)\|$"]


def test_a_direct_proof_and_a_search_name_the_letter_too():
    proved = check(norm_bounded(sides=lambda xp, G, M: (G, M + 1)), budget="quick")
    assert proved.status == "conditional"
    assert any(ground.kind == "letter" for ground in proved.rests_on)


def test_a_counterexample_in_letters_contests_and_does_not_refute():
    """No instance shows that a gradient has the norm that the letter has."""
    verdict = check(norm_bounded(sides=lambda xp, G, M: (2 * G, M)), budget="quick")
    assert verdict.status == "contested"
    assert verdict.counterexample is not None
    assert any(ground.kind == "letter" for ground in verdict.rests_on)


def test_a_derivation_of_the_contrary_in_letters_contests():
    space = Space(v=point(stands_for=r"\nabla f(x)"))

    def contrary(s):
        return derivation(
            chain(s.left, eq(s.right + 1, by_expansion("one more"))), concludes=((s.left, "=", s.right + 1),)
        )

    claim = Claim(
        id="test/letter-contrary",
        statement="",
        space=space,
        sides=lambda xp, v: (xp.vecdot(v, v) + 1, xp.vecdot(v, v)),
        refutation=Refutation(contrary, ""),
    )
    verdict = check(claim, budget="quick")
    assert verdict.status == "contested"
    assert any(ground.kind == "letter" for ground in verdict.rests_on)


def test_the_formal_statement_shows_what_a_letter_stands_for():
    claim = norm_bounded(sides=lambda xp, G, M: (G, M))
    assert r"$G \ge 0$ (the letter for $\|\nabla f(x)\|$)" in formal_statement(claim)
