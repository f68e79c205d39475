"""Trouble, traffic, worlds and inspection, typed as a user types them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ftops.order import parse_ms
from ftops_catalog.errors import BadUsage

Typed = subprocess.CompletedProcess[str]
Type = Callable[..., Typed]
WORLD = """
accounts:
  - name: contoso
    group: rg-ft
    created: 30d
    tags: {owner: ana}
    tuned_models:
      - {name: support, created: 20d}
    deployments:
      - {name: support, model: support, capacity: 50, created: 10d}
      - name: plain
        created: 2026-01-02
        traffic: {rate: 1/h, since: 1d}
"""


@pytest.fixture(scope="module")
def type_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Type]:
    """Types `ftops sandbox …` at one that runs for this module."""
    state = tmp_path_factory.mktemp("control") / "s"

    def run(*words: str, stdin: str = "") -> Typed:
        command = [sys.executable, "-m", "ftops", "sandbox", *words, "--state", str(state)]
        return subprocess.run(
            command, input=stdin, capture_output=True, text=True, timeout=180, check=False
        )

    started = run("start", "--detach")
    assert started.returncode == 0, started.stderr
    yield run
    run("stop")


@pytest.fixture(scope="module")
def two(type_: Type) -> str:
    """The group of two accounts whose deployments are called alike."""
    world = "generate: {group: pair, accounts: 2, deployments: 1}"
    _json(type_("world", "load", "-", "--output", "json", stdin=world))
    return "pair"


def _json(typed: Typed) -> dict[str, Any]:
    assert typed.returncode == 0, typed.stdout + typed.stderr
    found: dict[str, Any] = json.loads(typed.stdout)
    return found


def _refused(typed: Typed, *words: str) -> None:
    assert typed.returncode == 2, typed.stdout + typed.stderr
    assert "Traceback" not in typed.stderr
    assert typed.stderr.count("Error: ") == 1
    assert "Hint: " in typed.stderr
    for word in words:
        assert word in typed.stderr


def test_faults_are_ordered_listed_and_cleared(type_: Type) -> None:
    words = ("GET .*/none", "--status", "429", "--retry-after", "2s", "--rate", "0.5")
    ordered = _json(type_("fault", *words, "--seed", "7", "--output", "json"))
    table = type_("fault", "GET .*/none", "--stale", "--times", "3", "--output", "csv").stdout
    listed = _json(type_("fault", "--list", "--output", "json"))
    cleared = _json(type_("fault", "--clear", "--output", "json"))

    assert ordered["schema"] == "ftops/sandbox-fault/v1"
    assert ordered["faults"] == [
        {
            "match": "GET .*/none",
            "times_left": None,
            "hits": 0,
            "rate": 0.5,
            "seed": 7,
            "status": 429,
            "code": "TooManyRequests",
            "retry_after_ms": 2000,
        }
    ]
    assert "stale" in table
    assert "50% of requests, seed 7" in table
    assert len(listed["faults"]) == 2
    assert cleared["faults"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--list"),
        ((".",), "--status"),
        ((".", "--list"), "--list"),
        ((".", "--status", "200"), "status"),
        ((".", "--delay", "soon"), "--delay"),
        ((".", "--drop", "--rate", "2"), "rate"),
        (("(", "--drop"), "regular expression"),
        ((".", "--status", "429", "--drop"), "one thing"),
        ((".", "--drop", "--times", "0"), "times"),
    ],
)
def test_trouble_that_makes_no_sense_is_refused(
    type_: Type, words: tuple[str, ...], said: str
) -> None:
    _refused(type_("fault", *words), said)


def test_a_world_is_loaded_from_a_file_with_its_past(type_: Type, tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(WORLD, encoding="utf-8")
    early = type_("world", "load", str(file))
    file.write_text(WORLD.replace("2026-01-02", "2d"), encoding="utf-8")
    before = _json(type_("status", "--output", "json"))
    made = _json(type_("world", "load", str(file), "--output", "json"))
    again = type_("world", "load", str(file))
    status = _json(type_("status", "--output", "json"))
    traffic = _json(
        type_("traffic", "contoso/support", "--rate", "6/h", "--since", "3d", "--output", "json")
    )
    inspected = _json(type_("inspect", "--kind", "call", "--output", "json"))

    _refused(early, "contoso", "plain")
    assert {key: made[key] for key in ("accounts", "tuned_models", "deployments")} == {
        "accounts": 1,
        "tuned_models": 1,
        "deployments": 2,
    }
    _refused(again, "contoso", "already")
    assert status["accounts"] - before["accounts"] == 1
    assert status["deployments"] - before["deployments"] == 2
    assert 300 < traffic["calls"] < 570
    assert len(inspected["events"]) == traffic["calls"] + made["calls"]


def test_a_thousand_accounts_with_five_deployments_load_in_seconds(type_: Type) -> None:
    world = "generate: {group: many, accounts: 1000, deployments: 5}"
    begun = time.perf_counter()
    made = _json(type_("world", "load", "-", "--output", "json", stdin=world))
    took = time.perf_counter() - begun

    assert made["created"] == 6000
    assert took < 30, f"{took:.1f} s; 5 s is the promise on a machine that does nothing else"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1", "YAML"),
        ("- a", "mapping"),
        ("{}", "accounts"),
        ("accounts: [{name: a, colour: red}]", "colour"),
        ("accounts: [{name: a/b}]", "slash"),
        ("accounts: [{name: ok-name, location: mars}]", "mars"),
        ("generate: {accounts: many}", "accounts"),
        ("generate: {accounts: 100000}", "20000"),
        ("accounts: [{name: ok-name, deployments: [{name: d, model: gpt-99}]}]", "gpt-99"),
        ("accounts: [{name: ok-name, created: tomorrow}]", "created"),
    ],
)
def test_a_world_that_cannot_be_is_refused_whole(type_: Type, text: str, said: str) -> None:
    before = _json(type_("status", "--output", "json"))["accounts"]

    _refused(type_("world", "load", "-", stdin=text), said)
    assert _json(type_("status", "--output", "json"))["accounts"] == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nobody", "--rate", "1/h"), "nobody"),
        (("nobody", "--rate", "often"), "nobody"),
        (("pair-0000/d1", "--rate", "often"), "rate"),
        (("d1", "--rate", "1/h"), "d1"),
    ],
)
def test_traffic_that_cannot_be_is_refused(
    type_: Type, two: str, words: tuple[str, ...], said: str
) -> None:
    assert two == "pair"
    _refused(type_("traffic", *words), said)


def test_the_clock_is_set_forward_only(type_: Type) -> None:
    now = datetime.fromisoformat(_json(type_("clock", "--output", "json"))["now"])
    to_come = (now + timedelta(hours=2)).isoformat()
    moved = _json(type_("clock", "--set", to_come, "--output", "json"))

    passed = datetime.fromisoformat(moved["now"]) - now
    assert timedelta(hours=2) <= passed < timedelta(hours=2, minutes=1)
    _refused(type_("clock", "--set", "2026-01-01T00:00:00Z"), "forward only")
    _refused(type_("clock", "--set", "later"), "later")


@pytest.mark.parametrize("text", ["", "2", "2 days", "-1s", "1h"])
def test_a_short_span_is_milliseconds_seconds_or_minutes(text: str) -> None:
    assert (parse_ms("300ms", "--delay"), parse_ms("1.5s", "--delay")) == (300, 1500)
    with pytest.raises(BadUsage):
        parse_ms(text, "--delay")
