"""The functions of polysem. Each runs one command of the command line on arrays or files."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _flags as flags
from ._arrays import Inputs, floats, read_safetensors
from ._errors import UsageError
from ._process import run
from ._results import Allocation, Audit, Baseline, Comparison, Geometry, Measurement, PhaseDiagram, Training, result

if TYPE_CHECKING:
    from typing_extensions import Unpack


class _Command:
    """One run of the command line, with a folder for the files that it reads and writes."""

    def __init__(self, name: str, keywords: Any) -> None:
        self.name = name
        self.keywords = dict(keywords)
        self.progress = self.keywords.pop("progress", None) is not False
        self._folder = tempfile.TemporaryDirectory(prefix="polysem-")
        self.inputs = Inputs(self._folder.name)

    def __enter__(self) -> _Command:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def file(self, name: str) -> Path:
        """A file that the command writes."""
        return Path(self._folder.name, name)

    def text(self, name: str) -> str:
        """Text of a file that the command wrote, with the names of arguments in place of temporary files."""
        return self.inputs.rename(self.file(name).read_text("utf-8"))

    def run(self, *values: Any, **files: str) -> tuple[Any, tuple[str, ...]]:
        """Runs the command, on its files or arrays; ``files`` are flags with names of files to write."""
        words = [self.name, *flags.words(self.keywords, self.inputs)]
        words += [f"--{flag.replace('_', '-')}={self.file(name)}" for flag, name in files.items()]
        for value, name in zip(values, "W" if len(values) == 1 else "AB"):
            path = self.inputs.path(value, name)
            words.append(f"./{path}" if path.startswith("-") else path)
        return run(words, self.inputs.rename, self.progress)

    def drawn(self, *values: Any, picture: str, **files: str) -> tuple[Any, tuple[str, ...], dict[str, str]]:
        """Like ``run``, with a picture, unless the command refuses to draw it because there is too much to see."""
        try:
            found = self.run(*values, **files, **{picture: "picture.svg"})
        except UsageError as error:
            if not str(error).startswith(f"--{picture}: "):
                raise
            found = self.run(*values, **files)
        is_drawn = self.file("picture.svg").exists()
        return (*found, {picture: self.text("picture.svg")} if is_drawn else {})


@flags.takes(flags.Measure)
def measure(w: flags.Array, **keywords: Unpack[flags.Measure]) -> Measurement:
    """Measures how the features of a matrix share its dimensions, beside random matrices.

    Args:
        w: an array (numpy, torch, jax, ..), arrays by name such as ``sae.state_dict()``, or the path or address of weights
            in any format (``"sae.safetensors"``, ``"hf://owner/model"``), which are read in parts and may be of any size.
        **keywords: flags of ``polysem measure``. ``features="rows"`` or ``"columns"`` says which axis of an array counts
            features; ``preset``, ``layer`` and ``tensor`` choose a matrix of a checkpoint; ``baseline`` names random
            matrices to compare with; ``report="page.html"`` writes a page; ``progress=False`` hides the bar.

    Returns:
        Capacities and the figures made of them.

    Raises:
        UsageError: if the input or a keyword cannot be used; the message says what to give instead.

    Example:
        >>> import numpy as np, polysem
        >>> r = polysem.measure(np.eye(3), features="rows", progress=False)
        >>> r.efficiency, r.capacity.tolist()
        (1.0, [1.0, 1.0, 1.0])
    """
    with _Command("measure", keywords) as command:
        _, notes, pictures = command.drawn(w, picture="figure", out="result.json")
        found = json.loads(command.text("result.json"))
        if "matrices" in found:
            count = len(found["matrices"])
            raise UsageError(f"measure: {count} matrices are chosen; choose one, or call measure_many")
        return _measurement(found, notes, pictures)


@flags.takes(flags.Measure)
def measure_many(w: flags.Array, **keywords: Unpack[flags.Measure]) -> list[Measurement]:
    """Measures several matrices, such as all layers: ``preset="mlp-out", layer="all"``, or ``tensor="*.weight"``.

    Args:
        w: as for ``measure``.
        **keywords: as for ``measure``.

    Returns:
        One measurement per matrix, without pictures; ``report="page.html"`` draws all side by side.

    Raises:
        UsageError: as ``measure``.
    """
    with _Command("measure", keywords) as command:
        _, notes = command.run(w, out="result.json")
        found = json.loads(command.text("result.json"))
        shared, taken = found["configuration"], found["configuration"].get("matrices", [{}])
        return [
            _measurement({**one, "version": found["version"], "configuration": {**shared, **own}}, notes, {})
            for one, own in zip(found.get("matrices", [found]), taken)
        ]


def _measurement(found: dict[str, Any], notes: tuple[str, ...], pictures: dict[str, str]) -> Measurement:
    baselines = tuple(
        Baseline(each["name"], *(each["figures"][key] for key in ("efficiency", "meanCapacity", "medianCapacity")))
        for each in found["references"]
    )
    return result(Measurement, found, notes, pictures, baselines=baselines)


@flags.takes(flags.Compare)
def compare(a: flags.Array, b: flags.Array, **keywords: Unpack[flags.Compare]) -> Comparison:
    """Compares two dictionaries of features: their directions beside random ones, and the capacity of each feature.

    Args:
        a: the first dictionary, as for ``measure``; of a file also ``"sae.safetensors:W_dec"``.
        b: the second dictionary, of the same width; may have more or fewer features.
        **keywords: flags of ``polysem compare``. ``by="order"`` or ``"names"`` pairs features that correspond, instead of
            similar ones; ``align=True`` turns ``b`` onto ``a`` first; ``signs="free"`` ignores signs; keywords that choose
            a matrix take one value for both or a pair, such as ``layer=(3, 4)``.

    Returns:
        Pairs with their cosines and capacities, and the similarity of both beside chance.

    Raises:
        UsageError: if the input or a keyword cannot be used.

    Example:
        >>> import numpy as np, polysem
        >>> polysem.compare(np.eye(3), np.eye(3)[[2, 0, 1]], features="rows", progress=False).b.tolist()
        [1, 2, 0]
    """
    with _Command("compare", keywords) as command:
        _, notes, pictures = command.drawn(a, b, picture="figure", out="result.json")
        found = json.loads(command.text("result.json"))
        taken = [note for side in ("a", "b") for note in found["configuration"][side].get("notes", ())]
        return result(Comparison, found, (*taken, *notes), pictures)


def matrices(w: flags.Array) -> dict[str, Any]:
    """Lists the matrices of features that polysem knows in a file, with the keywords that choose them, and all tensors.

    Args:
        w: as for ``measure``.

    Returns:
        The JSON of ``polysem measure --list``.

    Raises:
        UsageError: if the file cannot be read.
    """
    with _Command("measure", {"list": True, "progress": False}) as command:
        found, _ = command.run(w)
        return dict(found)


@flags.takes(flags.Allocate)
def allocate(**keywords: Unpack[flags.Allocate]) -> Allocation:
    """Predicts the optimal allocation of D dimensions to N features in the quadratic model, with a certificate.

    Args:
        **keywords: flags of ``polysem allocate``: ``importance``, ``dims``, and ``density`` or ``kurtosis``. With
            ``embedding=True`` the result has a matrix that attains the optimum; ``curves="c.svg"`` draws marginal benefits.

    Returns:
        Capacities, phases, price and loss.

    Raises:
        UsageError: if a keyword cannot be used.

    Example:
        >>> import polysem
        >>> polysem.allocate(importance=[4, 2, 1, 0.5], density=0.1, dims=2, progress=False).phase
        ['full', 'partial', 'partial', 'partial']
    """
    embedding = keywords.pop("embedding", None)
    with _Command("allocate", keywords) as command:
        files = {"embedding": "W.npy"} if embedding else {}
        found, notes, pictures = command.drawn(picture="bars", **files)
        matrix = np.load(command.file("W.npy")) if embedding else None
        return result(Allocation, found, notes, pictures, embedding=matrix)


@flags.takes(flags.Train)
def train(**keywords: Unpack[flags.Train]) -> Training:
    """Trains a toy model from random weights, several times, and compares it with the certified optimum.

    Args:
        **keywords: flags of ``polysem train``: ``model``, ``activation``, ``features``, ``dims``, ``importance``,
            ``density``, or ``inputs`` (an array of samples x features), ``steps``, ``seeds``, ``history``, ..

    Returns:
        The best restart: weights, capacities, loss.

    Raises:
        UsageError: if a keyword cannot be used.
        PolysemError: if every restart diverges.
    """
    with _Command("train", keywords) as command:
        found, notes, pictures = command.drawn(picture="bars", out="model.safetensors")
        file = command.file("model.safetensors").read_bytes()
        return _training(found, notes, file, read_safetensors(file), pictures)


@flags.takes(flags.Train)
def train_many(instances: int, **keywords: Unpack[flags.Train]) -> list[Training]:
    """Trains several models, each with its own random numbers; ``density="1..0.05"`` spreads the density over them.

    Args:
        instances: number of models, at least 2.
        **keywords: as for ``train``.

    Returns:
        One training per model, without pictures. Models whose restarts all diverged are left out.
            ``file`` has all of them.

    Raises:
        UsageError: if a keyword cannot be used.
        PolysemError: if every model diverges.
    """
    with _Command("train", {**keywords, "instances": instances}) as command:
        found, notes = command.run(out="model.safetensors")
        file = command.file("model.safetensors").read_bytes()
        stacks = read_safetensors(file).items()
        shared = {"kernel": found["kernel"], "version": found["version"]}
        return [
            _training({**one, **shared}, notes, file, {name: stack[k] for name, stack in stacks}, {})
            for k, one in enumerate(found["instances"])
            if one["best"] is not None
        ]


def _training(found: Any, notes: tuple[str, ...], file: bytes, arrays: Any, pictures: dict[str, str]) -> Training:
    return result(Training, found, notes, pictures, weights=arrays["W"], parameters=arrays, file=file)


@flags.takes(flags.FindGeometry)
def geometry(w: flags.Array, **keywords: Unpack[flags.FindGeometry]) -> Geometry:
    """Finds blocks of features that share a subspace, the shapes that they form, and the features that neurons mix.

    Args:
        w: as for ``measure``; the history in a file of ``train`` is drawn too.
        **keywords: flags of ``polysem geometry``. With ``efficient=True`` the result has the nearest efficient matrix.

    Returns:
        Blocks and shapes, with figures.

    Raises:
        UsageError: if the input or a keyword cannot be used.
    """
    efficient = keywords.pop("efficient", None)
    with _Command("geometry", keywords) as command:
        files = {"efficient": "efficient.safetensors"} if efficient else {}
        found, notes = command.run(w, figures="figures", **files)
        drawn = sorted(command.file("figures").glob("*.svg"), key=lambda path: (path.stem != "gram", path.stem))
        pictures = {path.stem: command.text(f"figures/{path.name}") for path in drawn}
        nearest = read_safetensors(command.file("efficient.safetensors").read_bytes()) if efficient else None
        return result(Geometry, found, notes, pictures, efficient=nearest)


@flags.takes(flags.CheckTheory)
def audit(w: flags.Array, **keywords: Unpack[flags.CheckTheory]) -> Audit:
    """Compares measured capacities with those that the theory predicts, with one price for all features.

    Args:
        w: as for ``measure``.
        **keywords: flags of ``polysem audit``: ``stats`` (a data frame, arrays by name or the path of a table) with the
            columns ``importance``, ``kurtosis`` or ``density``, or ``activations`` (an array of samples x features).

    Returns:
        Predictions, goodness of fit, null predictions and limits.

    Raises:
        UsageError: if the input or a keyword cannot be used.
    """
    with _Command("audit", keywords) as command:
        _, notes, pictures = command.drawn(w, picture="figure", out="result.json")
        found = json.loads(command.text("result.json"))
        return result(Audit, found, notes, pictures)


@flags.takes(flags.Phase)
def phase(**keywords: Unpack[flags.Phase]) -> PhaseDiagram:
    """Draws capacity over importance and density, predicted, or trained with ``trained`` or ``model``.

    Args:
        **keywords: flags of ``polysem phase``. ``density`` and ``importance`` are axes, such as ``(1, 0.001, 64)``; with
            ``model``, ``x`` and ``y`` name other parameters, such as ``"kurtosis=1:20:16"``.

    Returns:
        The grid and its picture.

    Raises:
        UsageError: if a keyword cannot be used.
    """
    axes = {name: flags.axis(value) for name, value in keywords.items() if name in ("density", "importance")}
    with _Command("phase", {**keywords, **axes}) as command:
        found, notes, pictures = command.drawn(picture="out")
        spec = found["spec"]
        ends = [spec[key] if "architecture" in spec else _axis_of(found, key) for key in ("x", "y")]
        x, y = (floats(end["values"]) for end in ends)
        shape = (y.size, x.size)
        grids = {name: floats(found[name]).reshape(shape) for name in ("capacity", "loss")}
        trained, phases = found.get("trained"), found.get("phases")
        return result(
            PhaseDiagram,
            found,
            notes,
            pictures,
            x=x,
            y=y,
            x_parameter=ends[0]["parameter"],
            y_parameter=ends[1]["parameter"],
            trained=None if trained is None else floats(trained["capacity"]).reshape(shape),
            phases=None if phases is None else np.asarray(phases).reshape(shape),
            **grids,
        )


def _axis_of(found: dict[str, Any], key: str) -> dict[str, Any]:
    """An axis of a diagram without ``model``: importance in columns, density in rows."""
    name = {"x": "importance", "y": "density"}[key]
    return {"parameter": name, "values": found[name]}
