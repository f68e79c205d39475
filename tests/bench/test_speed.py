"""Speeds that a user feels, each beside what the same work costs without ftops."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

Pair = Callable[[str, Sequence[str], Sequence[str]], None]

pytestmark = pytest.mark.bench
PYTHON = sys.executable
LINES = 20_000


@pytest.fixture(scope="module")
def training_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "train.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for number in range(LINES):
            said = [
                {"role": "user", "content": f"Question {number}: how long is a piece of string?"},
                {"role": "assistant", "content": f"Answer {number}: about as long as that one."},
            ]
            lines.write(json.dumps({"messages": said}) + "\n")
    return path


def test_help_beside_a_bare_click(pair: Pair) -> None:
    pair("ftops --help | import click", [PYTHON, "-m", "ftops", "--help"],
         [PYTHON, "-c", "import click"])  # fmt: skip


def test_data_check_beside_parsing_and_counting_alone(pair: Pair, training_file: Path) -> None:
    peer = (
        "import json, sys, tiktoken\n"
        "from ftops.tokenizer import load_encoding\n"
        "encode = load_encoding('o200k_base').encode_ordinary\n"
        "n = 0\n"
        "for line in open(sys.argv[1], encoding='utf-8'):\n"
        "    for m in json.loads(line)['messages']: n += len(encode(m['content']))\n"
    )
    pair(f"ftops data check, {LINES} lines | json and tokens alone",
         [PYTHON, "-m", "ftops", "data", "check", str(training_file)],
         [PYTHON, "-c", peer, str(training_file)])  # fmt: skip
