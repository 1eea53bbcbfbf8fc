"""Starnes and Webster, Improved Performance of Stochastic Gradients with Gaussian Smoothing (arXiv 2311.00531).

Convention of the paper: f_σ(x) = π^{-d/2} ∫ f(x + σu) exp(−‖u‖²) du = E f(x + σu) with u ~ N(0, I/2), σ ≥ 0, f_0 = f.

An equality or inequality is asserted where its expressions are defined: writing f_σ presupposes that the integral
converges absolutely, and a formula that divides by σ presupposes σ > 0.
"""
