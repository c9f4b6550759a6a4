"""Water-filling of the quadratic model's convex problem (equation 15) in numpy."""

import numpy as np

try:
    import scipy
    from scipy.optimize import brentq

    SCIPY_VERSION = scipy.__version__
except ImportError:
    SCIPY_VERSION = None

TOLERANCE = 1e-15


def bisection(v, k, dims):
    """Halves the interval of lambda until its relative width is 1e-15."""
    price_over, offset, low, high = lines(v, k)
    while high - low > TOLERANCE * high:
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        if np.clip(price_over / middle - offset, 0, 1).sum() > dims:
            low = middle
        else:
            high = middle
    return allocation(v, k, price_over, offset, 0.5 * (low + high))


def brent(v, k, dims):
    """Uses scipy's root finder, which needs fewer passes over the features."""
    price_over, offset, low, high = lines(v, k)

    def missing(x):
        return np.clip(price_over / x - offset, 0, 1).sum() - dims

    return allocation(v, k, price_over, offset, brentq(missing, low, high, xtol=1e-300, rtol=TOLERANCE))


def lines(v, k):
    """C = clip(a / lambda - b, 0, 1), and the lambdas at which all features are full and all are ignored."""
    return (k - 1) * v / (k - 3), 2 / (k - 3), v.min(), ((k - 1) * v / 2).max()


def allocation(v, k, price_over, offset, x):
    """The results of `allocateQuadratic` for a given lambda."""
    capacity = np.clip(price_over / x - offset, 0, 1)
    below = 2 + (k - 3) * capacity
    return {
        "capacity": capacity,
        "squared_norm": (k - 1) * v * capacity / below,
        "phase": (capacity > 0).astype(np.int8) + (capacity >= 1),
        "loss": (2 * v * v * (k - 1) * (1 - capacity) / below).sum(),
        "price": 2 * x * x,
        "total": capacity.sum(),
    }


FUNCTIONS = {"bisection": bisection}
if SCIPY_VERSION is not None:
    FUNCTIONS["brent"] = brent
