"""The style page, executed: each rule is one test, and its message says what to do instead."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FUNCTION_LINES_MAX = 40
FILE_LINES_MAX = 300
TEST_FILE_LINES_MAX = 500
LINE_COLUMNS_MAX = 100
DECISION_LINES_MAX = 60
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "base", "manager", "info", "tmp"}
# Spelled in two parts, so that this file does not break its own rule.
MACHINE_PATHS = ("/" + "work/", "/" + "home/", "/" + "root/")
UNFINISHED = re.compile(
    r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b"
)


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


TRACKED = _tracked()
PYTHON = [path for path in TRACKED if path.suffix == ".py"]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _texts() -> Iterator[tuple[str, str]]:
    for path in TRACKED:
        try:
            yield _name(path), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


@pytest.mark.parametrize("path", PYTHON, ids=_name)
def test_a_file_is_one_noun_and_fits_its_limit(path: Path) -> None:
    limit = TEST_FILE_LINES_MAX if _name(path).startswith("tests/") else FILE_LINES_MAX
    lines = path.read_text(encoding="utf-8").count("\n")

    assert lines <= limit, f"{_name(path)} has {lines} lines; split it into its nouns"


@pytest.mark.parametrize("path", PYTHON, ids=_name)
def test_a_function_fits_a_glance(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= FUNCTION_LINES_MAX, (
                f"{_name(path)}:{node.lineno} {node.name} has {lines} lines; name its parts"
            )


@pytest.mark.parametrize("path", PYTHON, ids=_name)
def test_a_module_says_in_one_sentence_what_it_owns(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if not text.strip():
        return
    docstring = ast.get_docstring(ast.parse(text))

    assert docstring, f"{_name(path)} has no module docstring"
    assert docstring.splitlines()[0].endswith("."), f"{_name(path)}: its first line is a sentence"


@pytest.mark.parametrize("path", PYTHON, ids=_name)
def test_nothing_catches_every_exception(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            line = path.read_text(encoding="utf-8").splitlines()[node.lineno - 1]
            passes_on = ast.unparse(node.body[-1]) == "raise"
            bare = caught in {"everything", "Exception", "BaseException"} and not passes_on
            assert not bare or "noqa: BLE001 - " in line, (
                f"{_name(path)}:{node.lineno} catches {caught}; name the exceptions or the reason"
            )


def test_no_name_is_a_drawer() -> None:
    for path in TRACKED:
        parts = {Path(part).stem for part in path.relative_to(ROOT).parts}
        assert not parts & FORBIDDEN_NAMES, f"{_name(path)}: a thing without a noun has no place"


def test_nothing_is_left_for_later() -> None:
    for name, text in _texts():
        assert not UNFINISHED.search(text), f"{name}: finish it or open an issue"


def test_no_file_names_this_machine() -> None:
    for name, text in _texts():
        for path in MACHINE_PATHS:
            assert path not in text, f"{name} names {path}, a path of somebody's machine"


def test_no_requirement_names_an_index() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text, f"{_name(path)} names a host"
        assert "--hash=sha256:" in text, f"{_name(path)} is not locked by hash"


def test_every_lint_exception_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    rules = re.findall(r'^\s+"[A-Z]+[0-9]+",?(.*)$', text, re.MULTILINE)

    assert rules
    assert all(re.search(r"# \S+ \S+", reason) for reason in rules)


@pytest.mark.parametrize("path", [p for p in TRACKED if p.suffix == ".md"], ids=_name)
def test_a_page_has_one_title(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    titles = re.findall(r"^# .+", text, re.MULTILINE)

    assert len(titles) == 1, f"{_name(path)} has {len(titles)} titles"


def test_a_decision_is_short() -> None:
    for path in (ROOT / "docs/decisions").glob("*.md"):
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= DECISION_LINES_MAX, f"{_name(path)} has {lines} lines; a decision is short"
        assert re.match(r"\d{4}-[a-z0-9-]+\.md", path.name), f"{_name(path)} is not NNNN-title.md"
