"""Settings of JAX for a number of threads. To be imported before JAX; importing it sets the environment that JAX reads."""

import os
import sys

from training import threads_asked

THREADS = threads_asked()


def configure(devices=1):
    """Sets XLA's threads, the number of host devices, and 512-bit vectors where the processor has them."""
    # Size of XLA's thread pool. Without the flag, matrix products use more than the calling thread.
    os.environ["NPROC"] = str(THREADS)
    os.environ["JAX_PLATFORMS"] = "cpu"
    flags = [os.environ.get("XLA_FLAGS", "")]
    if THREADS == 1:
        flags.append("--xla_cpu_multi_thread_eigen=false")
    if devices > 1:
        flags.append(f"--xla_force_host_platform_device_count={devices}")
    if has_wide_vectors():
        flags.append("--xla_cpu_prefer_vector_width=512")
    os.environ["XLA_FLAGS"] = " ".join(flags).strip()


def has_wide_vectors():
    try:
        with open("/proc/cpuinfo") as cpu:
            return "avx512f" in cpu.read()
    except OSError:
        return False


def about():
    import jax

    return {
        "library": "jax",
        "version": jax.__version__,
        "python": sys.version.split()[0],
        "jaxlib": jax.lib.__version__,
        "threads": THREADS,
        "flags": os.environ["XLA_FLAGS"],
    }
