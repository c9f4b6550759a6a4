"""A panel of Figure 7 trained the usual way: all cells and their restarts are instances of one model in PyTorch.

Instances are ordered by density, then by cell. `sharing` is the number of instances per density and `restarts` the number
per cell. In addition to the variants of torch_steps.py, one samples the inputs of a density once for all its instances.
"""

import math
import time
from functools import partial

import torch
from lines import serve
from torch_steps import Compiled, about, gradient_of, variants_of
from training import fastest


def by_density(constants, sharing):
    """Densities, and importances as (densities, sharing, ...), for inputs shared by the instances of a density."""
    instances, features, _ = constants.shape
    groups = instances // sharing
    density = constants.density.view(groups, sharing)[:, :1, None]
    return groups, density, constants.importance.reshape(groups, sharing, 1, features)


def shared_errors(w, b, constants, sharing):
    """Weighted squared errors (densities, sharing, batch, features) on fresh inputs (densities, batch, features)."""
    _, features, dims = constants.shape
    groups, density, importance = by_density(constants, sharing)
    shape = groups, constants.batch, features
    x = torch.where(torch.rand(shape) <= density, torch.rand(shape), torch.zeros(()))
    w = w.view(groups, sharing, features, dims)
    hidden = torch.einsum("gbf,gkfh->gkbh", x, w)
    out = torch.einsum("gkbh,gkfh->gkbf", hidden, w)
    out = torch.relu(out + b.view(groups, sharing, 1, features))
    return importance * (x[:, None] - out) ** 2


def all_variants(work):
    def shared(w, b, constants):
        return shared_errors(w, b, constants, work["sharing"]).mean((2, 3)).sum()

    return {
        **{f"eager, {name}": make for name, make in variants_of(work, "eager").items()},
        **variants_of(work, "compile"),
        "one graph, inputs shared": lambda: Compiled(work, partial(gradient_of, shared)),
    }


opened = {}


def open_work(work, only=None):
    opened.clear()
    variants = all_variants(work)
    begun = time.perf_counter()
    chosen, trainer, seconds = fastest({only: variants[only]} if only else variants)
    opened.update(work=work, trainer=trainer, taken=0)
    return {"chosen": chosen, "variants": seconds, "opening": time.perf_counter() - begun}


def train(steps, schedule, seed, goOn=False):
    """Trains up to step `steps`; returns W and b of the best restart of each cell by held-out loss."""
    trainer = opened["trainer"]
    begun, busy = time.perf_counter(), time.process_time()
    if not goOn:
        trainer.start(seed)
        opened["taken"] = 0
    for step in range(opened["taken"], steps):
        trainer.set_rate(rate_at(step, steps, schedule), schedule["decay"])
        trainer.steps(1)
    opened["taken"] = steps
    trained = time.perf_counter()
    parameters = best_of_cells(trainer, opened["work"])
    if not parameters.isfinite().all():
        raise FloatingPointError("training diverged")
    return {
        "seconds": trained - begun,
        "choosing": time.perf_counter() - trained,
        "busy": time.process_time() - busy,
        "parameters": parameters.tolist(),
    }


def rate_at(step, steps, schedule):
    if schedule["kind"] == "constant":
        return schedule["rate"]
    return schedule["rate"] * (1 + math.cos(math.pi * step / steps)) / 2


@torch.no_grad()
def best_of_cells(trainer, work):
    parameters = torch.cat([trainer.w.flatten(1), trainer.b], 1)
    restarts = work["restarts"]
    if restarts == 1:
        return parameters
    blocks = -(-work["heldOut"] // work["batch"])
    losses = sum(
        shared_errors(trainer.w, trainer.b, trainer.constants, work["sharing"]).mean(2).sum(-1)
        for _ in range(blocks)
    ).view(-1, restarts)
    cells = torch.arange(len(losses))
    return parameters.view(len(losses), restarts, -1)[cells, losses.argmin(1)]


serve({"about": about, "open": open_work, "train": train})
