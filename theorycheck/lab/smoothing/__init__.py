"""Smoothing f_σ(x) = E f(x + σu): kernels, closed forms with their derivations, and checks of them."""

from theorycheck.lab.smoothing.bounds import (
    Bounds,
    cross_entropy_bounds,
    log_sum_exp_bounds,
    logistic_loss_bounds,
    softplus_bounds,
)
from theorycheck.lab.smoothing.chains import Mean, Smoothing, Step, chain_latex
from theorycheck.lab.smoothing.kernels import (
    KERNELS,
    Ball,
    Cube,
    Density,
    Gaussian,
    Kernel,
    Sphere,
    ball,
    convert_sigma,
    density,
    nesterov,
    per_dimension,
    sphere,
    starnes,
    uniform,
)
from theorycheck.lab.smoothing.symbolic import (
    compose,
    heat_time,
    smooth,
    smooth_gradient,
    smooth_with_steps,
)
from theorycheck.lab.smoothing.verification import Agreement, verify_smoothing

__all__ = [
    "KERNELS",
    "Agreement",
    "Ball",
    "Bounds",
    "Cube",
    "Density",
    "Gaussian",
    "Kernel",
    "Mean",
    "Smoothing",
    "Sphere",
    "Step",
    "ball",
    "chain_latex",
    "compose",
    "convert_sigma",
    "cross_entropy_bounds",
    "density",
    "heat_time",
    "log_sum_exp_bounds",
    "logistic_loss_bounds",
    "nesterov",
    "per_dimension",
    "smooth",
    "smooth_gradient",
    "smooth_with_steps",
    "softplus_bounds",
    "sphere",
    "starnes",
    "uniform",
    "verify_smoothing",
]
