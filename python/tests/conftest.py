"""Arrays and files that the tests measure, and what the paper says about them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file

Floats = NDArray[np.float64]


def capacities(rows: NDArray[Any]) -> Floats:
    """Capacity of each row by its definition, C = |w|^4 / sum of squared inner products (arXiv:2210.01892, equation 3)."""
    gram = (rows.astype(np.float64) @ rows.T.astype(np.float64)) ** 2
    found: Floats = np.diag(gram) / gram.sum(axis=1)
    return found


@pytest.fixture(scope="session")
def rows() -> NDArray[np.float32]:
    """40 features in 8 dimensions."""
    return np.random.default_rng(1).normal(size=(40, 8)).astype(np.float32)


@pytest.fixture(scope="session")
def dictionary() -> dict[str, NDArray[np.float32]]:
    """A sparse autoencoder with 200 latents in 16 dimensions."""
    decoder = np.random.default_rng(2).normal(size=(200, 16)).astype(np.float32)
    shapes = {"b_enc": 200, "b_dec": 16}
    return {"W_enc": decoder.T.copy(), "W_dec": decoder, **{k: np.zeros(n, np.float32) for k, n in shapes.items()}}


@pytest.fixture(scope="session")
def sae(dictionary: dict[str, NDArray[np.float32]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the sparse autoencoder."""
    path = tmp_path_factory.mktemp("sae") / "sae.safetensors"
    save_file(dictionary, path)
    return path
