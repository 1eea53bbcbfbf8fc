r"""Linear stability of SGD at minima that interpolate: exact moments, thresholds, simulation.

    import numpy as np
    from theorycheck.lab.stability import linear_stability

    a = np.random.default_rng(0).standard_normal((20, 5))        # gradients a_i = ∇_W f(x_i, W*), one row a sample
    found = linear_stability(a, learning_rate=0.1, batch_size=4, order=2)
    found.stable["c"], found.spectral_radius, found.thresholds["order 2"]

The dynamics is w_{t+1} = A_I w_t, A_I = Id − (η/B) Σ_{i∈I} H_i with H_i = a_i a_iᵀ and I a uniform subset of size B, for the loss
(1/2n) Σ (f(x_i, W) − y_i)². E w_t^{⊗k} follows T^k = E_I A_I^{⊗k}, a symmetric map of symmetric tensors.

- exact, any arithmetic (float, Fraction, Ball, SymPy): `apply_moment_operator`, and its reference `enumerate_moment_operator`;
- packed, float64, NumPy or CuPy: `moment_operator`, `moment_matrix`, `eigenvalues`, `spectral_radius`, `moment_coefficients`;
- learning rates: `learning_rate_threshold`, `condition_13_threshold`, `gradient_descent_threshold`, `sufficient_threshold`,
  and with certified brackets `certified_threshold`;
- simulation: `draw_subsets`, `draw_masks`, `simulate_linearised_sgd`, `simulated_moments`, `exact_norm_moments`, and SGD without
  linearisation on a small network, `tanh_network` and `simulate_sgd`;
- data: `covered_mass`, `scattering_number` and what else sections 2 and 5 measure, in `theorycheck.lab.stability.coverings`;
- norms: `induced_norm`, `dense_gradient_norms`, `convolution_gradient_norms`, `mean_gradient_norm`.

Source: Ma and Ying, On Linear Stability of SGD and Input-Smoothness of Neural Networks (arXiv 2105.13462), and what was found
about it in `verifications/ma2021`.
"""

from theorycheck.lab.stability.certified import CertifiedThreshold, certified_stability, certified_threshold
from theorycheck.lab.stability.coverings import (
    LocalGrowth,
    covered_mass,
    covered_mass_on_circle,
    empirical_loss,
    flatness,
    is_covered,
    local_growth,
    mean_overlap,
    multi_indices,
    population_loss,
    probability_interval,
    sampled_covered_mass,
    scattering_bounds,
    scattering_number,
    sobolev_seminorm,
)
from theorycheck.lab.stability.gradients import GradientSet, gradient_set
from theorycheck.lab.stability.judging import LinearStability, linear_stability
from theorycheck.lab.stability.networks import simulate_sgd, tanh_network
from theorycheck.lab.stability.norms import (
    NormBounds,
    convolution_gradient_norms,
    dense_gradient_norms,
    induced_norm,
    mean_gradient_norm,
)
from theorycheck.lab.stability.operators import MomentOperator, moment_matrix, moment_operator
from theorycheck.lab.stability.packing import (
    pack,
    packed_power,
    packed_size,
    symmetrise,
    tensor_power,
    unpack,
)
from theorycheck.lab.stability.simulation import (
    SimulatedMoments,
    exact_norm_moments,
    relative_variance_growth,
    simulate_linearised_sgd,
    simulated_moments,
)
from theorycheck.lab.stability.spectra import Extremes, eigenvalues, extremes, spectral_radius
from theorycheck.lab.stability.subsets import draw_masks, draw_subsets
from theorycheck.lab.stability.tensors import apply_moment_operator, enumerate_moment_operator
from theorycheck.lab.stability.thresholds import (
    Threshold,
    condition_13_threshold,
    gradient_descent_threshold,
    learning_rate_threshold,
    moment_coefficients,
    sufficient_threshold,
)

__all__ = [
    "CertifiedThreshold",
    "Extremes",
    "GradientSet",
    "LinearStability",
    "LocalGrowth",
    "MomentOperator",
    "NormBounds",
    "SimulatedMoments",
    "Threshold",
    "apply_moment_operator",
    "certified_stability",
    "certified_threshold",
    "condition_13_threshold",
    "convolution_gradient_norms",
    "covered_mass",
    "covered_mass_on_circle",
    "dense_gradient_norms",
    "draw_masks",
    "draw_subsets",
    "eigenvalues",
    "empirical_loss",
    "enumerate_moment_operator",
    "exact_norm_moments",
    "extremes",
    "flatness",
    "gradient_descent_threshold",
    "gradient_set",
    "induced_norm",
    "is_covered",
    "learning_rate_threshold",
    "linear_stability",
    "local_growth",
    "mean_gradient_norm",
    "mean_overlap",
    "moment_coefficients",
    "moment_matrix",
    "moment_operator",
    "multi_indices",
    "pack",
    "packed_power",
    "packed_size",
    "population_loss",
    "probability_interval",
    "relative_variance_growth",
    "sampled_covered_mass",
    "scattering_bounds",
    "scattering_number",
    "simulate_linearised_sgd",
    "simulate_sgd",
    "simulated_moments",
    "sobolev_seminorm",
    "spectral_radius",
    "sufficient_threshold",
    "symmetrise",
    "tanh_network",
    "tensor_power",
    "unpack",
]
