"""Arrays as files: what the command line reads and writes."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._errors import UsageError

Floats = NDArray[np.float64]
"""Numbers in double precision."""
Ints = NDArray[np.int64]
"""Numbers of features."""


class Inputs:
    """Temporary files of the arrays that a command takes, with the names that messages give them."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._names: list[tuple[str, str]] = [(f"{folder}{os.sep}", "")]

    def rename(self, text: str) -> str:
        """Replaces the paths of temporary files in a message by the names of the arguments."""
        for path, name in self._names:
            text = text.replace(path, name)
        return text

    def path(self, value: Any, name: str) -> str:
        """Path of a file: the given one, or a new one with the array, or the arrays by name, in it."""
        if isinstance(value, (str, os.PathLike)):
            return os.fspath(value)
        several = isinstance(value, Mapping)
        path = str(Path(self.folder, f"{name}.{'npz' if several else 'npy'}"))
        self._names.insert(0, (path, name))
        if several:
            np.savez(path, allow_pickle=False, **{str(key): as_array(each, str(key)) for key, each in value.items()})
        else:
            np.save(path, as_array(value, name), allow_pickle=False)
        return path

    def table(self, value: Any, name: str) -> str:
        """Path of a table: the given one, or a new CSV with the columns of a data frame or a dictionary."""
        if isinstance(value, (str, os.PathLike)):
            return os.fspath(value)
        names = list(value) if isinstance(value, Mapping) else list(value.columns)
        columns = [np.asarray(value[each]).tolist() for each in names]
        path = str(Path(self.folder, f"{name}.csv"))
        self._names.insert(0, (path, name))
        with open(path, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([names, *zip(*columns)])
        return path


def as_array(value: Any, name: str) -> NDArray[Any]:
    """A numpy array with the numbers of an array, a tensor (torch, jax, ..) or nested lists.

    Formats that numpy lacks (bfloat16) become float32, which holds them exactly. Masked values become NaN.
    """
    if hasattr(value, "detach"):  # a tensor of torch, which may lie on an accelerator
        value = value.detach().cpu()
        if str(value.dtype) == "torch.bfloat16":
            value = value.float()
    if isinstance(value, np.ma.MaskedArray):
        value = np.ma.filled(np.ma.asarray(value, np.float64), np.nan)
    if hasattr(value, "__dlpack__") and not hasattr(value, "__array__"):
        value = np.from_dlpack(value)
    array = np.asarray(value)
    if array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    if array.dtype.kind not in "biufc":
        raise UsageError(f"{name}: holds {array.dtype.name}, not numbers; give an array, a tensor or the path of a file")
    return array


_TYPES = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "I64": np.int64, "I32": np.int32, "U8": np.uint8}


def read_safetensors(content: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of a safetensors file that polysem wrote."""
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    arrays = {}
    for name, entry in header.items():
        if name != "__metadata__":
            first, last = entry["data_offsets"]
            numbers = np.frombuffer(content[start + first : start + last], _TYPES[entry["dtype"]])
            arrays[name] = numbers.reshape(entry["shape"]).copy()
    return arrays


def floats(values: Any) -> Floats:
    """Numbers of a list in JSON; null, and texts in place of numbers that a double cannot hold, become NaN."""
    try:
        return np.asarray(values, dtype=np.float64)
    except ValueError:
        return np.asarray([value if isinstance(value, (int, float)) else np.nan for value in values])
