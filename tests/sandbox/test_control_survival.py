"""A disk that is full, an address that others reach, a state that is none: said, and survived."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

GROUP = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups"
EVERYWHERE = "0.0.0.0"  # noqa: S104 -- what is refused
EAST = {"location": "eastus2"}


def test_a_full_disk_is_said_and_what_was_kept_stays(tmp_path: Path) -> None:
    from tests.conftest import start_sandbox, stop_sandbox

    sandbox = start_sandbox(tmp_path / "s")
    room = (tmp_path / "s/sandbox.db-wal").stat().st_size + 2_000_000
    resource.prlimit(sandbox.process.pid, resource.RLIMIT_FSIZE, (room, room))
    with sandbox.arm() as arm:
        answers = []
        for number in range(40):
            tags = {"t": "x" * 50_000}
            answers.append(arm.put(f"{GROUP}/full{number}", json={**EAST, "tags": tags}))
        refused = [answer for answer in answers if answer.status_code != 201]
        kept = [answer.json()["name"] for answer in answers if answer.status_code == 201]
        read = arm.get(f"{GROUP}/{kept[0]}")
    stop_sandbox(sandbox)
    again = start_sandbox(tmp_path / "s")
    with again.arm() as arm:
        shown = {one["name"] for one in arm.get(GROUP).json()["value"]}
    stop_sandbox(again)

    assert {answer.status_code for answer in refused} == {503}
    assert "cannot keep its state" in refused[0].json()["error"]["message"]
    assert read.status_code == 200
    assert shown == set(kept)


def _start(*options: str) -> dict[str, str]:
    """A start that is expected to be refused, and its one line."""
    command = [sys.executable, "-m", "ftops_sandbox", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 4, done.stdout
    assert "Traceback" not in done.stderr
    error: dict[str, str] = json.loads(done.stdout)["error"]
    return error


def test_an_address_that_others_reach_needs_a_word(tmp_path: Path) -> None:
    from tests.conftest import start_sandbox, stop_sandbox

    state = str(tmp_path / "s")
    refused = _start("--state", state, "--listen", EVERYWHERE)
    strange = _start("--state", state, "--listen", "everywhere")
    exposed = start_sandbox(tmp_path / "s", "--listen", EVERYWHERE, "--expose")
    with exposed.arm() as arm:
        answered = arm.get("/tenants").status_code
    stop_sandbox(exposed)

    assert refused["code"] == "NotLoopback"
    assert "published" in refused["message"]
    assert strange["code"] == "BadAddress"
    assert answered == 200


def test_a_state_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "sandbox.db").write_bytes(b"not a database, whatever its name says" * 100)

    refused = _start("--state", str(tmp_path))

    assert refused["code"] == "StateUnusable"
    assert str(tmp_path) in refused["message"]
