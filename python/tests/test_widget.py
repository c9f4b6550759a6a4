"""The widget: which file it gives to the lab, and what it refuses. test/notebooks.browser.test.ts shows it in browsers."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import polysem


def test_arrays_and_files_are_given_to_the_lab_as_they_are(rows: NDArray[np.float32], sae: Path) -> None:
    lab = polysem.Lab(rows, features="rows", skip_bad=True, centre=False, height=400)
    assert (lab._name, lab._matrix, lab._how, lab.height) == ("W.npy", "rows of W", ["skip-bad"], 400)
    np.testing.assert_array_equal(np.load(io.BytesIO(lab._bytes)), rows)
    assert lab._page.startswith("<!doctype html>") or lab._page.startswith("<!DOCTYPE html>")
    assert lab.selection == []
    file = polysem.Lab(sae, matrix="sae-encoder")
    assert (file._name, file._bytes, file._matrix) == ("sae.safetensors", sae.read_bytes(), "sae-encoder")


def test_results_open_as_the_command_line_wrote_them() -> None:
    training = polysem.train(features=3, dims=2, importance=[2, 1, 1], density=0.1, seeds=1)
    lab = polysem.Lab(training)
    assert (lab._name, lab._bytes) == ("training.safetensors", training.file)
    allocation = polysem.allocate(importance=1, features=3, density=0.1, dims=2)
    with pytest.raises(polysem.UsageError, match="Lab: shows weights and the results of measure, train and phase"):
        polysem.Lab(allocation)


def test_the_lab_says_what_it_cannot_show(tmp_path: Path) -> None:
    large = tmp_path / "large.npy"
    with large.open("wb") as file:
        file.truncate(300 << 20)
    with pytest.raises(polysem.UsageError, match="large.npy has 300 MiB, and a notebook shows at most 256"):
        polysem.Lab(large)
    with pytest.raises(polysem.UsageError, match=r"missing.npy: no such file"):
        polysem.Lab("missing.npy")
    wrong: Any = {"axis": 0}
    with pytest.raises(TypeError, match=r"Lab\(\) got an unexpected keyword argument 'axis'"):
        polysem.Lab(np.eye(2), **wrong)


def test_without_anywidget_the_rest_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "polysem._widget", raising=False)
    with pytest.raises(polysem.PolysemError, match=r"pip install 'polysem\[widget\]'"):
        _ = polysem.Lab
