"""One large model in JAX: x W, h W^T, errors W and two products for the gradient of W, all dense, in one compiled loop.

Inputs come from a hash of a counter, which XLA fuses; one uniform number gives mask and value. The gradient is written by
hand. Variants differ in the layout of the inputs: rows first, or features first. The fastest represents JAX.
"""

from functools import partial

from jax_setup import about, configure
from training import serve_training

configure()

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jax_hash import hashed_inputs, lowbias

BETA1, BETA2, EPSILON, DECAY = 0.9, 0.999, 1e-8, 0.01


def sample(step, density, shape):
    """Inputs of a step; the shape is rows x features or the transpose."""
    return hashed_inputs(lowbias(step.astype(jnp.uint32) + 1), shape, density)


def rows_first(w, b, x, pull):
    hidden = x @ w
    out = hidden @ w.T + b
    error = jnp.where(out > 0, pull * (out - x), 0.0)
    return x.T @ (error @ w) + error.T @ hidden, error.sum(0)


def features_first(w, b, x, pull):
    hidden = w.T @ x
    out = w @ hidden + b[:, None]
    error = jnp.where(out > 0, pull * (out - x), 0.0)
    return x @ (w.T @ error).T + error @ hidden.T, error.sum(1)


class Trainer:
    def __init__(self, work, is_rows_first):
        self.work = work
        self.is_rows_first = is_rows_first
        self.density = jnp.asarray(np.array(work["densities"], "f"))
        self.advance = jax.jit(self.steps_of, donate_argnums=1)
        self.start(0)

    def start(self, seed):
        features, dims = self.work["features"], self.work["dims"]
        deviation = np.sqrt(2 / (features + dims))
        w = deviation * jax.random.normal(jax.random.key(seed), (features, dims))
        # Distinct arrays, because the compiled loop takes over their memory.
        zeros = [jnp.zeros_like(w), jnp.zeros_like(w)]
        biases = [jnp.zeros(features) for _ in range(3)]
        self.state = ((w, biases[0]), (zeros[0], biases[1]), (zeros[1], biases[2]), jnp.int32(0))

    def gradient(self, w, b, step):
        features, batch = self.work["features"], self.work["batch"]
        pull = 2.0 / batch
        if self.is_rows_first:
            return rows_first(w, b, sample(step, self.density, (batch, features)), pull)
        x = sample(step, self.density[:, None], (features, batch))
        return features_first(w, b, x, pull)

    def steps_of(self, count, state):
        rate = self.work["learningRate"]

        def step(_, state):
            parameters, first, second, taken = state
            gradient = self.gradient(*parameters, taken)
            taken = taken + 1
            correction1 = 1 - BETA1 ** taken.astype(jnp.float32)
            correction2 = 1 - BETA2 ** taken.astype(jnp.float32)

            def moved(p, m, v, g):
                m = BETA1 * m + (1 - BETA1) * g
                v = BETA2 * v + (1 - BETA2) * g * g
                update = (m / correction1) / (jnp.sqrt(v / correction2) + EPSILON)
                return p * (1 - rate * DECAY) - rate * update, m, v

            parts = [moved(*part) for part in zip(parameters, first, second, gradient)]
            return *zip(*parts), taken

        return lax.fori_loop(0, count, step, state)

    def steps(self, count):
        self.state = jax.block_until_ready(self.advance(count, self.state))

    def train(self, steps, seed):
        """The loss on a batch that training does not see."""
        self.start(seed)
        self.steps(steps)
        (w, b), *_ = self.state
        batch = self.work["batch"]
        x = sample(jnp.int32(2**30), self.density, (batch, self.work["features"]))
        out = jax.nn.relu((x @ w) @ w.T + b)
        return [float(((x - out) ** 2).sum(1).mean())]


def variants_of(work, _mode):
    return {
        "rows first": partial(Trainer, work, True),
        "features first": partial(Trainer, work, False),
    }


serve_training(about, variants_of)
