"""Runs against loops written out, batches against what their names say, and everything that must end a run in one line."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theorycheck.errors import BackendError, NetworkError, StoreError
from theorycheck.lab.networks import risk as risks
from theorycheck.lab.networks.activations import Activation
from theorycheck.lab.networks.convolution import Convolution
from theorycheck.lab.networks.dense import Dense
from theorycheck.lab.networks.flatten import Flatten
from theorycheck.lab.networks.losses import CrossEntropy, SquaredError, one_hot
from theorycheck.lab.networks.network import Network
from theorycheck.lab.networks.noise import gradient_noise
from theorycheck.lab.networks.pooling import MaxPool
from theorycheck.lab.networks.risk import Risk, risk_and_gradient, risk_value
from theorycheck.lab.optimizers import Schedule, constant
from theorycheck.lab.training import runs
from theorycheck.lab.training.algorithms import NSHB, SGD, SHB, SVRG, Adam
from theorycheck.lab.training.batches import DRAWINGS, Batches
from theorycheck.lab.training.corruption import StepNoise, with_wrong_labels
from theorycheck.lab.training.runs import Training, bytes_needed, train
from theorycheck.streams import generator
from theorycheck.terms.namespaces import numpy_namespace

XP = numpy_namespace()
NET = Network([Dense(5), Activation("tanh"), Dense(3)], (4,))
RISK = Risk(NET, CrossEntropy(), l2=0.01)


def variance(risk, xp, w, x, y):
    return gradient_noise(risk, xp, w, x, y).variance


def data(samples=13, stacks=1):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(stacks, samples, 4))
    return x, one_hot(np, rng.integers(3, size=(stacks, samples)), 3)


@given(
    drawing=st.sampled_from(list(DRAWINGS)),
    samples=st.integers(1, 30),
    size=st.integers(1, 30),
    seed=st.integers(0, 50),
)
def test_batches_are_what_their_names_say(drawing, samples, size, seed):
    batches = Batches(drawing, size)
    if size > samples:
        with pytest.raises(NetworkError, match=f"a batch of {size} samples does not fit data of {samples}"):
            batches.draw(np.random.default_rng(seed), 1, samples)
        return
    drawn = batches.draw(np.random.default_rng(seed), 1, samples)
    assert drawn.shape == (samples // size, size)
    assert drawn.min() >= 0
    assert drawn.max() < samples
    if drawing == "by epoch":
        assert len(np.unique(drawn)) == drawn.size
    if drawing == "without replacement":
        assert all(len(np.unique(batch)) == size for batch in drawn)


def test_every_sample_is_equally_likely_in_every_place():
    for drawing in DRAWINGS:
        drawn = np.stack([Batches(drawing, 3).draw(np.random.default_rng(k), 1, 7) for k in range(4000)])
        counts = np.stack([np.bincount(place, minlength=7) for place in drawn.reshape(4000, 6).T])
        # 4000/7 = 571 ± 22; Floyd's places within a batch are not uniform one by one, batches are
        per_batch = counts.reshape(2, 3, 7).sum(axis=1)
        assert (np.abs(per_batch - 12000 / 7) < 6 * np.sqrt(12000 / 7)).all()


def test_growing_batches_keep_their_last_size():
    batches = Batches("by epoch", (2, 4))
    assert [batches.size_in(epoch) for epoch in (1, 2, 3)] == [2, 4, 4]
    assert [batches.steps_in(epoch, 13) for epoch in (1, 2)] == [6, 3]


def by_hand(algorithm, w, x, y, epochs, batches, seed, network):
    """One network, one step after another, from the recursions as printed."""
    eta, m, v = algorithm.learning_rate, np.zeros_like(w), np.zeros_like(w)
    for epoch in range(1, epochs + 1):
        anchor, full = w, risk_and_gradient(RISK, XP, w, x, y)[1]
        for batch in batches.draw(generator(seed, "batches", network, epoch), epoch, x.shape[1]):
            sample = x[:, batch], y[:, batch]
            g = risk_and_gradient(RISK, XP, w, *sample)[1]
            match algorithm:
                case SGD():
                    w = w - eta * g
                case SHB():
                    m = g + algorithm.beta * m
                    w = w - eta * m
                case NSHB():
                    m = (1 - algorithm.beta) * g + algorithm.beta * m
                    w = w - eta * m
                case Adam():
                    m = algorithm.beta * m + (1 - algorithm.beta) * g
                    v = algorithm.theta * v + (1 - algorithm.theta) * g**2
                    w = w - eta * m / np.sqrt(v + algorithm.epsilon)
                case SVRG():
                    w = w - eta * (g - risk_and_gradient(RISK, XP, anchor, *sample)[1] + full)
    return w


@pytest.mark.parametrize("algorithm", [SGD(0.3), SHB(0.1, 0.8), NSHB(0.3, 0.5), Adam(0.01), SVRG(0.2)])
@pytest.mark.parametrize("drawing", list(DRAWINGS))
def test_a_run_is_its_recursion_for_every_network(algorithm, drawing, monkeypatch):
    monkeypatch.setattr(risks, "NETWORK_FLOATS", 2000)  # blocks of some networks
    (x, y), batches = data(), Batches(drawing, (2, 5))
    w = NET.initial(np.random.default_rng(1), 5)
    run = train(Training(RISK, algorithm, batches, 3, seed=7), w, x, y)
    for r in range(5):
        expected = by_hand(algorithm, w[r : r + 1], x, y, 3, batches, 7, r)
        np.testing.assert_allclose(run.weights[r], expected[0], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(run.loss[-1], risk_value(RISK, XP, run.weights, x, y), rtol=1e-12)
    assert run.epochs.tolist() == [0, 1, 2, 3]
    assert run.why == ("epochs",) * 5
    assert (run.start == w).all()


def test_blocks_and_workers_change_nothing(monkeypatch):
    x, y = data(stacks=9)
    w = NET.initial(np.random.default_rng(1), 9)
    rates = Schedule("falling, one a network", lambda t: np.linspace(0.1, 0.5, 9) / t**0.5)
    sigma = np.linspace(0.1, 0.9, 9)
    risk = Risk(NET, SquaredError("sum"), sigma, [0.1, 0.2, 0.3])
    training = Training(risk, SGD(rates), Batches("by epoch", 4), 3, 1, 2, {"C²": variance})
    runs = [train(training, w, x, y)]
    monkeypatch.setattr(risks, "NETWORK_FLOATS", 2000)
    runs.append(train(training, w, x, y))
    with ThreadPoolExecutor(2) as executor:
        runs.append(train(training, w, x, y, executor=executor))
    assert runs[0].epochs.tolist() == [0, 2, 3]
    for run in runs[1:]:
        np.testing.assert_allclose(run.weights, runs[0].weights, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(run.quantities["C²"], runs[0].quantities["C²"], rtol=1e-9)
        assert run.loss.shape == (3, 9)


def test_smoothing_by_a_schedule_is_that_of_the_layers():
    x, y = data()
    w = NET.initial(np.random.default_rng(1), 2)
    algorithm = SGD(0.1, sigma=Schedule("falling", lambda t: 1.0 / t))
    training = Training(RISK, algorithm, Batches("by epoch", 13), 2, seed=0)
    run = train(training, w, x, y)
    for t in (1, 2):
        w = w - 0.1 * risk_and_gradient(Risk(NET, CrossEntropy(), 1.0 / t, l2=0.01), XP, w, x, y)[1]
    np.testing.assert_allclose(run.weights, w, rtol=1e-9)


def test_a_network_that_diverges_is_named_and_the_others_go_on():
    x, y = data()
    net = Network([Dense(3)], (4,))
    risk = Risk(net, SquaredError("sum"))
    w = np.repeat(net.initial(np.random.default_rng(2)), 3, axis=0)
    rates = np.array([0.01, 1e200, 0.01])
    run = train(Training(risk, SGD(rates), Batches("by epoch", 5), 4, seed=3), w, x, y)
    assert run.diverged.tolist() == [False, True, False]
    assert run.why[1].startswith("the loss of step ")
    assert run.ended.tolist() == [4, 1, 4]
    assert np.isfinite(run.loss[-1, [0, 2]]).all()
    assert (run.loss[-1, [0, 2]] < run.loss[0, [0, 2]]).all()
    alone = train(Training(risk, SGD(0.01), Batches("by epoch", 5), 4, seed=3), w[:1], x, y)
    np.testing.assert_allclose(run.weights[0], alone.weights[0], rtol=1e-12)


def test_networks_stop_one_by_one_at_a_loss_or_a_gradient_norm():
    x, y = data()
    w = NET.initial(np.random.default_rng(1), 3)
    rates = np.array([1e-6, 0.3, 0.6])
    full = train(Training(RISK, SGD(rates), Batches("by epoch", 4), 30, seed=0), w, x, y)
    limit = full.loss[12, 1]
    run = train(Training(RISK, SGD(rates), Batches("by epoch", 4), 30, seed=0, stop_at_loss=limit), w, x, y)
    first = [int(np.argmax(column <= limit)) if (column <= limit).any() else 30 for column in full.loss.T]
    assert run.ended.tolist() == first
    assert run.why[0] == "epochs"
    assert run.why[1] == "loss"
    np.testing.assert_allclose(run.loss[-1, 1], full.loss[first[1], 1], rtol=1e-12)
    norm = train(
        Training(RISK, SGD(rates), Batches("by epoch", 4), 30, seed=0, stop_at_gradient_norm=1e9), w, x, y
    )
    assert norm.why == ("gradient norm",) * 3
    assert norm.ended.tolist() == [0, 0, 0]
    assert (norm.weights == w).all()
    assert len(norm.epochs) == 31


def test_progress_counts_network_epochs(monkeypatch):
    monkeypatch.setattr(risks, "NETWORK_FLOATS", 1)
    x, y = data()
    seen = []
    training = Training(RISK, SGD(0.1), Batches("by epoch", 4), 2, seed=0)
    train(
        training, NET.initial(np.random.default_rng(1), 3), x, y, progress=lambda *given: seen.append(given)
    )
    assert [done for done, _, _ in seen] == [1, 2, 3, 4, 5, 6]
    assert all(total == 6 and left >= 0 for _, total, left in seen)
    assert seen[-1][2] == 0


def test_what_cannot_run_is_refused_before_it_starts():
    x, y = data()
    w = NET.initial(np.random.default_rng(1))
    with pytest.raises(NetworkError, match="a batch of 20 samples does not fit data of 13"):
        train(Training(RISK, SGD(0.1), Batches("by epoch", (2, 2, 20)), 3, seed=0), w, x, y)
    with pytest.raises(NetworkError, match="'at random' is none"):
        Batches("at random", 3)
    with pytest.raises(NetworkError, match="at least one sample"):
        Batches("by epoch", ())
    with pytest.raises(NetworkError, match="at least one epoch"):
        Training(RISK, SGD(0.1), Batches("by epoch", 1), 0, seed=0)
    with pytest.raises(BackendError, match="unknown backend"):
        train(Training(RISK, SGD(0.1), Batches("by epoch", 1), 1, seed=0), w, x, y, backend="jax")


def _arrays_of(run):
    return (run.weights, run.loss, run.gradient_norm, run.quantities["C²"], run.ended)


def test_a_run_that_was_killed_goes_on_with_its_finished_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(risks, "NETWORK_FLOATS", 1)
    x, y = data()
    w = NET.initial(np.random.default_rng(1), 4)
    training = Training(RISK, SGD(constant(0.1)), Batches("by epoch", 4), 2, 0, quantities={"C²": variance})
    whole = train(training, w, x, y)
    done = []

    def kill(*given):
        done.append(given)
        if len(done) == 6:  # in the last epoch of the third network
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(training, w, x, y, store=tmp_path, progress=kill)
    assert len(list(tmp_path.glob("*.npz"))) == 2
    trained = []
    block = runs._Block.run
    monkeypatch.setattr(
        runs._Block, "run", lambda self, tick: trained.append(self.first) or block(self, tick)
    )
    again = train(training, w, x, y, store=tmp_path)
    assert trained == [2, 3]
    for ours, theirs in zip(_arrays_of(again), _arrays_of(whole), strict=True):
        assert (ours == theirs).all()
    assert again.why == whole.why
    third = train(training, w, x, y, store=tmp_path)
    assert trained == [2, 3]
    assert (third.weights == whole.weights).all()


def test_another_run_takes_nothing_from_the_store(tmp_path):
    x, y = data()
    w = NET.initial(np.random.default_rng(1), 2)
    base = Training(RISK, SGD(constant(0.1)), Batches("by epoch", 4), 2, 0)
    others = [
        (base, w, x, y),
        (replace(base, seed=1), w, x, y),
        (replace(base, epochs=3), w, x, y),
        (replace(base, algorithm=SGD(Schedule("constant(0.1)", lambda t: 0.1 if t < 6 else 0.2))), w, x, y),
        (replace(base, algorithm=SGD(np.array([0.1, 0.2]))), w, x, y),
        (replace(base, risk=Risk(NET, CrossEntropy(0.1), l2=0.01)), w, x, y),
        (replace(base, quantities={"C²": variance}), w, x, y),
        (base, w + 1e-9, x, y),
        (base, w, x, y[:, ::-1]),
    ]
    for number, run in enumerate(others, start=1):
        train(*run, store=tmp_path)
        assert len(list(tmp_path.glob("*.npz"))) == number
    with pytest.raises(StoreError, match="no number, array, schedule or function"):
        train(replace(base, quantities={"C²": partial(variance)}), w, x, y, store=tmp_path)


def test_a_block_that_cannot_be_read_is_named(tmp_path):
    x, y = data()
    training = Training(RISK, SGD(0.1), Batches("by epoch", 4), 1, 0)
    w = NET.initial(np.random.default_rng(1))
    train(training, w, x, y, store=tmp_path)
    (block,) = tmp_path.glob("*.npz")
    block.write_bytes(block.read_bytes()[:40])
    with pytest.raises(StoreError, match="delete it and run again"):
        train(training, w, x, y, store=tmp_path)


def test_wrong_labels_are_wrong_as_often_as_asked_and_another_class_each():
    y = one_hot(np, np.arange(3000)[None] % 3, 3)
    noisy = with_wrong_labels(y, 0.3, seed=1, networks=2)
    assert noisy.shape == (2, 3000, 3)
    assert (noisy.sum(axis=-1) == 1).all()
    turns = (noisy.argmax(axis=-1) - y.argmax(axis=-1)) % 3
    for counts in (np.bincount(row, minlength=3) for row in turns):
        assert (np.abs(counts - [2100, 450, 450]) < 6 * np.sqrt(3000 * 0.3)).all()
    assert (noisy[0] != noisy[1]).any()
    assert (with_wrong_labels(y, 0.0, seed=1) == y).all()
    assert (with_wrong_labels(y, 1.0, seed=1).argmax(axis=-1) != y.argmax(axis=-1)).all()
    with pytest.raises(NetworkError, match=r"in \[0, 1\]"):
        with_wrong_labels(y, 1.5, seed=1)


def test_noise_of_the_steps_is_fresh_and_belongs_to_the_network(monkeypatch):
    x, y = data()
    net = Network([Dense(3)], (4,))
    w = np.zeros((3, net.size))
    training = Training(
        Risk(net, SquaredError("half")), SGD(0.5), Batches("by epoch", 13), 2, 0, noise=StepNoise(0.3, 2.0)
    )
    run = train(training, w, x, y)
    monkeypatch.setattr(risks, "NETWORK_FLOATS", 1)
    np.testing.assert_allclose(train(training, w, x, y).weights, run.weights, rtol=1e-9)
    for r in range(3):
        own = w[:1]
        for epoch in (1, 2):
            order = training.batches.draw(generator(0, "batches", r, epoch), epoch, 13)[0]
            stream = generator(0, "noise", r, epoch)
            a = x[:, order] + 0.3 * stream.standard_normal((13, 4))
            b = y[:, order] + 2.0 * stream.standard_normal((13, 3))
            own = own - 0.5 * risk_and_gradient(training.risk, XP, own, a, b)[1]
        np.testing.assert_allclose(run.weights[r], own[0], rtol=1e-9)
    with pytest.raises(NetworkError, match="0 or more"):
        StepNoise(-1.0)


@pytest.mark.parametrize(("networks", "batch_size", "samples"), [(1, 1, 40), (200, 8, 40), (20, 100, 500)])
@pytest.mark.parametrize("images", [False, True])
def test_memory_stays_below_what_is_said_beforehand(networks, batch_size, samples, images):
    if images:
        networks, samples = max(1, networks // 10), max(batch_size, samples // 10)
        net = Network(
            [Convolution(4, 3), Activation("relu"), MaxPool(2, 2), Flatten(), Dense(3)], (1, 12, 12)
        )
    else:
        net = Network([Dense(64), Activation("tanh"), Dense(64), Activation("relu"), Dense(3)], (20,))
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1, samples, *net.shape))
    y = one_hot(np, rng.integers(3, size=(1, samples)), 3)
    w = net.initial(rng, networks)
    training = Training(Risk(net, CrossEntropy(), l2=0.1), Adam(0.01), Batches("by epoch", batch_size), 1, 0)
    tracemalloc.start()
    train(training, w, x, y)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= bytes_needed(training, networks, samples)
