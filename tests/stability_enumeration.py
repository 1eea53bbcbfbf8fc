"""The definition of T^k, written out slowly and without anything of theorycheck.lab.stability: all batches, Kronecker powers."""

import itertools
import math

import numpy as np


def steps(a, learning_rate, batch_size):
    """All matrices A_I = Id − (η/B) Σ_{i∈I} H_i; a has shape (n, p) or (n, m, p)."""
    a = np.asarray(a, dtype=float)
    a = a[:, None, :] if a.ndim == 2 else a
    hessians = [rows.T @ rows for rows in a]
    identity = np.eye(a.shape[2])
    batches = itertools.combinations(range(len(a)), batch_size)
    return [identity - learning_rate / batch_size * sum(hessians[i] for i in batch) for batch in batches]


def kronecker_power(matrix, order):
    power = np.eye(1)
    for _ in range(order):
        power = np.kron(power, matrix)
    return power


def moment_matrix(a, learning_rate, batch_size, order):
    """E_I A_I^{⊗k} on R^{p^k}."""
    powers = [kronecker_power(step, order) for step in steps(a, learning_rate, batch_size)]
    return sum(powers) / len(powers)


def symmetric_projection(dimension, order):
    """The orthogonal projection of R^{p^k} onto symmetric tensors, as a matrix."""
    size = dimension**order
    entries = np.eye(size).reshape((size,) + (dimension,) * order)
    total = sum(
        entries.transpose((0, *(1 + np.array(slots)))) for slots in itertools.permutations(range(order))
    )
    return total.reshape(size, size) / math.factorial(order)


def symmetric_spectrum(a, learning_rate, batch_size, order):
    """Eigenvalues of T^k on Sym^k(R^p), increasing."""
    dimension = np.asarray(a).shape[-1]
    projection = symmetric_projection(dimension, order)
    values, vectors = np.linalg.eigh(projection)
    basis = vectors[:, values > 0.5]
    matrix = moment_matrix(a, learning_rate, batch_size, order)
    return np.linalg.eigvalsh(basis.T @ matrix @ basis)


def radius(a, learning_rate, batch_size, order):
    return abs(symmetric_spectrum(a, learning_rate, batch_size, order)).max()
