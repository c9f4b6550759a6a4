"""Training in JAX: `steps` whole steps in one compiled loop, over instances by vmap or by a loop of small vmaps.

The loop is `fori_loop` with its length as an argument, which XLA runs like a `scan` of fixed length. Variants differ in
the generator and in how they go through instances; every variant that was fastest at some size on some machine is tried.
Threefry has two variants: the present form, whose bits do not depend on sharding, and the earlier form, which makes two
numbers where the present one makes one.
"""

from functools import partial

from jax_setup import about, configure
from training import serve_training

configure()

import jax
import jax.numpy as jnp

BETA1, BETA2, EPSILON, DECAY = 0.9, 0.999, 1e-8, 0.01


def sample(key, density, batch, features):
    values, active = jax.random.split(key)
    shape = batch, features
    chosen = jax.random.uniform(active, shape) <= density
    return jnp.where(chosen, jax.random.uniform(values, shape), 0.0)


def errors(parameters, x, importance):
    """Weighted squared errors of one instance."""
    w, b = parameters
    hidden = jnp.einsum("bf,fh->bh", x, w)
    out = jax.nn.relu(jnp.einsum("bh,fh->bf", hidden, w) + b)
    return importance * (jnp.abs(x) - out) ** 2


def adamw(parameters, first, second, gradient, count, rate):
    first = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradient)
    second = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradient)
    correction1 = 1 - BETA1**count
    correction2 = 1 - BETA2**count

    def moved(p, m, v):
        update = (m / correction1) / (jnp.sqrt(v / correction2) + EPSILON)
        return p * (1 - rate * DECAY) - rate * update

    return jax.tree.map(moved, parameters, first, second), first, second


class Trainer:
    def __init__(self, work, generator, group):
        """`group` is the number of instances per vmap; None for all of them."""
        self.work = work
        self.generator = generator
        # JAX reads this flag when it traces a function, so trace all functions of this trainer here.
        with jax.threefry_partitionable(generator != "earlier threefry"):
            self.advance = jax.jit(partial(advance, constants_of(work), group), donate_argnums=1)
            self.evaluate = jax.jit(partial(evaluate, constants_of(work), group))
            self.start(0)
            self.steps(1)

    def start(self, seed):
        work = self.work
        implementation = "threefry2x32" if "threefry" in self.generator else self.generator
        weights, batches, self.held_out = jax.random.split(
            jax.random.key(seed, impl=implementation), 3
        )
        shape = work["instances"], work["features"], work["dims"]
        parameters = (
            work["deviation"] * jax.random.normal(weights, shape),
            jnp.zeros(shape[:2]),
        )
        first = jax.tree.map(jnp.zeros_like, parameters)
        second = jax.tree.map(jnp.zeros_like, parameters)
        self.state = parameters, first, second, jnp.float32(0), batches

    def steps(self, count):
        with jax.threefry_partitionable(self.generator != "earlier threefry"):
            self.state = jax.block_until_ready(self.advance(count, self.state))

    def train(self, steps, seed):
        with jax.threefry_partitionable(self.generator != "earlier threefry"):
            self.start(seed)
            self.steps(steps)
            return self.evaluate(self.state[0], self.held_out).tolist()


def constants_of(work):
    return {
        "batch": work["batch"],
        "blocks": -(-work["heldOut"] // work["batch"]),
        "density": jnp.array(work["densities"]),
        "importance": jnp.array(work["importance"]),
        "rate": work["learningRate"],
    }


def over_instances(function, group, arguments):
    if group is None:
        return jax.vmap(function)(*arguments)
    return jax.lax.map(lambda some: function(*some), arguments, batch_size=group)


def advance(constants, group, count, state):
    density, importance = constants["density"], constants["importance"]

    def gradient(parameters, key, p):
        x = sample(key, p, constants["batch"], importance.size)
        return jax.grad(lambda own: errors(own, x, importance).mean())(parameters)

    def step(_, state):
        parameters, first, second, taken, key = state
        key, draw = jax.random.split(key)
        keys = jax.random.split(draw, density.size)
        slopes = over_instances(gradient, group, (parameters, keys, density))
        moved = adamw(parameters, first, second, slopes, taken + 1, constants["rate"])
        return *moved, taken + 1, key

    return jax.lax.fori_loop(0, count, step, state)


def evaluate(constants, group, parameters, key):
    """Loss of each instance, summed over features, on enough batches for all held-out inputs."""
    density, importance = constants["density"], constants["importance"]

    def loss(own, key, p):
        x = sample(key, p, constants["batch"], importance.size)
        return errors(own, x, importance).sum(-1).mean()

    def block(key):
        keys = jax.random.split(key, density.size)
        return over_instances(loss, group, (parameters, keys, density))

    return jax.lax.map(block, jax.random.split(key, constants["blocks"])).mean(0)


def variants_of(work, _mode):
    ways = {"vmap": None}
    if work["instances"] > 1:
        ways["map"] = 1
    if work["instances"] > 16:
        ways["map of vmaps of 16"] = 16
    tried = [("earlier threefry", way) for way in ways]
    tried += [(generator, "vmap") for generator in ("threefry", "rbg", "unsafe_rbg")]
    return {
        f"{generator}, {way}": partial(Trainer, work, generator, ways[way])
        for generator, way in tried
    }


serve_training(about, variants_of)
