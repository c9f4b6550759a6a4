"""What the training workers of PyTorch and JAX share: their requests, and the choice between variants of one step.

A library often knows several ways to do the same work, and which is fastest depends on the sizes. A worker offers all
that are worth trying; on opening a workload each is compiled, warmed up and timed, and the fastest stands for the
library.

A trainer, the class behind a variant, has
    steps(count)        goes on training for `count` whole steps, sampling included, and waits for their end;
    train(steps, seed)  trains from scratch and returns each instance's loss on inputs held out: the sum over features
                        of importance (|x| - out)^2, its mean over inputs.
"""

import sys
import time

from lines import serve

SHORTEST_BLOCK = 0.15
ROUNDS = 3


def threads_asked():
    """The number of threads, the worker's argument: needed before a library is imported."""
    return int(sys.argv[1])


def serve_training(about, variants_of):
    """Serves a library given by its versions and by `variants_of(work, mode)`, from name to maker of a trainer."""
    opened = {}

    def open_work(work, mode=None):
        opened.clear()
        name, trainer, seconds = fastest(variants_of(work, mode))
        opened["trainer"] = trainer
        return {"chosen": name, "variants": seconds}

    def steps(count):
        # Of all threads of this process.
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
    """Name and trainer of the variant with the least time, and the seconds a step of each."""
    trainers = {}
    best = {}
    for name, make in variants.items():
        trainer = make()
        trainer.steps(1)
        # The second call may still compile, for arguments that are outputs now.
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
