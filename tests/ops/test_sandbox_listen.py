"""Where a sandbox listens: on loopback, elsewhere only when that is said, and once a folder."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from ftops import sandbox

EVERYWHERE = "0.0.0.0"  # noqa: S104 -- what is refused until it is meant
Typed = subprocess.CompletedProcess[str]
Type = Callable[..., Typed]


def _command(state: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "ftops", "sandbox", *words, "--state", str(state)]


@pytest.fixture
def type_(tmp_path: Path) -> Iterator[Type]:
    """Types `ftops sandbox …` on a folder of this test's own, and stops what it started."""

    def run(*words: str) -> Typed:
        command = _command(tmp_path / "s", *words)
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    yield run
    run("stop")


def _answers(port: str, host: str) -> bool:
    try:
        url = f"http://{host}:{port}/_sandbox/status"
        return httpx.get(url, trust_env=False, timeout=30).is_success
    except httpx.ConnectError:
        return False


@pytest.mark.parametrize("mode", [["--detach"], []], ids=["detached", "foreground"])
def test_an_address_that_others_reach_is_refused_with_the_reason(
    type_: Type, tmp_path: Path, mode: list[str]
) -> None:
    refused = type_("start", *mode, "--listen", EVERYWHERE)

    assert refused.returncode == 2
    assert refused.stdout == ""
    assert "not loopback" in refused.stderr
    assert "credentials are published" in refused.stderr
    assert "--expose" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert sandbox.read_running(tmp_path / "s") is None


@pytest.mark.parametrize("address", ["localhost", "::1", "everywhere", "127.0.0.1:80", "300.1.1.1"])
def test_what_is_no_ipv4_address_is_bad_usage(type_: Type, address: str) -> None:
    refused = type_("start", "--detach", "--listen", address, "--expose")

    assert refused.returncode == 2
    assert address in refused.stderr
    assert "Hint: " in refused.stderr


def test_an_exposed_sandbox_answers_on_every_address_and_others_on_loopback_alone(
    type_: Type,
) -> None:
    exposed = type_("start", "--detach", "--listen", EVERYWHERE, "--expose")
    port = json.loads(exposed.stdout)["http"].rpartition(":")[2]
    everywhere = [_answers(port, host) for host in ("127.0.0.1", "127.0.0.2")]
    assert type_("stop").returncode == 0
    usual = type_("start", "--detach")
    port = json.loads(usual.stdout)["http"].rpartition(":")[2]
    loopback = [_answers(port, host) for host in ("127.0.0.1", "127.0.0.2")]

    assert exposed.returncode == usual.returncode == 0
    assert json.loads(exposed.stdout)["http"].startswith("http://127.0.0.1:")
    assert (everywhere, loopback) == ([True, True], [True, False])


def test_another_loopback_address_needs_no_word(type_: Type) -> None:
    started = type_("start", "--detach", "--listen", "127.0.0.2")
    http = json.loads(started.stdout)["http"]

    assert started.returncode == 0
    assert http.startswith("http://127.0.0.2:")
    assert _answers(http.rpartition(":")[2], "127.0.0.2")


def test_two_starts_at_once_are_one_sandbox(type_: Type, tmp_path: Path) -> None:
    command = _command(tmp_path / "s", "start", "--detach")
    pipe = subprocess.PIPE
    both = [subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) for _ in range(2)]
    said = [child.communicate(timeout=120) for child in both]
    status = json.loads(type_("status", "--output", "json").stdout)

    assert [child.returncode for child in both] == [0, 0], said
    assert said[0][0] == said[1][0]
    assert json.loads(said[0][0])["http"] == status["http"]
