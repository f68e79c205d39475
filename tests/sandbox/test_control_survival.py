"""What no request and no death of the process may break."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from tests.conftest import Sandbox

GROUP = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups"
EVERYWHERE = "0.0.0.0"  # noqa: S104 -- what is refused
ACCOUNTS = "/providers/Microsoft.CognitiveServices/accounts"
EAST = {"location": "eastus2"}


def _write(sandbox: Sandbox, name: str, kept: list[str]) -> None:
    """Writes accounts until the sandbox is gone; each that was acknowledged is kept."""
    with sandbox.arm() as arm:
        for number in range(10_000):
            path = f"{GROUP}/kill{ACCOUNTS}/{name}-{number}"
            body = {**EAST, "kind": "OpenAI", "sku": {"name": "S0"}, "properties": {}}
            body["location"] = ("eastus2", "westus", "uksouth", "italynorth")[number % 4]
            try:
                if arm.put(path, json=body).status_code == 201:
                    kept.append(path.casefold())
            except httpx.TransportError:
                return


def test_a_kill_amid_writes_loses_nothing_and_leaves_no_half(tmp_path: Path) -> None:
    from tests.conftest import start_sandbox, stop_sandbox

    first = start_sandbox(tmp_path / "s")
    with first.arm() as arm:
        arm.put(f"{GROUP}/kill", json=EAST)
    kept: list[str] = []
    writers = [threading.Thread(target=_write, args=(first, f"w{n}", kept)) for n in range(4)]
    for writer in writers:
        writer.start()
    while len(kept) < 40:
        assert first.process.poll() is None
    os.kill(first.process.pid, signal.SIGKILL)
    for writer in writers:
        writer.join()
    first.plain.close()
    first.process.wait()

    second = start_sandbox(tmp_path / "s")
    dump = second.ask("GET", "state")
    stop_sandbox(second)
    there = {one["id"].casefold() for one in dump["documents"][ACCOUNTS.split("/", 2)[2]]}
    created = {e["subject"] for e in dump["events"] if e["kind"] == "account.created"}
    named = {one["body"]["id"].casefold() for one in dump["documents"]["account.name"]}

    assert set(kept) <= there
    # An account is one write of several rows: all of them are there, or none.
    assert there == created == named


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
