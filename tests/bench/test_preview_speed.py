"""The offline preview beside a bare program that declares the same resources."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.bench.conftest import Pair
from tests.bench.program import write_project

pytestmark = pytest.mark.bench


@pytest.mark.parametrize("count", [50, 200, 400])
def test_an_offline_preview_beside_a_bare_program(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    bare = write_project(tmp_path / "project", count)
    monkeypatch.chdir(tmp_path / "project")

    pair(f"ftops preview, {count} deployments | the same resources, bare",
         [sys.executable, "-m", "ftops", "preview", "bench", "--output", "json"],
         [sys.executable, str(bare), str(count)])  # fmt: skip
