"""Training in JAX as well as it can be written for CPUs.

In contrast to `jax_training.py`, which is what a good user writes first:
- one uniform per input decides whether it is active and, divided by the density, is its value;
- the uniform is a hash (lowbias32) of a counter, which XLA computes where the input is needed;
- the gradient is written out, so that nothing is computed twice or stored for a backward pass;
- small models are computed elementwise over instances and batch, with features and dimensions unrolled;
- two threads can be two host devices under `pmap`, each with half of the instances.
Variants differ in layout, in how they go through instances, and in devices. `training.py` times them all.
"""

from functools import partial

from jax_setup import THREADS, about, configure
from training import serve_training

configure(devices=THREADS)

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jax_hash import hashed_inputs

BETA1, BETA2, EPSILON, DECAY = 0.9, 0.999, 1e-8, 0.01
# Models with more products than this are not unrolled: compiling would take minutes.
MOST_UNROLLED = 128


def sample(key, shape, density):
    name = lax.bitcast_convert_type(jax.random.key_data(key), jnp.uint32).reshape(-1)
    return hashed_inputs(name[0], shape, density)


def rows(w, b, key, density, importance, batch):
    """Gradient of one instance, inputs as rows."""
    x = sample(key, (batch, importance.size), density)
    hidden = x @ w
    out = hidden @ w.T + b
    pull = jnp.where(out > 0, 2 / x.size * importance * (out - x), 0)
    return x.T @ (pull @ w) + pull.T @ hidden, pull.sum(0)


def columns(w, b, key, density, importance, batch):
    """Gradient of one instance, inputs as columns."""
    x = sample(key, (importance.size, batch), density)
    hidden = w.T @ x
    out = w @ hidden + b[:, None]
    pull = jnp.where(out > 0, 2 / x.size * importance[:, None] * (out - x), 0)
    return x @ (w.T @ pull).T + pull @ hidden.T, pull.sum(1)


def elementwise(w, b, key, density, importance, batch):
    """Gradient of all instances, every product an elementwise operation over instances and batch."""
    instances, features, dims = w.shape
    x = sample(key, (features, instances, batch), density[None, :, None])
    weight = lambda i, d: w[:, i, d][:, None]
    hidden = [sum(x[i] * weight(i, d) for i in range(features)) for d in range(dims)]
    out = [
        sum(hidden[d] * weight(i, d) for d in range(dims)) + b[:, i][:, None]
        for i in range(features)
    ]
    scale = 2 / (features * batch)
    pull = [
        jnp.where(out[i] > 0, scale * importance[i] * (out[i] - x[i]), 0) for i in range(features)
    ]
    # Otherwise XLA computes both again for each of their uses.
    pull, hidden = lax.optimization_barrier((pull, hidden))
    back = [sum(pull[i] * weight(i, d) for i in range(features)) for d in range(dims)]
    slopes = jnp.stack(
        [
            jnp.stack([(x[i] * back[d] + pull[i] * hidden[d]).sum(-1) for d in range(dims)], -1)
            for i in range(features)
        ],
        -2,
    )
    return slopes, jnp.stack([each.sum(-1) for each in pull], -1)


def gradients(way, work, importance, w, b, key, density):
    """Gradients of some instances."""
    kind, group = way
    batch = work["batch"]
    if kind == "elementwise":
        one = partial(elementwise, importance=importance, batch=batch)
        if group is None:
            return one(w, b, key, density)
        parts = w.shape[0] // group
        apart = lambda a: a.reshape((parts, group) + a.shape[1:])
        keys = jax.random.split(key, parts)
        slopes = lax.map(lambda some: one(*some), (apart(w), apart(b), keys, apart(density)))
        return jax.tree.map(lambda a, own: a.reshape(own.shape), slopes, (w, b))
    one = partial({"rows": rows, "columns": columns}[kind], importance=importance, batch=batch)
    keys = jax.random.split(key, w.shape[0])
    if group is None:
        return jax.vmap(one)(w, b, keys, density)
    return lax.map(lambda some: one(*some), (w, b, keys, density), batch_size=group)


def adamw(parameter, first, second, gradient, count, rate):
    first = BETA1 * first + (1 - BETA1) * gradient
    second = BETA2 * second + (1 - BETA2) * gradient * gradient
    update = first / (1 - BETA1**count) / (jnp.sqrt(second / (1 - BETA2**count)) + EPSILON)
    return parameter * (1 - rate * DECAY) - rate * update, first, second


class Trainer:
    def __init__(self, work, way, devices):
        self.work = work
        self.devices = devices
        self.density = np.array(work["densities"], np.float32)
        importance = jnp.array(work["importance"])
        rate = work["learningRate"]

        def advance(count, state, density):
            def step(_, state):
                w, b, w1, b1, w2, b2, taken, key = state
                key, draw = jax.random.split(key)
                slopes = gradients(way, work, importance, w, b, draw, density)
                w, w1, w2 = adamw(w, w1, w2, slopes[0], taken + 1, rate)
                b, b1, b2 = adamw(b, b1, b2, slopes[1], taken + 1, rate)
                return w, b, w1, b1, w2, b2, taken + 1, key

            return lax.fori_loop(0, count, step, state)

        if devices == 1:
            self.advance = jax.jit(advance, donate_argnums=1)
        else:
            self.advance = jax.pmap(advance, in_axes=(None, 0, 0), donate_argnums=1)
            self.density = self.density.reshape(devices, -1)
        self.start(0)
        self.steps(1)

    def start(self, seed):
        work, devices = self.work, self.devices
        weights, batches, self.held_out = jax.random.split(jax.random.key(seed), 3)
        shape = work["instances"], work["features"], work["dims"]
        w = work["deviation"] * jax.random.normal(weights, shape)
        b = jnp.zeros(shape[:2])
        zeros = jnp.zeros_like
        state = w, b, zeros(w), zeros(b), zeros(w), zeros(b)
        if devices == 1:
            self.state = *state, jnp.float32(0), batches
            return
        apart = tuple(a.reshape((devices, -1) + a.shape[1:]) for a in state)
        self.state = *apart, jnp.zeros(devices), jax.random.split(batches, devices)

    def steps(self, count):
        self.state = jax.block_until_ready(self.advance(count, self.state, self.density))

    def train(self, steps, seed):
        self.start(seed)
        self.steps(steps)
        work = self.work
        w = self.state[0].reshape(work["instances"], work["features"], work["dims"])
        b = self.state[1].reshape(w.shape[:2])
        return held_out(work, w, b, self.held_out).tolist()


def held_out(work, w, b, key):
    """Loss of each instance, summed over features, on enough batches for all held-out inputs, by JAX's own generator."""
    importance = jnp.array(work["importance"])
    density = jnp.array(work["densities"])
    shape = work["batch"], importance.size

    def loss(own, bias, p, key):
        values, active = jax.random.split(key)
        chosen = jax.random.uniform(active, shape) <= p
        x = jnp.where(chosen, jax.random.uniform(values, shape), 0)
        out = jax.nn.relu((x @ own) @ own.T + bias)
        return (importance * (x - out) ** 2).sum(-1).mean()

    @jax.jit
    def block(w, b, key):
        keys = jax.random.split(key, density.size)
        return lax.map(lambda some: loss(*some), (w, b, density, keys))

    keys = jax.random.split(key, -(-work["heldOut"] // work["batch"]))
    return np.mean([np.asarray(block(w, b, each)) for each in keys], 0)


def variants_of(work, _mode):
    instances = work["instances"]
    ways = {}
    for kind in ("rows", "columns"):
        ways[f"{kind}, vmap"] = kind, None
        if instances > 1:
            ways[f"{kind}, map"] = kind, 1
    if work["features"] * work["dims"] <= MOST_UNROLLED:
        ways["elementwise"] = "elementwise", None
        for group in (16, 64):
            if instances % (group * THREADS) == 0:
                ways[f"elementwise, groups of {group}"] = "elementwise", group
    variants = {name: partial(Trainer, work, way, 1) for name, way in ways.items()}
    if THREADS > 1 and instances % THREADS == 0:
        for name, way in ways.items():
            variants[f"{name}, {THREADS} devices"] = partial(Trainer, work, way, THREADS)
    return variants


serve_training(about, variants_of)
