"""Runs the command line: progress and notes from its stderr, its JSON from stdout, its errors as exceptions."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ._command import runtime
from ._errors import PolysemError, UsageError
from ._progress import open_bar

_BAD_INPUT = 2
_SECONDS_TO_END = 5


def run(words: Sequence[str], rename: Callable[[str], str], progress: bool) -> tuple[Any, tuple[str, ...]]:
    """Runs a command that prints JSON.

    Args:
        words: arguments after ``polysem``, without ``--json``.
        rename: replaces the paths of temporary files in messages and results.
        progress: show a bar while the command works.

    Returns:
        The parsed JSON, and the notes that the command printed.

    Raises:
        UsageError: if the command refuses its input.
        PolysemError: if it fails.
        KeyboardInterrupt: after the process has ended.
    """
    used = runtime()
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(
            [used.node, used.script, *words, "--json"],
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "POLYSEM_PROGRESS": "json"},
        )
        lines = [rename(line) for line in _follow(process, progress)]
        if process.returncode == 0:
            printed.seek(0)
            return json.loads(rename(printed.read().decode())), tuple(
                line for line in lines if not line.startswith("wrote ")
            )
        raise _error(process.returncode, lines)


def _follow(process: subprocess.Popen[str], progress: bool) -> list[str]:
    """Shows progress until the process ends; returns the other lines of its stderr. Any exception ends the process."""
    lines: list[str] = []
    with _ending(process), open_bar(progress) as bar:
        assert process.stderr is not None  # a pipe was asked for
        for line in process.stderr:
            if line.startswith('{"event":"progress"'):
                event = json.loads(line)
                bar(event["label"], event["done"], event["left"])
            elif line.strip():
                lines.append(line.rstrip("\n"))
        process.wait()
    return lines


@contextlib.contextmanager
def _ending(process: subprocess.Popen[str]) -> Iterator[None]:
    """Leaves no process behind: it is interrupted, as by Ctrl-C, then killed if it does not end."""
    try:
        yield
    finally:
        try:
            if process.poll() is None:
                process.send_signal(signal.SIGINT if os.name != "nt" else signal.SIGTERM)
                process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            pass
        finally:
            process.kill()
            process.wait()
            if process.stderr is not None:
                process.stderr.close()


def _error(code: int, lines: Sequence[str]) -> PolysemError:
    said = [line.removeprefix("polysem: ") for line in lines if line.startswith("polysem: ")]
    if code < 0:
        said.append(f"the process was ended by {signal.Signals(-code).name}")
    message = said[-1] if said else "\n".join(lines) or f"the process ended with code {code}"
    return UsageError(message) if code == _BAD_INPUT else PolysemError(message)
