"""polysem: the laboratory for polysemanticity and superposition in neural networks.

    import polysem
    r = polysem.measure("sae.safetensors")
    r

shows the capacities of a sparse autoencoder's decoder beside chance. Arrays in, arrays out: the command line computes.
"""

from ._api import allocate, audit, geometry, matrices, measure, measure_many, phase, train, train_many
from ._command import Runtime, runtime
from ._errors import PolysemError, UsageError
from ._results import Allocation, Audit, Baseline, Geometry, Measurement, PhaseDiagram, Result, Training

__version__ = "0.1.0"

__all__ = [
    "Allocation",
    "Audit",
    "Baseline",
    "Geometry",
    "Measurement",
    "PhaseDiagram",
    "PolysemError",
    "Result",
    "Runtime",
    "Training",
    "UsageError",
    "allocate",
    "audit",
    "geometry",
    "matrices",
    "measure",
    "measure_many",
    "phase",
    "runtime",
    "train",
    "train_many",
]
