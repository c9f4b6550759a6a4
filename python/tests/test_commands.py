"""allocate, train, compare, geometry, audit and phase: numbers that the paper or numpy gives, and their tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas
import polars
import pytest
from conftest import capacities
from numpy.typing import NDArray

import polysem


def test_allocate_by_its_optimality_conditions() -> None:
    importance = np.array([4, 2, 1, 0.5])
    r = polysem.allocate(importance=importance, density=0.1, dims=2, embedding=True)
    assert r.phase == ["full", "partial", "partial", "partial"]
    assert r.capacity.sum() == pytest.approx(2, rel=1e-12) and r.gap == 0
    assert r.embedding is not None and r.embedding.shape == (2, 4)
    np.testing.assert_allclose(capacities(r.embedding.T), r.capacity, rtol=1e-9)
    np.testing.assert_allclose((r.embedding**2).sum(axis=0), r.squared_norm, rtol=1e-12)
    assert list(r.to_pandas()) == ["capacity", "squared_norm", "phase"]
    assert polysem.allocate(importance="0.5^i", features=4, kurtosis=18.0, dims=2).phase == r.phase
    with pytest.raises(polysem.UsageError, match="^--dims: is missing"):
        polysem.allocate(importance=1, features=3, density=0.1)


def test_many_features_are_allocated_without_a_picture() -> None:
    r = polysem.allocate(importance=np.linspace(1, 2, 2500), kurtosis=np.full(2500, 9.0), dims=100)
    assert r.capacity.size == 2500 and r.pictures == {}


def test_train_reaches_the_certified_optimum(tmp_path: Path) -> None:
    r = polysem.train(features=4, dims=2, importance=[4, 2, 1, 0.5], density=0.1, seed=1)
    assert r.gap == pytest.approx(0, abs=1e-9) and r.loss_error is None
    assert r.weights.shape == (2, 4)
    np.testing.assert_allclose(capacities(r.weights.T), r.capacity, rtol=1e-9)
    assert r.predicted_capacity is not None
    np.testing.assert_allclose(r.capacity, r.predicted_capacity, atol=1e-4)
    assert r.losses.shape == (4,) and r.losses.min() == r.loss
    assert r.to_pandas()["importance"].tolist() == [4, 2, 1, 0.5]
    r.save(tmp_path / "toy.safetensors")
    assert polysem.measure(tmp_path / "toy.safetensors").capacity.tolist() == pytest.approx(r.capacity.tolist(), rel=1e-12)


def test_train_on_own_inputs_and_several_models() -> None:
    z = np.random.default_rng(5).exponential(size=(400, 5)) * (np.random.default_rng(6).random((400, 5)) < 0.2)
    model: Any = {"model": "compression", "activation": "relu", "features": 5, "dims": 2, "importance": 1}
    model.update(steps=60, seeds=1, batch=64)
    r = polysem.train(**model, inputs=z, history=3)
    assert r.parameters["history.weights"].shape == (3, 2, 5)
    assert r.loss > 0 and r.predicted_capacity is None
    with pytest.raises(polysem.UsageError, match="^--inputs: inputs has NaN in row 0, feature 0"):
        polysem.train(**model, inputs=np.full((40, 5), np.nan))
    first, second = polysem.train_many(2, **model, density="1..0.05")
    for each in (first, second):
        np.testing.assert_allclose(capacities(each.weights.T), each.capacity, rtol=1e-9)
    assert first.json["spec"]["inputs"]["density"] == 1 and second.json["spec"]["inputs"]["density"] == 0.05


def test_geometry_names_antipodal_pairs() -> None:
    pairs = np.kron(np.eye(4), [[1.0, -1.0]])
    r = polysem.geometry(pairs, features="columns", efficient=True)
    assert [block["features"] for block in r.blocks] == [[0, 1], [2, 3], [4, 5], [6, 7]]
    assert {shape["name"] for shape in r.shapes} == {"antipodal pair"}
    assert r.distance == pytest.approx(0, abs=1e-7)
    assert r.efficient is not None
    order = r.efficient["P"].astype(int)
    rebuilt = np.empty_like(pairs)
    rebuilt[:, order] = r.efficient["Q"] @ r.efficient["B"]
    np.testing.assert_allclose(rebuilt, r.efficient["W"], atol=1e-12)
    assert r.to_pandas()["dims"].tolist() == [1, 1, 1, 1]
    assert next(iter(r.pictures)) == "gram" and r._repr_html_().count("<img") == 2


@pytest.mark.parametrize("frame", [pandas.DataFrame, polars.DataFrame])
def test_audit_takes_statistics_from_any_table(frame: type, sae: Path) -> None:
    rng = np.random.default_rng(7)
    table = frame(
        {"imp, ort": rng.random(200), "often": rng.random(200) / 5 + 0.001, "name": [f'"{i}", #' for i in range(200)]}
    )
    r = polysem.audit(sae, stats=table, importance="imp, ort", density="often", shape="laplace", label="name", resamples=10)
    np.testing.assert_array_equal(r.importance, np.asarray(table["imp, ort"]))
    # A fraction p of Laplace values has kurtosis 6 / p.
    np.testing.assert_allclose(r.kurtosis, 6 / np.asarray(table["often"]), rtol=1e-12)
    assert r.to_pandas()["labels"][3] == '"3", #'
    assert r.price["low"] <= r.price["value"] <= r.price["high"]
    assert "null" not in r.limits[0]["name"] and len(r.nulls) >= 3


def test_audit_takes_activations(rows: NDArray[np.float32]) -> None:
    z = np.random.default_rng(8).laplace(size=(500, 40))
    r = polysem.audit(rows, features="rows", activations=z, resamples=10)
    apart = z - z.mean(axis=0)
    np.testing.assert_allclose(r.kurtosis, (apart**4).mean(axis=0) / (apart**2).mean(axis=0) ** 2, rtol=1e-9)


def test_phase_predicts_and_trains() -> None:
    r = polysem.phase(features=6, dims=3, density=(1, 0.1, 4), importance=(0.1, 10, 5), trained=True)
    assert r.capacity.shape == (4, 5) and (r.x_parameter, r.y_parameter) == ("importance", "density")
    np.testing.assert_allclose(r.x, np.geomspace(0.1, 10, 5), rtol=1e-12)
    assert r.trained is not None
    partial = (r.capacity > 0.01) & (r.capacity < 0.99)
    np.testing.assert_allclose(r.trained[partial], r.capacity[partial], atol=1e-5)
    table = r.to_pandas()
    assert list(table) == ["density", "importance", "capacity", "loss", "trained"] and len(table) == 20
    assert table["capacity"][7] == r.capacity[1, 2]


def test_phase_of_a_model() -> None:
    r = polysem.phase(
        model="compression",
        activation="relu",
        dims=2,
        features=4,
        x="importance=0.1:10:3",
        y="density=0.5:0.02:2",
        seeds=1,
        batch=128,
    )
    assert r.phases is not None and r.phases.shape == (2, 3) and r.trained is None
    assert r.phases[0, 0] == "ignored" and r.phases[0, 2] == "full"
    assert "<img" in r._repr_html_()


def test_compare_agrees_with_numpy() -> None:
    random = np.random.default_rng(3)
    a = random.normal(size=(12, 5))
    order = random.permutation(12)[:9]
    b = a[order] + 0.01 * random.normal(size=(9, 5))
    r = polysem.compare(a, b, features="rows")
    assert r.pairing == "one-to-one" and order[r.b].tolist() == r.a.tolist()
    units = [w / np.linalg.norm(w, axis=1, keepdims=True) for w in (a, b)]
    cosines = units[0] @ units[1].T
    np.testing.assert_allclose(r.cosine, cosines[r.a, r.b], rtol=1e-12)
    np.testing.assert_allclose(r.capacity_a, capacities(a)[r.a], rtol=1e-9)
    np.testing.assert_allclose(r.capacity_b, capacities(b)[r.b], rtol=1e-9)
    assert r.mmcs is not None and r.mmcs["a"] == pytest.approx(cosines.max(axis=1).mean(), abs=1e-6)
    assert sorted([*r.unmatched["a"], *r.a.tolist()]) == list(range(12))
    assert not r.is_near_chance and r.gram is None
    assert list(r.to_pandas()) == ["a", "b", "cosine", "capacity_a", "capacity_b"]
    assert "9 pairs (one-to-one): mean cosine 1" in repr(r) and "<th" in r._repr_html_()
    assert r.json["configuration"]["a"]["file"] == "A"


def test_compare_turns_one_space_onto_another() -> None:
    random = np.random.default_rng(4)
    w = random.normal(size=(60, 6))
    turned = w @ np.linalg.qr(random.normal(size=(6, 6)))[0]
    assert polysem.compare(w, turned, features="rows", by="order").is_near_chance
    r = polysem.compare({"W": w}, turned, features="rows", by="order", align=True)
    np.testing.assert_allclose(r.cosine, 1, atol=1e-12)
    with pytest.raises(polysem.UsageError, match="^both need as many dimensions, got 6 in A"):
        polysem.compare(w, w[:, :5], features="rows")
