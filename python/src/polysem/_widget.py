"""The lab in a notebook: an anywidget that shows the lab's panels on arrays and results of the reader."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ._arrays import Inputs
from ._command import lab_page
from ._errors import UsageError
from ._results import Measurement, PhaseDiagram, Result, Training

_MOST_BYTES = 2**28
_CHOICES = ("no_fold", "skip_bad", "centre", "normalise", "neighbours")


class Lab(anywidget.AnyWidget):
    """Shows the lab on weights, or on the result of ``measure``, ``train`` or ``phase``.

    Args:
        w: as for ``measure``, up to 256 MiB, or a result.
        matrix: name of the matrix in the list that the lab shows, such as ``"sae-encoder"``.
        features: ``"rows"`` or ``"columns"``: the axis of an array that counts features.
        height: height in pixels.
        **choices: ``no_fold``, ``skip_bad``, ``centre``, ``normalise`` and ``neighbours``, as for ``measure``.

    Attributes:
        selection: numbers of the features that the reader selected; a trait that ``observe`` follows.

    Raises:
        UsageError: if there is nothing that the lab can show.
    """

    _esm = Path(__file__).with_name("widget.js")
    _page = traitlets.Unicode().tag(sync=True)
    _bytes = traitlets.Bytes().tag(sync=True)
    _name = traitlets.Unicode().tag(sync=True)
    _matrix = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    _how = traitlets.List(traitlets.Unicode()).tag(sync=True)
    height = traitlets.Int(720).tag(sync=True)
    selection = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(
        self, w: Any, *, matrix: str | None = None, features: str | None = None, height: int = 720, **choices: bool
    ) -> None:
        unknown = [name for name in choices if name not in _CHOICES]
        if unknown:
            raise TypeError(f"Lab() got an unexpected keyword argument {unknown[0]!r}")
        name, content = _file_of(w)
        super().__init__(
            _page=Path(lab_page()).read_text("utf-8"),
            _bytes=content,
            _name=name,
            _matrix=f"{features} of {Path(name).stem}" if matrix is None and features else matrix,
            _how=[each.replace("_", "-") for each, wanted in choices.items() if wanted],
            height=height,
        )


def _file_of(w: Any) -> tuple[str, bytes]:
    """A file that the lab opens, and its name."""
    if isinstance(w, Training):
        return "training.safetensors", w.file
    if isinstance(w, (Measurement, PhaseDiagram)):
        return "result.json", w._files()[".json"]
    if isinstance(w, Result):
        raise UsageError("Lab: shows weights and the results of measure, train and phase; give one of these")
    with tempfile.TemporaryDirectory(prefix="polysem-") as folder:
        path = Path(Inputs(folder).path(w, "W"))
        if not path.is_file():
            raise UsageError(f"Lab: {os.fspath(path)}: no such file; give an array or the path of a file")
        size = path.stat().st_size
        if size > _MOST_BYTES:
            raise UsageError(
                f"Lab: {path.name} has {size >> 20} MiB, and a notebook shows at most {_MOST_BYTES >> 20}; "
                "polysem.measure takes any size, and so does polysem lab in a terminal"
            )
        return path.name, path.read_bytes()
