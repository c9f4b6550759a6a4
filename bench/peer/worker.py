"""Python side of the benchmarks: reads JSON requests, one per line, and answers each with one line of JSON.

The process stays alive between requests, so that neither starting Python nor reading data is timed.
"""

import os
import sys
import time

import numpy as np

import allocate
import coherence
import measure
import stream
from lines import serve

FUNCTIONS = {**allocate.FUNCTIONS, **measure.FUNCTIONS, **coherence.FUNCTIONS, **stream.FUNCTIONS}
arrays = {}


def about():
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "python": sys.version.split()[0],
        "numpy": np.__version__,
        "scipy": allocate.SCIPY_VERSION,
        "blas": f"{blas['name']} {blas['version']}",
        "threads": int(os.environ.get("OPENBLAS_NUM_THREADS", "0")),
    }


def load(name, path):
    arrays[name] = np.load(path)
    return {}


def forget(name):
    arrays.pop(name, None)
    return {}


def run(function, args, options, repeats=1, save=None):
    """Calls a function `repeats` times; returns the seconds of each call and its numbers, and saves its arrays."""
    inputs = [arrays[name] for name in args]
    start = time.perf_counter()
    for _ in range(repeats):
        result = FUNCTIONS[function](*inputs, **options)
    seconds = time.perf_counter() - start
    numbers = {}
    for name, value in result.items():
        if not isinstance(value, np.ndarray):
            numbers[name] = value if isinstance(value, list) else float(value)
        elif save is not None and name in save:
            np.save(save[name], value)
    return {"seconds": seconds, **numbers}


serve({"about": about, "load": load, "forget": forget, "run": run})
