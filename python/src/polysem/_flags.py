"""Keywords of the functions: the flags of the command line."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar, cast, get_type_hints

import numpy as np

if TYPE_CHECKING:
    from ._arrays import Inputs

Path = str | os.PathLike[str]
Array = Any
"""A numpy array, a tensor of torch or jax, anything else with ``__array__`` or ``__dlpack__``, or nested lists."""
Numbers = Array
"""One number, an array with one per feature, a formula such as ``"0.9^i"``, or the path of a .npy file."""
Axis = float | str | tuple[float, float, int]
"""Logarithmic axis: ``(from, to, count)`` or ``"from:to:count"``; one number if the parameter is on no axis."""


class Matrix(TypedDict, total=False):
    """Which vectors of a file or array are features, as ``polysem measure --help`` explains."""

    tensor: str
    features: Literal["rows", "columns"]
    preset: str
    layer: int | str | Sequence[int]
    head: int
    expert: int | str
    part: int | str
    index: int
    no_fold: bool
    skip_bad: bool
    header: int | Literal["none"]
    index_column: int | Literal["none"]
    threads: int
    progress: bool


class Measure(Matrix, total=False):
    """Keywords of ``measure``."""

    labels: Path
    labels_header: int | Literal["none"]
    centre: bool
    normalise: bool
    precision: Literal["auto", "float32", "float64"]
    baseline: str | Sequence[str]
    seed: int
    blas: str
    neighbours: bool
    no_coherence: bool
    report: Path
    per_feature: Path
    gram: Path
    arrows: Path


class Compare(Matrix, total=False):
    """Keywords of ``compare``."""

    by: Literal["match", "order", "names"]
    matching: Literal["auto", "one-to-one", "mutual"]
    signs: Literal["fixed", "free"]
    align: bool
    threshold: float
    labels: Path
    labels_b: Path
    labels_header: int | Literal["none"]
    centre: bool
    normalise: bool
    seed: int
    blas: str
    report: Path
    per_pair: Path


class FindGeometry(Matrix, total=False):
    """Keywords of ``geometry``."""

    significance: float
    noise: float
    signs: Literal["fixed", "free"]
    threshold: float
    blas: str
    efficient: bool


class CheckTheory(Matrix, total=False):
    """Keywords of ``audit``."""

    stats: Any
    activations: Array
    importance: str
    kurtosis: str
    density: str
    shape: str
    degrees_of_freedom: float
    scale: str
    label: str
    seed: int
    resamples: int
    per_feature: Path


class Allocate(TypedDict, total=False):
    """Keywords of ``allocate``."""

    importance: Numbers
    dims: int
    features: int
    kurtosis: Numbers
    density: float
    shape: str
    degrees_of_freedom: float
    embedding: bool
    curves: Path
    progress: bool


class Model(TypedDict, total=False):
    """Keywords of ``train`` and ``phase``: the architecture and its inputs."""

    model: Literal["computation", "compression", "vector-computation"]
    activation: str
    output_weights: Literal["fixed", "free"]
    untied: bool
    no_bias: bool
    hidden_activation: str
    target: str
    importance_as: Literal["loss-weight", "target-coefficient"]
    features: int
    dims: int
    shape: str
    degrees_of_freedom: float
    correlation: str | Array
    header: int | Literal["none"]
    index_column: int | Literal["none"]
    loss: Literal["exact", "sampled"]
    steps: int
    batch: int
    seeds: int
    seed: int
    threads: int
    kernel: str
    progress: bool


class Train(Model, total=False):
    """Keywords of ``train``."""

    importance: Numbers
    density: Numbers
    inputs: Array
    held_out: float
    sampling: Literal["plain", "strata"]
    optimizer: Literal["lbfgs", "sgd", "adam", "adamw"]
    lr: float
    momentum: float
    weight_decay: float
    clip: float
    schedule: Literal["constant", "cosine"]
    warm_up: int
    early_stop: str
    init: str
    history: int


class Phase(Model, total=False):
    """Keywords of ``phase``."""

    density: Axis
    importance: Axis
    trained: bool
    x: str
    y: str
    geometry: bool
    refine: int


F = TypeVar("F", bound=Callable[..., Any])


def takes(keywords: type[Any]) -> Callable[[F], F]:
    """Shows keywords in the signature of a function, where editors and notebooks look, and refuses others."""
    hints = get_type_hints(keywords)

    def decorate(function: F) -> F:
        signature = inspect.signature(function)
        own = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
        flags = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=hint)
            for name, hint in hints.items()
        ]
        known = {each.name for each in (*own, *flags)}

        @functools.wraps(function)
        def called(*args: Any, **given: Any) -> Any:
            unknown = [name for name in given if name not in known]
            if unknown:
                raise TypeError(f"{function.__name__}() got an unexpected keyword argument {unknown[0]!r}")
            return function(*args, **given)

        called.__signature__ = signature.replace(parameters=[*own, *flags])  # type: ignore[attr-defined]
        return cast(F, called)

    return decorate


_LISTS = ("importance", "kurtosis", "density")
"""Flags that read one number per feature from a file."""


def words(flags: Mapping[str, Any], inputs: Inputs) -> list[str]:
    """Arguments of the command line: ``no_fold=True`` is ``--no-fold``; arrays are written to files."""
    found = []
    for name, value in flags.items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            found.append(flag)
        elif value is not None and value is not False:
            found.append(f"{flag}={_text(name, value, inputs)}")
    return found


def _text(name: str, value: Any, inputs: Inputs) -> str:
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value)
    if name == "stats":
        return inputs.table(value, name)
    if name in ("inputs", "activations"):
        return inputs.path(value, name)
    if name == "correlation":
        return f"copula:{inputs.path(value, name)}"
    if isinstance(value, (bool, int, float, np.number)):
        return repr(value.item() if isinstance(value, np.number) else value)
    if name in _LISTS:
        return inputs.path(value, name)
    return ",".join(str(each) for each in value)


def axis(value: Any) -> Any:
    """``from:to:count`` of a tuple."""
    return ":".join(map(str, value)) if isinstance(value, (tuple, list)) else value
