"""Mutual coherence in numpy: all pairs, in chunks of rows that fit into memory."""

import numpy as np

BLOCK = 2048


def coherence(matrix, dtype):
    """Tiles on and above the diagonal of the Gram matrix of unit vectors; all rows must be non-zero."""
    units = matrix.astype(dtype)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    best, pair = -1.0, None
    for first in range(0, len(units), BLOCK):
        products = np.abs(units[first : first + BLOCK] @ units[first:].T)
        np.fill_diagonal(products, -1)
        i, j = np.unravel_index(products.argmax(), products.shape)
        if products[i, j] > best:
            best, pair = float(products[i, j]), [int(first + i), int(first + j)]
    return {"coherence": best, "pair": pair}


FUNCTIONS = {"coherence": coherence}
