"""polysem: the laboratory for polysemanticity and superposition in neural networks.

    import polysem
    r = polysem.measure("sae.safetensors")
    r

shows the capacities of a sparse autoencoder's decoder beside chance. Arrays in, arrays out: the command line computes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._api import allocate, audit, compare, geometry, matrices, measure, measure_many, phase, train, train_many
from ._command import Runtime, runtime
from ._errors import PolysemError, UsageError
from ._results import Allocation, Audit, Baseline, Comparison, Geometry, Measurement, PhaseDiagram, Result, Training

if TYPE_CHECKING:
    from ._widget import Lab

__version__ = "0.1.0"

__all__ = [
    "Allocation",
    "Audit",
    "Baseline",
    "Comparison",
    "Geometry",
    "Lab",
    "Measurement",
    "PhaseDiagram",
    "PolysemError",
    "Result",
    "Runtime",
    "Training",
    "UsageError",
    "allocate",
    "audit",
    "compare",
    "geometry",
    "matrices",
    "measure",
    "measure_many",
    "phase",
    "runtime",
    "train",
    "train_many",
]


def __getattr__(name: str) -> Any:
    """The widget, which needs the package anywidget, is loaded when it is used."""
    if name != "Lab":
        raise AttributeError(f"module 'polysem' has no attribute {name!r}")
    try:
        from ._widget import Lab
    except ImportError as error:
        raise PolysemError("Lab: needs the package anywidget; pip install 'polysem[widget]'") from error
    return Lab
