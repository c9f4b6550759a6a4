"""Results: typed objects with numpy arrays, a table and a picture."""

from __future__ import annotations

import base64
import html
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ._arrays import Floats, Ints, floats
from ._errors import PolysemError

if TYPE_CHECKING:
    import pandas


_CELL = ' style="padding:2px 8px"'


@dataclass(frozen=True, repr=False, eq=False)
class Result:
    """A result of the command line.

    Attributes:
        json: everything that the command printed, as its ``--json`` documents it.
        notes: what the command said about its input, such as which tensor it took and why.
        pictures: figures as SVG, by name; the first is shown in notebooks.
        version: version of polysem that computed the result.
    """

    json: dict[str, Any]
    notes: tuple[str, ...]
    pictures: dict[str, str]

    version: str

    def to_pandas(self) -> pandas.DataFrame:
        """The result as a table; needs pandas."""
        import pandas

        columns = {name: values for name, values in self._columns().items() if values is not None}
        table: pandas.DataFrame = pandas.DataFrame(columns)
        return table

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the result as JSON (``.json``) or its picture (``.svg``); a training also as weights (``.safetensors``).

        Raises:
            PolysemError: for another ending, or if there is no picture.
        """
        files = self._files()
        content = files.get(Path(path).suffix.lower())
        if content is None:
            raise PolysemError(f"save: cannot write {os.fspath(path)!r}; give a name that ends in {' or '.join(files)}")
        Path(path).write_bytes(content)

    def _files(self) -> dict[str, bytes]:
        """Contents by ending of the name."""
        text = json.dumps(self.json, ensure_ascii=False)
        pictures = [(".svg", svg.encode()) for svg in self.pictures.values()]
        return dict([(".json", text.encode()), *pictures[:1]])

    def _columns(self) -> Mapping[str, Any]:
        raise NotImplementedError

    def _heading(self) -> str:
        raise NotImplementedError

    def _figures(self) -> Sequence[tuple[str, ...]]:
        """Rows of the table below the picture; the first names the columns."""
        return ()

    def __repr__(self) -> str:
        return f"<polysem.{type(self).__name__}: {self._heading()}>"

    def _repr_svg_(self) -> str | None:
        return next(iter(self.pictures.values()), None)

    def _repr_html_(self) -> str:
        head, *rows = self._figures() or [()]
        cells = "".join(f"<th{_CELL}>{html.escape(each)}</th>" for each in head)
        body = "".join("<tr>" + "".join(f"<td{_CELL}>{html.escape(each)}</td>" for each in row) + "</tr>" for row in rows)
        table = f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>" if head else ""
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        shown = "".join(map(self._image, self._shown()))
        more = f"<details><summary>notes</summary><ul>{notes}</ul></details>" if notes else ""
        return f'<div class="polysem"><p><b>{html.escape(self._heading())}</b></p>{shown}{table}{more}</div>'

    def _shown(self) -> Sequence[str]:
        """Pictures that a notebook shows."""
        return list(self.pictures.values())[:1]

    def _image(self, svg: str) -> str:
        # As an image, the styles of the figure do not reach the notebook, nor those of the notebook the figure.
        data = base64.b64encode(svg.encode()).decode()
        return f'<img alt="{html.escape(self._heading())}" src="data:image/svg+xml;base64,{data}" style="max-width:100%">'


R = TypeVar("R", bound=Result)


def result(kind: type[R], json: dict[str, Any], notes: tuple[str, ...], pictures: dict[str, str], **more: Any) -> R:
    """A result from the JSON of the command line: ``squared_norm`` is its ``squaredNorm``, lists of numbers are arrays."""
    per_feature = json.get("perFeature", json.get("perPair", {}))
    notes = (*json.get("configuration", {}).get("notes", ()), *notes)
    values: dict[str, Any] = {"json": json, "notes": notes, "pictures": pictures, **more}
    for each in fields(kind):
        head, *tail = each.name.split("_")
        key = "".join([head, *map(str.title, tail)])
        values.setdefault(each.name, _typed(per_feature.get(key, json.get(key)), str(each.type)))
    return kind(**values)


def _typed(value: Any, annotation: str) -> Any:
    """A value of JSON, which has neither arrays nor whole numbers in double precision, as its annotation says."""
    if isinstance(value, list) and "Ints" in annotation:
        return np.asarray(value, dtype=np.int64)
    if isinstance(value, list):
        return floats(value) if "Floats" in annotation else [_typed(each, annotation) for each in value]
    return float(value) if isinstance(value, int) and "float" in annotation else value


def _text(value: float | None, digits: int = 4) -> str:
    return "" if value is None or np.isnan(value) else f"{value:.{digits}g}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


@dataclass(frozen=True)
class Baseline:
    """A random matrix of the same size.

    Attributes:
        name: the kind of matrix, such as ``random Gaussian``.
        efficiency: sum of capacities over the rank.
        mean_capacity: mean capacity of a feature.
        median_capacity: median capacity of a feature.
    """

    name: str
    efficiency: float | None
    mean_capacity: float | None
    median_capacity: float | None


@dataclass(frozen=True, repr=False, eq=False)
class Measurement(Result):
    """How the features of a matrix share its dimensions (``polysem measure``).

    Attributes:
        matrix: the matrix, such as ``sae-decoder (W_dec)``.
        features: number of features N.
        dims: number of dimensions D.
        rank: rank of the matrix.
        efficiency: sum of capacities over the rank; 1 if features interfere no more than they must.
        efficiency_interval: bootstrap interval of 95 %.
        effective_rank: exponential of the entropy of the singular values.
        participation_ratio: participation ratio of the spectrum.
        coherence: largest absolute cosine of two features; None if it was not computed.
        baselines: random matrices to compare with, the closed form of a Gaussian first.
        capacity: fraction of a dimension that each feature has to itself, shape (N,).
        leverage: fraction of each feature that the best linear read-out recovers, shape (N,).
        squared_norm: squared length of each vector, shape (N,).
        participation: participation ratio of each vector over the dimensions, shape (N,).
        feature: numbers of the features in the file, shape (N,); None if all were measured.
        neighbour: nearest neighbour of each feature, shape (N,); None if it was not computed.
        cosine: cosine with the nearest neighbour, shape (N,); None if it was not computed.
        label: names of the features; None if they have none.
    """

    matrix: str
    features: int
    dims: int
    rank: int
    efficiency: float
    efficiency_interval: list[float]
    effective_rank: float
    participation_ratio: float
    coherence: float | None
    baselines: tuple[Baseline, ...]
    capacity: Floats
    leverage: Floats
    squared_norm: Floats
    participation: Floats
    feature: Ints | None
    neighbour: Ints | None
    cosine: Floats | None
    label: list[str] | None

    def _columns(self) -> Mapping[str, Any]:
        names = ("capacity", "leverage", "squared_norm", "participation", "neighbour", "cosine")
        columns = {name: getattr(self, name) for name in ("feature", "label", *names)}
        return {**columns, "feature": np.arange(self.features) if self.feature is None else self.feature}

    def _heading(self) -> str:
        size = f"{_counted(self.features, 'feature')} in {_counted(self.dims, 'dimension')}, rank {self.rank}"
        chance = "".join(f", {each.name} {_text(each.efficiency)}" for each in self.baselines)
        return f"{self.matrix}: {size}; efficiency {_text(self.efficiency)}{chance}"

    def _figures(self) -> Sequence[tuple[str, ...]]:
        capacity = self.json["capacity"]
        low, high = self.efficiency_interval
        own = f"{_text(self.efficiency)} ({_text(low)} to {_text(high)})"
        return [
            ("", "efficiency", "mean capacity", "median capacity", "least", "most"),
            ("measured", own, *(_text(capacity[key]) for key in ("mean", "median", "min", "max"))),
            *(
                (each.name, _text(each.efficiency), _text(each.mean_capacity), _text(each.median_capacity), "", "")
                for each in self.baselines
            ),
        ]


@dataclass(frozen=True, repr=False, eq=False)
class Comparison(Result):
    """Two dictionaries of features (``polysem compare``). Arrays have one entry per pair.

    Attributes:
        pairing: ``one-to-one``, ``mutual`` (nearest neighbours), ``order`` or ``names``.
        a: number of the feature in the first dictionary, shape (pairs,).
        b: number of the feature in the second dictionary, shape (pairs,).
        cosine: cosine of the two, shape (pairs,).
        capacity_a: capacity of the feature among all features of its dictionary, shape (pairs,).
        capacity_b: the same in the second dictionary, shape (pairs,).
        label_a: names of the features; None if they have none.
        label_b: the same in the second dictionary.
        unmatched: numbers of the features without a pair, in ``a`` and in ``b``.
        similarity: ``meanCosine``, ``medianCosine``, ``shared`` pairs above the threshold, ``shareOfA``, ``shareOfB``.
        chance: the same for random directions, ``meanCosine``, ``shareAbove``, ..; None where it would take long.
        is_near_chance: True if pairs are about as similar as random directions, such as two seeds that were not aligned.
        mcc: mean absolute cosine of the best assignment; None unless one to one.
        mmcs: mean largest cosine of the features of ``a``, and of ``b``; None unless pairs are matched.
        gram: similarity of the Gram matrices: ``cosine``, ``chance``, ``cka``; None unless by order or names.
        span: ``overlap`` of the spans, and its ``chance``.
        capacity: summaries of the capacities in ``a``, ``b``, of the ``difference``, and ``spearman``.
    """

    pairing: str
    a: Ints
    b: Ints
    cosine: Floats
    capacity_a: Floats
    capacity_b: Floats
    label_a: list[str] | None
    label_b: list[str] | None
    unmatched: dict[str, list[int]]
    similarity: dict[str, Any] | None
    chance: dict[str, Any] | None
    is_near_chance: bool
    mcc: float | None
    mmcs: dict[str, float] | None
    gram: dict[str, Any] | None
    span: dict[str, Any] | None
    capacity: dict[str, Any] | None

    def _columns(self) -> Mapping[str, Any]:
        names = ("a", "label_a", "b", "label_b", "cosine", "capacity_a", "capacity_b")
        return {name: getattr(self, name) for name in names}

    def _heading(self) -> str:
        mean, chance = (_text((each or {}).get("meanCosine"), 3) for each in (self.similarity, self.chance))
        found = f"{_counted(self.a.size, 'pair')} ({self.pairing})"
        random = f", random directions {chance}" if chance else ""
        near = "; near chance" if self.is_near_chance else ""
        return f"{found}: mean cosine {mean}{random}{near}" if mean else found

    def _figures(self) -> Sequence[tuple[str, ...]]:
        sides = (self.json["a"], self.json["b"])
        names = ("A", "B")
        return [
            ("", "features", "efficiency", "random Gaussian", "without a pair", "largest cosine", "random directions"),
            *(
                (
                    name,
                    f"{side['features']:,}",
                    *(_text(each["efficiency"]) for each in (side, side["gaussianBaseline"])),
                    f"{side['unmatched']:,}",
                    *(_text((side["meanLargest"] or {}).get(key)) for key in ("value", "chance")),
                )
                for name, side in zip(names, sides)
            ),
        ]


@dataclass(frozen=True, repr=False, eq=False)
class Allocation(Result):
    """The optimal allocation of D dimensions to N features (``polysem allocate``).

    Attributes:
        capacity: capacity of each feature, shape (N,).
        squared_norm: squared length of each vector, shape (N,).
        phase: ``ignored``, ``partial`` or ``full`` for each feature.
        price: what one more dimension would save; the same for all partial features.
        loss: loss of the optimum.
        bound: proven lower bound of the loss.
        gap: relative distance of the loss to the bound; 0 if the optimum is certified.
        embedding: a D x N matrix that attains the optimum, if it was asked for.
    """

    capacity: Floats
    squared_norm: Floats
    phase: list[str]
    price: float
    loss: float
    bound: float
    gap: float
    embedding: Floats | None

    def _columns(self) -> Mapping[str, Any]:
        return {"capacity": self.capacity, "squared_norm": self.squared_norm, "phase": self.phase}

    def _heading(self) -> str:
        given = self.json["configuration"]["dims"]
        size = f"{_counted(self.capacity.size, 'feature')} in {_counted(given, 'dimension')}"
        return f"{size}: loss {_text(self.loss, 8)}, price {_text(self.price, 8)}"


@dataclass(frozen=True, repr=False, eq=False)
class Training(Result):
    """A toy model trained from random weights (``polysem train``); the best of its restarts.

    Attributes:
        weights: the embedding W, shape (D, N).
        parameters: all arrays of the model by name: ``W``, ``b``, .. and, if recorded, ``history.weights``, ..
        capacity: capacity of each feature, shape (N,).
        predicted_capacity: that of the optimum of the quadratic model; None for other models.
        squared_norm: squared length of each vector, shape (N,).
        loss: loss of the best restart, exact where there is a closed form, else on held-out inputs.
        loss_error: standard error of the loss; None if it is exact.
        gap: relative distance to the certified optimum; None if there is none.
        losses: loss of each restart; NaN where it diverged.
        file: the weights as a safetensors file.
    """

    weights: Floats
    parameters: dict[str, Floats]
    capacity: Floats
    predicted_capacity: Floats | None
    squared_norm: Floats
    loss: float
    loss_error: float | None
    gap: float | None
    losses: Floats
    file: bytes

    def _files(self) -> dict[str, bytes]:
        return {**super()._files(), ".safetensors": self.file}

    def _columns(self) -> Mapping[str, Any]:
        columns = {name: getattr(self, name) for name in ("capacity", "predicted_capacity", "squared_norm")}
        return {"importance": self.json["spec"]["model"]["importance"], **columns}

    def _heading(self) -> str:
        model = self.json["spec"]["model"]
        gap = "" if self.gap is None else f", gap {_text(self.gap, 2)}"
        size = f"{_counted(self.capacity.size, 'feature')} in {_counted(model['dims'], 'dimension')}"
        return f"{model['task']}, {model['activation']}, {size}: loss {_text(self.loss, 6)}{gap}"


@dataclass(frozen=True, repr=False, eq=False)
class Geometry(Result):
    """Blocks of a matrix, their shapes and neurons (``polysem geometry``).

    Attributes:
        verdict: what the blocks are: ``none`` unless both null models are rejected.
        blocks: one dictionary per block: ``features``, ``dims``, ``capacity``, ``shape``, ..
        shapes: one dictionary per named shape: ``name``, ``features``, ``error``, ..
        capacity: capacity of each feature, shape (N,).
        distance: relative distance to the nearest efficient matrix found; None for large matrices.
        efficient: the nearest efficient matrix W = Q B P with its factors, if it was asked for.
    """

    verdict: str
    blocks: list[dict[str, Any]]
    shapes: list[dict[str, Any]]
    capacity: Floats
    distance: float | None
    efficient: dict[str, Floats] | None

    def _columns(self) -> Mapping[str, Any]:
        names = ("features", "dims", "capacity", "shape", "isBlock")
        return {name: [block.get(name) for block in self.blocks] for name in names}

    def _heading(self) -> str:
        size = f"{_counted(self.json['features'], 'feature')} in {_counted(self.json['dims'], 'dimension')}"
        return f"{size}: {_counted(len(self.blocks), 'block')}, verdict {self.verdict}"

    def _shown(self) -> Sequence[str]:
        return [self.pictures[name] for name in ("gram", "shapes", "dynamics") if name in self.pictures]


@dataclass(frozen=True, repr=False, eq=False)
class Audit(Result):
    """Measured capacities beside the theory with one price (``polysem audit``).

    Attributes:
        capacity: measured capacity of each feature, shape (N,).
        predicted: capacity that the theory predicts, shape (N,).
        importance: importance of each feature, shape (N,).
        kurtosis: kurtosis of each feature, shape (N,).
        price: the fitted price: ``value``, ``low`` and ``high``.
        goodness: ``pearson``, ``spearman``, ``rSquared`` and ``meanAbsoluteError``, each with its interval.
        nulls: null predictions with their goodness and the advantage of the theory.
        limits: what the comparison cannot show: ``name`` and ``text``.
    """

    capacity: Floats
    predicted: Floats
    importance: Floats
    kurtosis: Floats
    price: dict[str, float]
    goodness: dict[str, Any]
    nulls: list[dict[str, Any]]
    limits: list[dict[str, str]]

    def _columns(self) -> Mapping[str, Any]:
        return dict(self.json["perFeature"])

    def _heading(self) -> str:
        r, explained = (self.goodness[key]["value"] for key in ("pearson", "rSquared"))
        return f"{_counted(self.capacity.size, 'feature')}: r = {_text(r, 3)}, R² = {_text(explained, 3)}"

    def _figures(self) -> Sequence[tuple[str, ...]]:
        rows = [("quadratic model", {key: value["value"] for key, value in self.goodness.items()})]
        rows += [(each["description"], each["goodness"]) for each in self.nulls]
        return [
            ("prediction", "Pearson", "R²"),
            *((name, _text(found["pearson"], 3), _text(found["rSquared"], 3)) for name, found in rows),
        ]


@dataclass(frozen=True, repr=False, eq=False)
class PhaseDiagram(Result):
    """Capacity of one feature over a grid (``polysem phase``).

    Attributes:
        x: values of the columns, shape (X,).
        y: values of the rows, shape (Y,).
        x_parameter: parameter of the columns, such as ``importance``.
        y_parameter: parameter of the rows, such as ``density``.
        capacity: capacity of the varied feature: predicted, or trained with ``model``, shape (Y, X).
        loss: loss of each cell, shape (Y, X).
        trained: trained capacities beside the predicted ones, shape (Y, X); None unless ``trained`` was given.
        phases: named phase of each cell, shape (Y, X); None without ``model``.
    """

    x: Floats
    y: Floats
    x_parameter: str
    y_parameter: str
    capacity: Floats
    loss: Floats
    trained: Floats | None
    phases: NDArray[np.str_] | None

    def _columns(self) -> Mapping[str, Any]:
        rows, columns = self.capacity.shape
        grids = {"capacity": self.capacity, "loss": self.loss, "trained": self.trained, "phase": self.phases}
        return {
            self.y_parameter: np.repeat(self.y, columns),
            self.x_parameter: np.tile(self.x, rows),
            **{name: None if grid is None else grid.ravel() for name, grid in grids.items()},
        }

    def _heading(self) -> str:
        rows, columns = self.capacity.shape
        return f"capacity over {columns} values of {self.x_parameter} and {rows} of {self.y_parameter}"
