"""The client tests that are marked `on_azure`, run by pytest in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from tests.azure.plugin import CAP, SAID
from tests.azure.purse import price

ROOT: Final = Path(__file__).parents[2]
SUITE: Final = ("tests/sandbox",)
ENDED: Final = {0, 1, 5}
"""Pytest's exit codes of a run that came to its end: all passed, some failed, none chosen."""

PATIENCE_S: Final = 60
WORDS_MAX: Final = 160


@dataclass(frozen=True)
class Ended:
    """How a test ended, and the first line of what went wrong."""

    outcome: str
    words: str


def prices(tests: Sequence[str]) -> dict[str, Decimal | None]:
    """What each chosen test may cost at most; None where it does not say."""
    lines, code = _pytest([*tests, "--collect-only"], os.environ)
    assert code in ENDED, "the tests cannot be read"
    return {line["test"]: price(line["cost"]) for line in lines if "cost" in line}


def on_azure(tests: Sequence[str], run: str, cap_usd: Decimal) -> tuple[dict[str, Ended], bool]:
    """How each test ended on the target of this shell, and whether the run came to its end."""
    return _ended(tests, {**os.environ, "FTOPS_TEST_RUN": run, CAP: str(cap_usd)})


def on_sandbox(tests: Sequence[str]) -> tuple[dict[str, Ended], bool]:
    """The same on a sandbox; nothing of this shell leads anywhere else."""
    foreign = re.compile(r"^(AZURE_|ARM_|FTOPS_|HTTPS?_PROXY$|REQUESTS_CA|SSL_CERT)", re.IGNORECASE)
    return _ended(tests, {k: v for k, v in os.environ.items() if not foreign.match(k)})


def redacted(words: str, *secrets: str) -> str:
    """Words that may stand in a table of a public page: no ids, no keys, one short line."""
    for secret in filter(None, secrets):
        words = words.replace(secret, "…")
    words = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "…", words, flags=re.IGNORECASE)
    words = re.sub(r"(?=[\w+/=-]*\d)[\w+/=-]{24,}", "…", words)
    words = " ".join(words.split()).replace("|", "/")
    return words if len(words) <= WORDS_MAX else f"{words[:WORDS_MAX]} …"


def _ended(tests: Sequence[str], variables: Mapping[str, str]) -> tuple[dict[str, Ended], bool]:
    lines, code = _pytest(tests, variables)
    found: dict[str, Ended] = {}
    for line in lines:
        if "outcome" in line and found.get(line["test"], _GOOD).outcome == "passed":
            found[line["test"]] = Ended(line["outcome"], line["words"])
    return found, code in ENDED


_GOOD: Final = Ended("passed", "")


def _pytest(tests: Sequence[str], variables: Mapping[str, str]) -> tuple[list[Any], int]:
    """What the plugin wrote, and the exit code; whatever stops this process stops that one."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "said.jsonl"
        said.touch()
        plugins = ("-p", "tests.azure.plugin", "-p", "no:randomly", "-p", "no:cacheprovider")
        command = [sys.executable, "-m", "pytest", "-q", *plugins, *tests]
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env={**variables, SAID: str(said)},
            stdout=subprocess.DEVNULL if "--collect-only" in tests else sys.stderr,
            start_new_session=True,
        ) as process:
            try:
                code = process.wait()
            finally:
                _stop(process)
        return [json.loads(line) for line in said.read_text(encoding="utf-8").splitlines()], code


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends it as Ctrl-C would, for its fixtures to finish; then without asking."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
