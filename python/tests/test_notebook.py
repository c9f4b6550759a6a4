"""A real kernel: what cells show, how errors look; and the examples of the guides."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbclient
import nbformat
import numpy as np
import pandas
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file

import polysem

ROOT = Path(__file__).parents[2]


def test_three_lines_show_a_decoder_beside_chance(sae: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The kernel of this Python, whatever other kernels are installed.
    monkeypatch.setenv("JUPYTER_PATH", str(Path(sys.prefix, "share/jupyter")))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    cells = ['import polysem\nr = polysem.measure("sae.safetensors")\nr', 'polysem.measure("missing.npy")']
    form: Any = nbformat.v4
    book = form.new_notebook(cells=[form.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(book, allow_errors=True, resources={"metadata": {"path": str(sae.parent)}}).execute()
    shown, error = (cell["outputs"][-1] for cell in book["cells"])
    data = shown["data"]
    assert data["image/svg+xml"].startswith("<svg")
    assert "random Gaussian" in data["text/html"]
    assert data["text/html"].count("<img ") == 1
    assert data["text/plain"].startswith("<polysem.Measurement: sae-decoder (W_dec): 200 features in 16 dimensions")
    assert (error["ename"], error["evalue"]) == ("UsageError", "missing.npy: no such file")


def test_labels_cannot_add_markup_to_a_notebook() -> None:
    html = polysem.measure({"<b>x</b>": np.eye(2)}, features="rows")._repr_html_()
    assert "<b>x" not in html
    assert "&lt;b&gt;x" in html


def example_values(folder: Path, dictionary: dict[str, NDArray[np.float32]]) -> dict[str, Any]:
    """What the guides assume: files in the folder, a matrix, models and a table."""
    rng = np.random.default_rng(9)
    for name in ["sae", "seed-1", "seed-2"]:
        save_file(dictionary, folder / f"{name}.safetensors")
    layers = {f"h.{k}.mlp.c_proj.weight": rng.normal(size=(32, 8)).astype(np.float32) for k in range(4)}
    save_file(layers, folder / "model.safetensors")
    table = {"variance": rng.random(200), "frequency": rng.random(200) / 5 + 0.001}
    return {
        "W": rng.normal(size=(8, 40)),
        "sae": SimpleNamespace(state_dict=lambda: dictionary),
        "model": SimpleNamespace(state_dict=lambda: layers),
        "frame": pandas.DataFrame(table),
    }


@pytest.mark.parametrize("page", ["README.md", "python/README.md", "docs/notebooks.md"])
def test_examples_run(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dictionary: dict[str, NDArray[np.float32]]
) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert blocks
    monkeypatch.chdir(tmp_path)
    values = example_values(tmp_path, dictionary)
    for block in blocks:
        exec(compile(block, page, "exec"), values)


def test_examples_of_docstrings_give_what_they_say() -> None:
    import doctest

    names = [name for name in polysem.__all__ if name != "Lab"]
    finder = doctest.DocTestFinder(recurse=False)
    tests = [test for name in names for test in finder.find(getattr(polysem, name), name, globs={}) if test.examples]
    assert len(tests) >= 2
    for test in tests:
        assert doctest.DocTestRunner().run(test).failed == 0
