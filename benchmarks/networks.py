"""Per-sample quantities and steps of many networks against PyTorch: torch.func.vmap(grad), and a loop over networks.

    python benchmarks/networks.py [--repeats 5] [--only PART OF A NAME]

Every row runs both sides interleaved in one process, in the same precision on one thread, and prints the ratio of medians of
processor time (the peer's ÷ ours), which other work on the machine disturbs less than wall time, beside its target. Both
sides start from the same parameters and their results are compared before anything is timed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when NumPy loads

import numpy as np
import torch

from theorycheck.lab.networks.activations import Activation
from theorycheck.lab.networks.convolution import Convolution
from theorycheck.lab.networks.dense import Dense
from theorycheck.lab.networks.flatten import Flatten
from theorycheck.lab.networks.losses import CrossEntropy, one_hot
from theorycheck.lab.networks.network import Network
from theorycheck.lab.networks.noise import power_sums_and_input_gradients
from theorycheck.lab.networks.pooling import MaxPool
from theorycheck.lab.networks.risk import Risk, networks_at_once, risk_and_gradient
from theorycheck.terms.namespaces import numpy_namespace

XP = numpy_namespace()


@dataclass(frozen=True)
class Row:
    name: str
    peer: Callable[[], Any]
    ours: Callable[[], Any]
    must: float
    ambitious: float


def seconds(function: Callable[[], Any]) -> float:
    start = time.process_time()
    function()
    return time.process_time() - start


def torch_model(layers: Sequence[Any], shape: tuple[int, ...]) -> Any:
    modules: list[Any] = []
    for layer in layers:
        match layer:
            case Dense(units):
                modules.append(torch.nn.Linear(shape[0], units))
            case Convolution(kernels, size, stride, padding):
                modules.append(torch.nn.Conv2d(shape[0], kernels, size, stride, padding))
            case MaxPool(size, stride):
                modules.append(torch.nn.MaxPool2d(size, stride))
            case Flatten():
                modules.append(torch.nn.Flatten())
            case Activation():
                modules.append(torch.nn.ReLU())
        shape = layer.output_shape(shape)
    return torch.nn.Sequential(*modules).double()


def problem(
    layers: Sequence[Any], shape: tuple[int, ...], samples: int, networks: int, dtype: Any = np.float64
) -> tuple[Any, ...]:
    rng = np.random.default_rng(0)
    network = Network(layers, shape)
    x = rng.normal(size=(1, samples, *shape))
    labels = rng.integers(10, size=(1, samples))
    arrays = (network.initial(rng, networks), x, one_hot(np, labels, 10))
    return Risk(network, CrossEntropy()), *(array.astype(dtype) for array in arrays), labels


def loaded(risk: Risk, w: Any, r: int) -> Any:
    model = torch_model(risk.network.layers, risk.network.shape).to(torch.from_numpy(w).dtype)
    arrays = [array[r] for layer in risk.network.views(XP, w) for array in layer]
    with torch.no_grad():
        for parameter, array in zip(model.parameters(), arrays, strict=True):
            parameter.copy_(torch.from_numpy(array.reshape(tuple(parameter.shape))))
    return model


def vmapped_gradients(model: Any) -> Callable[[Any, Any], Any]:
    """Gradients of every sample's loss in the parameters and in the input."""

    def loss(parameters: Any, x: Any, label: Any) -> Any:
        output = torch.func.functional_call(model, parameters, (x[None],))
        return torch.nn.functional.cross_entropy(output, label[None])

    parameters = {name: value.detach() for name, value in model.named_parameters()}
    gradients = torch.func.vmap(torch.func.grad(loss, argnums=(0, 1)), in_dims=(None, 0, 0))
    return lambda x, labels: gradients(parameters, x, labels)


def per_sample_row(
    name: str, layers: Sequence[Any], shape: tuple[int, ...], must: float, ambitious: float
) -> Row:
    risk, w, x, y, labels = problem(layers, shape, 128, 1)
    function = vmapped_gradients(loaded(risk, w, 0))
    images, classes = torch.from_numpy(x[0]), torch.from_numpy(labels[0])

    def peer() -> Any:
        parameters, inputs = function(images, classes)
        return sum((g.flatten(1) ** 2).sum(dim=1) for g in parameters.values()), inputs

    def ours() -> Any:
        sums, inputs = power_sums_and_input_gradients(risk, XP, w, x, y)
        return sums[0], inputs[0]

    for a, b in zip(peer(), ours(), strict=True):
        np.testing.assert_allclose(a.numpy(), b, rtol=1e-8, atol=1e-12)
    return Row(name, peer, ours, must, ambitious)


def stepper(risk: Risk, state: Any, x: Any, y: Any) -> Callable[[], None]:
    """One step of gradient descent of all networks, in blocks as `theorycheck.lab.training` takes them."""
    size = networks_at_once(risk.network, XP, x.shape[1])

    def step() -> None:
        for start in range(0, len(state), size):
            block = state[start : start + size]
            block -= 1e-3 * risk_and_gradient(risk, XP, block, x, y)[1]

    return step


def sweep_row(hidden: int, samples: int, networks: int, dtype: Any, must: float, ambitious: float) -> Row:
    """One SGD step of R networks on digits-sized data; the peer loops over the networks."""
    layers = [Dense(hidden), Activation("relu"), Dense(hidden), Activation("relu"), Dense(10)]
    risk, w, x, y, labels = problem(layers, (64,), samples, networks, dtype)
    models = [loaded(risk, w, r) for r in range(networks)]
    optimizers = [torch.optim.SGD(model.parameters(), lr=1e-3) for model in models]
    inputs, classes = torch.from_numpy(x[0]), torch.from_numpy(labels[0])
    state = w.copy()

    def peer() -> Any:
        for model, optimizer in zip(models, optimizers, strict=True):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(inputs), classes).backward()
            optimizer.step()

    ours = stepper(risk, state, x, y)
    peer()
    ours()
    after = np.concatenate([parameter.detach().numpy().ravel() for parameter in models[-1].parameters()])
    np.testing.assert_allclose(state[-1], after, atol=100 * np.finfo(dtype).eps)
    name = f"step, R={networks}, h={hidden}, B={samples}, {np.dtype(dtype)}, loop"
    return Row(name, peer, ours, must, ambitious)


def single_sample_row(hidden: int, networks: int) -> Row:
    """One SGD step with batches of one sample; the peer is one vmapped step of all networks."""
    layers = [Dense(hidden), Activation("relu"), Dense(hidden), Activation("relu"), Dense(10)]
    risk, w, x, y, labels = problem(layers, (64,), 1, networks)
    model = loaded(risk, w, 0)
    models = [loaded(risk, w, r) for r in range(networks)]
    stacked, _ = torch.func.stack_module_state(models)
    parameters = {name: value.detach() for name, value in stacked.items()}
    inputs, classes = torch.from_numpy(x[0]), torch.from_numpy(labels[0])

    def loss(own: Any) -> Any:
        return torch.nn.functional.cross_entropy(torch.func.functional_call(model, own, (inputs,)), classes)

    gradients = torch.func.vmap(torch.func.grad(loss))
    state = w.copy()

    def peer() -> None:
        for name, gradient in gradients(parameters).items():
            parameters[name] -= 1e-3 * gradient

    ours = stepper(risk, state, x, y)
    peer()
    ours()
    after = np.concatenate([parameters[name][-1].numpy().ravel() for name in parameters])
    np.testing.assert_allclose(state[-1], after, rtol=1e-8, atol=1e-12)
    return Row(f"step, R={networks}, h={hidden}, B=1, vmap", peer, ours, 1, 3)


def rows() -> dict[str, Callable[[], Row]]:
    mlp = [Dense(128), Activation("relu"), Dense(128), Activation("relu"), Dense(10)]
    cnn = [
        Convolution(8, 5),
        Activation("relu"),
        MaxPool(2, 2),
        Convolution(16, 3),
        Activation("relu"),
        MaxPool(2, 2),
        Flatten(),
        Dense(10),
    ]
    table: dict[str, Callable[[], Row]] = {
        "per-sample mlp": lambda: per_sample_row(
            "norms, inputs, MLP 784-128-128-10, B=128", mlp, (784,), 25, 50
        ),
        "per-sample cnn": lambda: per_sample_row("norms, inputs, CNN 28×28, B=128", cnn, (1, 28, 28), 8, 40),
    }
    for hidden, must, ambitious in ((8, 30, 60), (16, 30, 60), (32, 30, 60), (64, 4, 10), (128, 4, 10)):
        for samples in (8, 32):
            for dtype in (np.float64, np.float32):
                arguments = (hidden, samples, 64, dtype, must, ambitious)
                table[f"sweep h={hidden} B={samples} {np.dtype(dtype)}"] = lambda given=arguments: sweep_row(
                    *given
                )
    for hidden in (32, 128):
        table[f"single h={hidden}"] = lambda h=hidden: single_sample_row(h, 64)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description="Small networks against PyTorch.")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print(f"NumPy {np.__version__}, torch {torch.__version__}")
    print(f"{'row':46} {'peer':>11} {'ours':>10} {'ratio':>8}  must / ambitious")
    for name, build in rows().items():
        if arguments.only not in name:
            continue
        row = build()
        row.ours(), row.peer()
        peer, ours = [], []
        for _ in range(arguments.repeats):
            peer.append(seconds(row.peer))
            ours.append(statistics.median(seconds(row.ours) for _ in range(3)))
        ratio = statistics.median(peer) / statistics.median(ours)
        verdict = "ambitious" if ratio >= row.ambitious else "must" if ratio >= row.must else "MISSED"
        times = f"{statistics.median(peer) * 1e3:9.2f}ms {statistics.median(ours) * 1e3:8.3f}ms {ratio:8.1f}"
        print(f"{row.name:46} {times}  {row.must:g} / {row.ambitious:g}: {verdict}", flush=True)


if __name__ == "__main__":
    main()
