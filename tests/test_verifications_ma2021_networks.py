"""The networks in verifications/ma2021: truncated arithmetic against SymPy, the counterexamples against torch's own layers."""

import math

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from theorycheck.terms.namespaces import namespace
from verifications.ma2021.introduction import input_derivatives, parameter_derivatives
from verifications.ma2021.truncated import Truncated, sine

NUMBERS = st.integers(-8, 8).map(lambda i: i / 4)
XP = namespace("numpy")


@given(NUMBERS, NUMBERS, NUMBERS)
def test_truncated_arithmetic_is_taylor(a, b, c):
    t = sympy.Symbol("t")
    exact = [sympy.Rational(value) for value in (a, b, c)]
    formula = (exact[0] + exact[1] * t + exact[2] * t**2) * (exact[2] + t) * 3 + sympy.sin(
        exact[1] + exact[0] * t + t**2
    )
    z = Truncated(a, b, c)
    found = z * (c + Truncated(0, 1)) * 3 + sine(XP, b + Truncated(0, a, 1))
    for value, derivative in ((found.c_0, 0), (found.slope, 1), (found.curvature, 2)):
        reference = float(sympy.diff(formula, t, derivative).subs(t, 0))
        assert math.isclose(value, reference, rel_tol=1e-13, abs_tol=1e-12)  # a dozen operations of size 100


def test_derivatives_of_the_sine_network_in_closed_form():
    """f = Σ v_k sin(W_k x): ∇_x f = Wᵀ(v cos z), ∇_W f = (v cos z) xᵀ, ∇_v f = sin z, z = Wx."""
    generator = np.random.default_rng(0)
    x, W, v = generator.normal(size=3), generator.normal(size=(2, 3)), generator.normal(size=2)
    z = W @ x
    arguments = list(x), [list(row) for row in W], list(v)
    inputs = [moved.slope for moved in input_derivatives(XP, *arguments)]
    parameters = [moved.slope for moved in parameter_derivatives(XP, *arguments)]
    # sums of three products
    np.testing.assert_allclose(inputs, W.T @ (v * np.cos(z)), rtol=1e-12)
    np.testing.assert_allclose(parameters, [*np.outer(v * np.cos(z), x).ravel(), *np.sin(z)], rtol=1e-12)
    curvatures = [moved.curvature for moved in parameter_derivatives(XP, *arguments)[:6]]
    np.testing.assert_allclose(curvatures, np.outer(-v * np.sin(z), x**2).ravel(), rtol=1e-12)


# Reading b of the remark on (6): no gradient in the parameters, one in the input; rounding is 2^-53 times some dozen operations.


def assert_cancels(output, parameters, x):
    torch = pytest.importorskip("torch")
    gradients = torch.autograd.grad(output, [*parameters, x], allow_unused=True)
    assert all(g is None or float(g.abs().max()) < 1e-14 for g in gradients[:-1])
    assert float(gradients[-1].abs().max()) > 0.05


def test_convolution_of_torch():
    torch = pytest.importorskip("torch")
    layer, readout = torch.nn.Conv1d(1, 1, 1, bias=False).double(), torch.nn.Linear(1, 1, bias=False).double()
    x = torch.tensor([[[1.0, -1.0]]], dtype=torch.float64, requires_grad=True)
    with torch.no_grad():
        layer.weight.fill_(1.0)
        readout.weight.fill_(1.0)
    output = readout(torch.tanh(layer(x)).mean(dim=-1)).sum()
    assert_cancels(output, [*layer.parameters(), *readout.parameters()], x)


def test_recurrent_network_of_torch():
    torch = pytest.importorskip("torch")
    layer, readout = torch.nn.RNN(1, 1, bias=False).double(), torch.nn.Linear(1, 1, bias=False).double()
    x = torch.tensor([math.log(2), -0.75, -math.log(2), 0.75], dtype=torch.float64).reshape(4, 1, 1)
    x.requires_grad_()
    with torch.no_grad():
        layer.weight_ih_l0.fill_(1.0)
        layer.weight_hh_l0.fill_(1.25)
        readout.weight.fill_(1.0)
    output = readout(layer(x)[0][-1]).sum()
    assert_cancels(output, [*layer.parameters(), *readout.parameters()], x)


def test_attention_of_torch_with_a_skip_connection():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    layer = torch.nn.MultiheadAttention(1, 1, bias=False).double()
    readout = torch.nn.Linear(1, 1, bias=False).double()
    x = torch.tensor([1.0, -1.0], dtype=torch.float64).reshape(2, 1, 1).requires_grad_()
    with torch.no_grad():
        layer.in_proj_weight.copy_(torch.tensor([[0.7], [0.4], [1.0]]))  # not only at q = 0
        layer.out_proj.weight.fill_(1.0)
        readout.weight.fill_(1.0)
    output = readout((x + layer(x, x, x)[0]).mean(dim=0)).sum()
    assert_cancels(output, [*layer.parameters(), *readout.parameters()], x)
