"""Inputs from a hash of a counter, which XLA computes where the input is needed; one uniform gives mask and value."""

import jax.numpy as jnp
import numpy as np
from jax import lax

U32 = jnp.uint32


def lowbias(x):
    """The hash lowbias32 of C. Wellons."""
    x = (x ^ (x >> 16)) * U32(0x7FEB352D)
    x = (x ^ (x >> 15)) * U32(0x846CA68B)
    return x ^ (x >> 16)


def hashed_inputs(name, shape, density):
    """Inputs of a shape: 0, or uniform on [0, 1) with probability `density`. `name` is a number that no other batch has."""
    counter = lax.iota(U32, int(np.prod(shape))).reshape(shape)
    bits = lowbias(counter * U32(0x9E3779B9) + name)
    uniform = lax.bitcast_convert_type((bits >> 9) | U32(0x3F800000), jnp.float32) - 1
    return jnp.where(uniform < density, uniform / density, 0)
