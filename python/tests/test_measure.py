"""measure: numbers, every kind of array, choices, errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import capacities
from numpy.typing import NDArray

import polysem


def test_capacities_are_those_of_the_definition(rows: NDArray[np.float32]) -> None:
    for kind in (np.float64, np.float32):
        r = polysem.measure(rows.astype(kind), features="rows")
        # The float32 numbers are kept, products are computed in float64, and 40 sums of 8 products lose few bits.
        np.testing.assert_allclose(r.capacity, capacities(rows), rtol=1e-12)
    assert (r.features, r.dims, r.rank) == (40, 8, 8)
    assert r.efficiency == pytest.approx(r.capacity.sum() / 8, rel=1e-12)
    assert [each.name for each in r.baselines] == ["random Gaussian"]
    assert r.to_pandas()["capacity"].tolist() == r.capacity.tolist()
    cosine = rows.astype(float) / np.linalg.norm(rows.astype(float), axis=1, keepdims=True)
    inner = np.abs(cosine @ cosine.T - np.eye(40))
    assert r.neighbour is not None
    assert r.neighbour.tolist() == inner.argmax(axis=1).tolist()
    assert "W: 40 features in 8 dimensions" in repr(r)
    for text in (*r.pictures.values(), str(r.json)):
        assert "polysem-" not in text, "temporary files have no place in results"
    assert r.json["configuration"]["file"] == "W"


class OnlyDlpack:
    """A tensor of a library that numpy does not know."""

    def __init__(self, array: NDArray[Any]) -> None:
        self._array = array

    def __dlpack__(self, **options: Any) -> Any:
        return self._array.__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self._array.__dlpack_device__()


def test_every_kind_of_array_is_the_same_matrix(rows: NDArray[np.float32]) -> None:
    whole = np.round(rows * 8)  # integers, which every format holds
    frozen = np.asfortranarray(whole)
    frozen.flags.writeable = False
    wide = np.zeros((80, 16), ">f8")
    wide[::2, ::2] = whole
    kinds: dict[str, Any] = {
        "Fortran order, read-only": frozen,
        "strided, other byte order": wide[::2, ::2],
        "half precision": whole.astype(np.float16),
        "integers": whole.astype(np.int16),
        "lists": whole.tolist(),
        "dlpack": OnlyDlpack(whole),
    }
    expected = capacities(whole)
    for name, kind in kinds.items():
        found = polysem.measure(kind, features="rows").capacity
        np.testing.assert_allclose(found, expected, rtol=1e-12, err_msg=name)


def test_decoder_of_a_dictionary_from_a_file_and_from_arrays(sae: Path, dictionary: dict[str, NDArray[np.float32]]) -> None:
    r = polysem.measure(sae)
    decoder = dictionary["W_dec"] / np.linalg.norm(dictionary["W_dec"].astype(float), axis=1, keepdims=True)
    # Vectors of unit length are rounded to float32; a capacity is a ratio of their fourth powers.
    np.testing.assert_allclose(r.capacity, capacities(decoder), rtol=8 * 2.0**-24)
    assert r.matrix == "sae-decoder (W_dec)"
    assert any(note.startswith("the decoder, because nothing else was chosen") for note in r.notes)
    assert polysem.measure(dictionary).capacity.tolist() == r.capacity.tolist()


def test_all_features_are_listed_however_many() -> None:
    many = np.random.default_rng(3).normal(size=(5000, 3))
    np.testing.assert_allclose(
        polysem.measure(many, features="rows", no_coherence=True).capacity, capacities(many), rtol=1e-9
    )


def test_bad_features_are_left_out_on_request(rows: NDArray[np.float32], tmp_path: Path) -> None:
    bad = rows.copy()
    bad[3, 1] = np.nan
    labels = tmp_path / "names.csv"
    labels.write_text("label\n" + "\n".join(f"f{i}" for i in range(40)) + "\n")
    r = polysem.measure(bad, features="rows", skip_bad=True, labels=labels)
    assert r.feature is not None
    assert r.feature.tolist() == [i for i in range(40) if i != 3]
    assert r.to_pandas()["feature"].tolist() == r.feature.tolist()
    assert r.label is not None and r.label[3] == "f4"
    np.testing.assert_allclose(r.capacity, capacities(np.delete(rows, 3, axis=0)), rtol=1e-12)


ERRORS: list[tuple[Any, dict[str, Any], str]] = [
    (np.ones((2, 3)), {}, 'W: "W" is 2 x 3; give --features rows (2 features in 3 dimensions) or --features columns'),
    ([[1.0, np.nan]], {"features": "rows"}, "NaN at [0, 1], in feature 0; every value must be finite; add --skip-bad"),
    (np.ma.masked_array([[1, 2]], mask=np.array([[False, True]])), {"features": "rows"}, "NaN at [0, 1]"),
    (np.zeros((0, 4)), {"features": "rows"}, "shape [0, 4] is empty"),
    (np.ones((2, 2), complex), {"features": "rows"}, 'W: dtype "<c16" holds complex numbers'),
    (np.ones((2, 2), bool), {"features": "rows"}, 'W: dtype "|b1" holds booleans'),
    ([["a"]], {"features": "rows"}, "W: holds str32, not numbers"),
    (None, {}, "W: holds object, not numbers"),
    ("missing.npy", {}, "missing.npy: no such file"),
    (np.eye(2), {"features": "rows", "threads": 0}, "--threads: expected an integer of at least 1"),
]


@pytest.mark.parametrize(("w", "keywords", "message"), ERRORS)
def test_errors_have_the_words_of_the_command_line(w: Any, keywords: dict[str, Any], message: str) -> None:
    with pytest.raises(polysem.UsageError) as caught:
        polysem.measure(w, **keywords)
    assert message in str(caught.value)
    assert "polysem-" not in str(caught.value), "temporary files have no place in a message"
    assert isinstance(caught.value, ValueError)


def test_unknown_keywords_are_refused() -> None:
    with pytest.raises(TypeError, match=r"measure\(\) got an unexpected keyword argument 'axis'"):
        polysem.measure(np.eye(2), axis=0)  # type: ignore[call-arg]


def test_several_matrices(tmp_path: Path, rows: NDArray[np.float32]) -> None:
    stack = {"a.weight": rows, "b.weight": rows * np.arange(1, 9)}
    found = polysem.measure_many(stack, tensor="*.weight", features="rows")
    assert [each.matrix for each in found] == ["a.weight", "b.weight"]
    for each, w in zip(found, stack.values()):
        np.testing.assert_allclose(each.capacity, capacities(w), rtol=1e-11)
    with pytest.raises(polysem.UsageError, match="2 matrices are chosen; choose one, or call measure_many"):
        polysem.measure(stack, tensor="*.weight", features="rows")
    page = tmp_path / "page.html"
    (only,) = polysem.measure_many({"a": rows}, features="rows", report=page)
    assert only.matrix == "a" and page.read_text().startswith("<!doctype html>")
    listed = {tensor["name"] for tensor in polysem.matrices(stack)["tensors"]}
    assert listed == {"a.weight", "b.weight"}


def test_results_are_saved(rows: NDArray[np.float32], tmp_path: Path) -> None:
    r = polysem.measure(rows, features="rows")
    r.save(tmp_path / "r.json")
    assert (tmp_path / "r.json").read_text().startswith('{"matrix": "W"')
    r.save(tmp_path / "r.svg")
    assert (tmp_path / "r.svg").read_text().startswith("<svg")
    with pytest.raises(polysem.PolysemError, match=r"give a name that ends in .json or .svg"):
        r.save(tmp_path / "r.png")


def test_zero_vectors_have_no_picture() -> None:
    r = polysem.measure(np.zeros((3, 2)), features="rows")
    assert r.capacity.tolist() == [0, 0, 0]
    assert r.pictures == {} and r._repr_svg_() is None and "<img" not in r._repr_html_()
