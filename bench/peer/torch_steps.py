"""Whole training steps in PyTorch, eager as in the notebook or as one graph of torch.compile. Shared by its workers.

Importing this module sets the number of threads, the worker's argument, before it imports PyTorch.

The compiled step takes the gradient from torch.func and writes out AdamW, so that sampling, both passes and the update
are one graph. `fallback_random` keeps ATen's generator there: the generator that Inductor writes for CPUs takes several
times as long, and sampling is a large part of the step. The tuned step also writes out the gradient, and takes one uniform
per input from a hash of a counter, which Inductor computes where the input is needed.
"""

import os
import sys
from functools import partial

from training import threads_asked

THREADS = threads_asked()
os.environ["OMP_NUM_THREADS"] = str(THREADS)
os.environ["MKL_NUM_THREADS"] = str(THREADS)
# Compile in this process, so that no idle helper processes run while other sides are timed.
os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"

import torch
from torch import nn

torch.set_num_threads(THREADS)
torch.set_num_interop_threads(1)

BETA1, BETA2, EPSILON, DECAY = 0.9, 0.999, 1e-8, 0.01


def about():
    return {
        "library": "torch",
        "version": torch.__version__,
        "python": sys.version.split()[0],
        "blas": "MKL" if torch.backends.mkl.is_available() else "other",
        "threads": torch.get_num_threads(),
    }


class Constants:
    """Numbers of a workload as tensors. Importances are one list for all instances, or one list per instance."""

    def __init__(self, work):
        self.shape = work["instances"], work["features"], work["dims"]
        self.batch = work["batch"]
        self.density = torch.tensor(work["densities"])[:, None]
        self.importance = torch.tensor(work["importance"]).expand(*self.shape[:2])


def sample(constants):
    """Fresh inputs as (batch, instances, features), the notebook's layout."""
    instances, features, _ = constants.shape
    shape = constants.batch, instances, features
    values = torch.rand(shape)
    return torch.where(torch.rand(shape) <= constants.density, values, torch.zeros(()))


def errors(x, w, b, constants):
    hidden = torch.einsum("...if,ifh->...ih", x, w)
    out = torch.relu(torch.einsum("...ih,ifh->...if", hidden, w) + b)
    return constants.importance * (x.abs() - out) ** 2


def batch_first(w, b, constants):
    """The notebook's loss on a fresh batch: mean over inputs and features, sum over instances."""
    return errors(sample(constants), w, b, constants).mean((0, 2)).sum()


def instance_first(w, b, constants):
    """The same loss with inputs as (instances, batch, features), which makes products faster at some sizes."""
    instances, features, _ = constants.shape
    shape = instances, constants.batch, features
    values = torch.rand(shape)
    x = torch.where(torch.rand(shape) <= constants.density[..., None], values, torch.zeros(()))
    hidden = torch.einsum("ibf,ifh->ibh", x, w)
    out = torch.relu(torch.einsum("ibh,ifh->ibf", hidden, w) + b[:, None])
    return (constants.importance[:, None] * (x.abs() - out) ** 2).mean((1, 2)).sum()


def hashed(counter):
    """The hash lowbias32 of C. Wellons on int32, whose right shifts repeat the sign."""
    x = (counter ^ ((counter >> 16) & 0xFFFF)) * 0x7FEB352D
    x = (x ^ ((x >> 15) & 0x1FFFF)) * (0x846CA68B - 2**32)
    return x ^ ((x >> 16) & 0xFFFF)


def tuned_gradient(constants):
    """The gradient of the notebook's loss, written out, on inputs as (instances, batch, features)."""
    instances, features, _ = constants.shape
    shape = instances, constants.batch, features
    places = torch.arange(instances * constants.batch * features, dtype=torch.int32).view(shape)
    scale = 2 * constants.importance[:, None] / (constants.batch * features)
    density = constants.density[..., None]

    def gradient(w, b, count):
        name = hashed(count.to(torch.int32))
        bits = hashed(places * (0x9E3779B9 - 2**32) + name)
        uniform = (((bits >> 9) & 0x7FFFFF) | 0x3F800000).view(torch.float32) - 1
        x = torch.where(uniform < density, uniform / density, 0)
        hidden = x @ w
        out = torch.baddbmm(b[:, None], hidden, w.mT)
        pull = torch.where(out > 0, scale * (out - x), 0)
        return x.mT @ (pull @ w) + pull.mT @ hidden, pull.sum(1)

    return gradient


class Trainer:
    """Weights and bias, their initialisation and held-out loss. Subclasses take the steps."""

    def __init__(self, work):
        self.work = work
        self.constants = Constants(work)
        self.start(0)

    def start(self, seed):
        torch.manual_seed(seed)
        instances, features, _ = self.constants.shape
        # Like xavier_normal_; the workload gives the standard deviation.
        first = nn.init.normal_(torch.empty(self.constants.shape), std=self.work["deviation"])
        self.w = nn.Parameter(first)
        self.b = nn.Parameter(torch.zeros(instances, features))
        self.set_rate(self.work["learningRate"], DECAY)

    def train(self, steps, seed):
        self.start(seed)
        self.steps(steps)
        blocks = -(-self.work["heldOut"] // self.work["batch"])
        with torch.no_grad():
            total = sum(
                errors(sample(self.constants), self.w, self.b, self.constants).mean(0).sum(-1)
                for _ in range(blocks)
            )
        return (total / blocks).tolist()


class Eager(Trainer):
    def __init__(self, work, **implementation):
        self.implementation = implementation
        super().__init__(work)

    def start(self, seed):
        self.optimiser = None
        super().start(seed)
        self.optimiser = torch.optim.AdamW([self.w, self.b], **self.own, **self.implementation)

    def set_rate(self, rate, decay):
        self.own = {"lr": rate, "weight_decay": decay}
        if self.optimiser is not None:
            self.optimiser.param_groups[0].update(self.own)

    def steps(self, count):
        for _ in range(count):
            self.optimiser.zero_grad(set_to_none=True)
            batch_first(self.w, self.b, self.constants).backward()
            self.optimiser.step()


class Compiled(Trainer):
    def __init__(self, work, gradient):
        self.compiled = torch.compile(
            whole_step(gradient(Constants(work))), fullgraph=True, options={"fallback_random": True}
        )
        # Tensors, so that new values do not recompile the step.
        self.rate, self.kept = torch.zeros(()), torch.zeros(())
        super().__init__(work)

    def start(self, seed):
        super().start(seed)
        self.parameters = self.w.detach(), self.b.detach()
        self.first = tuple(torch.zeros_like(p) for p in self.parameters)
        self.second = tuple(torch.zeros_like(p) for p in self.parameters)
        self.step = torch.zeros(())

    def set_rate(self, rate, decay):
        self.rate.fill_(rate)
        self.kept.fill_(1 - rate * decay)

    def steps(self, count):
        for _ in range(count):
            self.compiled(
                self.parameters, self.first, self.second, self.step, self.rate, self.kept
            )


def gradient_of(loss, constants):
    """The gradient of a loss by differentiation."""
    slopes = torch.func.grad(lambda w, b: loss(w, b, constants), argnums=(0, 1))
    return lambda w, b, _: slopes(w, b)


def whole_step(gradient):
    def step(parameters, first, second, count, rate, kept):
        count.add_(1)
        correction1 = 1 - BETA1**count
        correction2 = 1 - BETA2**count
        for p, m, v, g in zip(parameters, first, second, gradient(*parameters, count)):
            m.mul_(BETA1).add_(g, alpha=1 - BETA1)
            v.mul_(BETA2).addcmul_(g, g, value=1 - BETA2)
            update = (m / correction1) / ((v / correction2).sqrt() + EPSILON)
            p.mul_(kept).sub_(rate * update)

    return step


def variants_of(work, mode):
    if mode == "eager":
        return {
            "fused AdamW": lambda: Eager(work, fused=True),
            "foreach AdamW": lambda: Eager(work, foreach=True),
        }
    return {
        "one graph, batch first": lambda: Compiled(work, partial(gradient_of, batch_first)),
        "one graph, instances first": lambda: Compiled(work, partial(gradient_of, instance_first)),
        "one graph, tuned": lambda: Compiled(work, tuned_gradient),
    }
