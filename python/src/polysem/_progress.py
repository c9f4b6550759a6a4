"""Progress of a command where the program runs: a bar in a notebook or on a terminal, nothing elsewhere."""

from __future__ import annotations

import contextlib
import html
import sys
from collections.abc import Callable, Iterator
from typing import Any

Bar = Callable[[str, float, "float | None"], None]
"""Shows a label, the fraction done, and the seconds left if they are known."""


def open_bar(show: bool) -> contextlib.AbstractContextManager[Bar]:
    """Opens a bar that appears with the first progress and disappears at the end."""
    ipython: Any = sys.modules.get("IPython")
    marimo: Any = sys.modules.get("marimo")
    if show and ipython is not None and hasattr(ipython.get_ipython(), "kernel"):
        return _jupyter_bar(ipython.display)
    if show and marimo is not None and marimo.running_in_notebook():
        return _marimo_bar(marimo)
    return _terminal_bar() if show and sys.stderr.isatty() else contextlib.nullcontext(lambda *_: None)


def _words(label: str, done: float, left: float | None) -> str:
    time = "" if left is None else f", {left:.0f} s left" if left < 90 else f", {left / 60:.0f} min left"
    return f"{done:.0%} {label}{time}"


@contextlib.contextmanager
def _jupyter_bar(display: Any) -> Iterator[Bar]:
    shown: list[Any] = []

    def show(label: str, done: float, left: float | None) -> None:
        text = html.escape(_words(label, done, left))
        bar = display.HTML(f'<div class="polysem-progress"><progress value="{done:.4f}"></progress> {text}</div>')
        if shown:
            shown[0].update(bar)
        else:
            shown.append(display.display(bar, display_id=True))

    try:
        yield show
    finally:
        for handle in shown:
            handle.update(display.HTML(""))


@contextlib.contextmanager
def _marimo_bar(marimo: Any) -> Iterator[Bar]:
    with contextlib.ExitStack() as stack:
        bars: list[Any] = []
        reached = 0

        def show(label: str, done: float, left: float | None) -> None:
            nonlocal reached
            if not bars:
                options = {"remove_on_exit": True, "show_rate": False, "show_eta": False}
                bars.append(stack.enter_context(marimo.status.progress_bar(total=100, title="polysem", **options)))
            step = max(0, round(100 * done) - reached)
            reached += step
            bars[0].update(step, subtitle=_words(label, done, left))

        yield show


@contextlib.contextmanager
def _terminal_bar() -> Iterator[Bar]:
    def show(label: str, done: float, left: float | None) -> None:
        filled = round(24 * done)
        text = f"{'█' * filled}{'░' * (24 - filled)} {_words(label, done, left)}"
        sys.stderr.write(f"\r\x1b[K{text[:79]}")
        sys.stderr.flush()

    try:
        yield show
    finally:
        sys.stderr.write("\r\x1b[K")
