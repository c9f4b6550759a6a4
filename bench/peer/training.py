"""Requests of the training workers of PyTorch and JAX, and the choice between variants of a step.

A library often has several ways to do the same work, and the fastest depends on the sizes. When a worker opens a workload
it compiles, warms up and times every variant; the fastest represents the library.

A trainer, the class behind a variant, has
    steps(count)        takes `count` more whole steps, sampling included, and waits until they end;
    train(steps, seed)  trains from scratch and returns the held-out loss of each instance: the sum over features of
                        importance (|x| - out)^2, averaged over inputs.
"""

import sys
import time

from lines import serve

SHORTEST_BLOCK = 0.15
ROUNDS = 3


def threads_asked():
    """Number of threads: the argument of the worker, needed before it imports a library."""
    return int(sys.argv[1])


def serve_training(about, variants_of):
    """Serves a library. `about` has its versions; `variants_of(work, mode)` maps names to trainer constructors."""
    opened = {}

    def open_work(work, mode=None):
        opened.clear()
        name, trainer, seconds = fastest(variants_of(work, mode))
        opened["trainer"] = trainer
        return {"chosen": name, "variants": seconds}

    def steps(count):
        # CPU time of all threads of this process.
        busy = time.process_time()
        seconds = timed(opened["trainer"], count)
        return {"seconds": seconds, "busy": time.process_time() - busy}

    def train(steps, seed):
        return {"losses": opened["trainer"].train(steps, seed)}

    serve({"about": about, "open": open_work, "steps": steps, "train": train})


def timed(trainer, count):
    start = time.perf_counter()
    trainer.steps(count)
    return time.perf_counter() - start


def fastest(variants):
    """Name and trainer of the fastest variant, and the seconds per step of every variant."""
    trainers = {}
    best = {}
    for name, make in variants.items():
        trainer = make()
        trainer.steps(1)
        # The second call may compile again, because its arguments are outputs of the first.
        trainer.steps(2)
        trainers[name] = trainer, max(1, round(SHORTEST_BLOCK / timed(trainer, 1)))
        best[name] = float("inf")
    if len(trainers) > 1:
        for _ in range(ROUNDS):
            for name, (trainer, count) in trainers.items():
                best[name] = min(best[name], timed(trainer, count) / count)
        chosen = min(best, key=best.get)
        return chosen, trainers[chosen][0], best
    ((chosen, (trainer, _)),) = trainers.items()
    return chosen, trainer, {}
