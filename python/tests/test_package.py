"""The package: small, typed, documented, and of the version of the command line."""

from __future__ import annotations

import ast
import inspect
import io
import subprocess
import tokenize
from pathlib import Path

import pytest

import polysem

SOURCES = sorted(Path(polysem.__file__).parent.glob("*.py"))
LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


def code_lines(source: str) -> int:
    """Lines that hold code: neither empty, nor a comment or docstring."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    lines = {n for token in tokens if token.type not in LAYOUT for n in range(token.start[0], token.end[0] + 1)}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


def test_the_module_is_thin() -> None:
    assert code_lines('"""Doc."""\nx = 1\n\n# note\ny = [\n    2,\n]\n') == 4
    assert sum(code_lines(path.read_text("utf-8")) for path in SOURCES) <= 1000


def test_everything_public_has_a_docstring() -> None:
    for name in polysem.__all__:
        assert inspect.getdoc(getattr(polysem, name)), name


def test_signatures_show_the_flags() -> None:
    shown = inspect.signature(polysem.measure).parameters
    assert list(shown)[:2] == ["w", "tensor"]
    assert {"features", "preset", "skip_bad", "baseline", "report"} <= set(shown)


@pytest.mark.parametrize("name", ["allocate", "train", "measure", "compare", "geometry", "audit", "phase"])
def test_keywords_are_flags(name: str) -> None:
    """Every keyword is a flag of the command, and every flag that does not only write a file is a keyword."""
    used = polysem.runtime()
    text = subprocess.run([used.node, used.script, name, "--help"], capture_output=True, text=True, check=True).stdout
    flags = {line.split()[0].removeprefix("--") for line in text.splitlines() if line.startswith("  --")}
    keywords = set(inspect.signature(getattr(polysem, name)).parameters) - {"w", "a", "b", "progress"}
    assert {each.replace("_", "-") for each in keywords} <= flags
    by_result = {"json", "out", "figure", "figures", "bars", "list", "instances"}
    assert flags - {each.replace("_", "-") for each in keywords} <= by_result


def test_the_version_is_that_of_the_command_line() -> None:
    used = polysem.runtime()
    done = subprocess.run([used.node, used.script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == polysem.__version__
