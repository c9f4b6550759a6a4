"""Large matrices in numpy: written to a file, and measured from memory with the algebra of `measureStream`."""

import numpy as np

# Rows of W per product in the second pass; limits the memory needed in addition to W.
ROWS = 8192

DTYPES = {"float32": np.float32, "float16": np.float16}


def make_matrix(path, features, dims, dtype, seed):
    """Writes an npy file of normal numbers in chunks of rows; the scales of dimensions go from 1 down to 1/10."""
    generator = np.random.default_rng(seed)
    scales = np.geomspace(1, 0.1, dims, dtype=np.float32)
    matrix = np.lib.format.open_memmap(path, "w+", DTYPES[dtype], (features, dims))
    for first in range(0, features, ROWS):
        count = min(ROWS, features - first)
        matrix[first : first + count] = generator.standard_normal((count, dims), np.float32) * scales
    matrix.flush()
    return {}


def stream(matrix, precision):
    """S = W^T W, its eigenvectors, and T = W U in chunks: products in `precision`, sums of squares in float64."""
    w = matrix.astype(precision, copy=False)
    eigenvalues, basis = np.linalg.eigh((w.T @ w).astype(np.float64))
    kept = eigenvalues > eigenvalues[-1] * 1e-11
    eigenvalues, basis = eigenvalues[kept], basis[:, kept].astype(precision)
    capacity, leverage = np.empty(len(w)), np.empty(len(w))
    for first in range(0, len(w), ROWS):
        t2 = np.square((w[first : first + ROWS] @ basis).astype(np.float64))
        n = t2.sum(1)
        capacity[first : first + ROWS] = n * n / (t2 @ eigenvalues)
        leverage[first : first + ROWS] = t2 @ (1 / eigenvalues)
    return {"capacity": capacity, "leverage": leverage, "total": capacity.sum()}


def by_gram_32(matrix):
    """Capacity from the N x N Gram matrix in float32 (equation 3)."""
    # A copy keeps numpy from calling OpenBLAS's symmetric product, which crashes above about 2^30 entries.
    g = matrix @ matrix.copy().T
    capacity = np.diagonal(g) ** 2 / np.einsum("ij,ij->i", g, g)
    return {"capacity": capacity, "total": capacity.sum()}


def differences(matrix, capacity, leverage):
    """Largest relative differences of saved capacities and leverages from those in float64. Not timed."""
    # In chunks of rows, because W in float64 may not fit into memory.
    dims = matrix.shape[1]
    frame = np.zeros((dims, dims))
    for first in range(0, len(matrix), ROWS):
        w = matrix[first : first + ROWS].astype(np.float64)
        frame += w.T @ w
    eigenvalues, basis = np.linalg.eigh(frame)
    worst = {"capacity": 0.0, "leverage": 0.0}
    saved = {"capacity": np.load(capacity), "leverage": np.load(leverage)}
    for first in range(0, len(matrix), ROWS):
        t2 = np.square(matrix[first : first + ROWS].astype(np.float64) @ basis)
        n = t2.sum(1)
        exact = {"capacity": n * n / (t2 @ eigenvalues), "leverage": t2 @ (1 / eigenvalues)}
        for what, values in exact.items():
            relative = np.abs(saved[what][first : first + ROWS] / values - 1).max()
            worst[what] = max(worst[what], float(relative))
    return worst


FUNCTIONS = {
    "make_matrix": make_matrix,
    "stream": stream,
    "by_gram_32": by_gram_32,
    "differences": differences,
}
