"""Capacity and leverage in numpy, float64 throughout; features are the rows of a float32 matrix."""

import numpy as np


def measure(matrix):
    """Uses S = W^T W and its eigenvectors in O(N D^2), the algebra of `measureCapacity`."""
    w = matrix.astype(np.float64)
    eigenvalues, basis = np.linalg.eigh(w.T @ w)
    tolerance = np.sqrt(eigenvalues[-1]) * max(w.shape) * np.finfo(matrix.dtype).eps
    kept = eigenvalues > tolerance**2
    eigenvalues, basis = eigenvalues[kept], basis[:, kept]
    t2 = (w @ basis) ** 2
    n = t2.sum(1)
    frame = t2 @ eigenvalues
    capacity = np.divide(n * n, frame, out=np.zeros_like(n), where=frame > 0)
    return {
        "capacity": capacity,
        "leverage": t2 @ (1 / eigenvalues),
        "interference": np.divide(frame, n, out=np.zeros_like(n), where=n > 0) - n,
        "total": capacity.sum(),
        "rank": len(eigenvalues),
    }


def by_gram(matrix):
    """Capacity from the N x N Gram matrix (equation 3): O(N^2 D) time and 8 N^2 bytes."""
    w = matrix.astype(np.float64)
    g = w @ w.T
    capacity = np.diagonal(g) ** 2 / np.einsum("ij,ij->i", g, g)
    return {"capacity": capacity, "total": capacity.sum()}


def reference(matrix):
    """Recomputes the results from equation 3 in chunks of rows and the SVD of W. Not timed."""
    w = matrix.astype(np.float64)
    n = (w * w).sum(1)
    capacity = np.empty(len(w))
    for first in range(0, len(w), 1024):
        g = w[first : first + 1024] @ w.T
        capacity[first : first + 1024] = n[first : first + 1024] ** 2 / np.einsum("ij,ij->i", g, g)
    left, sigma, _ = np.linalg.svd(w, full_matrices=False)
    rank = int(np.linalg.matrix_rank(matrix))
    leverage = (left[:, :rank] ** 2).sum(1)
    share = sigma[sigma > 0] / sigma.sum()
    return {
        "capacity": capacity,
        "leverage": leverage,
        "rank": rank,
        "total": capacity.sum(),
        "efficiency": capacity.sum() / rank,
        "effective_rank": np.exp(-(share * np.log(share)).sum()),
        "participation_ratio": (sigma**2).sum() ** 2 / (sigma**4).sum(),
    }


FUNCTIONS = {"measure": measure, "by_gram": by_gram, "reference": reference}
