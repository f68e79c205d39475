"""`kill -9` in the middle of every kind of write: what was acknowledged is there, and no halves."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

GROUPS = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups"
ACCOUNTS = "/providers/Microsoft.CognitiveServices/accounts"
ACCOUNT = ACCOUNTS.split("/", 2)[2]
HOME = f"{GROUPS}/kill{ACCOUNTS}/survivor"
MODEL = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
DEPLOYMENT = {"sku": {"name": "GlobalStandard", "capacity": 1}, "properties": {"model": MODEL}}
EAST = {"location": "eastus2"}
REGIONS = ("eastus2", "westus", "uksouth", "italynorth", "swedencentral")
SECONDS_MAX = 60


@dataclass
class Said:
    """What the sandbox has acknowledged; lists and dictionaries, since threads only add."""

    written: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    jobs: list[str] = field(default_factory=list)

    def enough(self) -> bool:
        return all(len(kept) >= 3 for kept in (self.deleted, self.files, self.jobs)) and (
            len(self.written) >= 12
        )


def _account(name: str, number: int) -> dict[str, Any]:
    sku = {"kind": "OpenAI", "sku": {"name": "S0"}}
    properties = {"customSubDomainName": name}
    return {**sku, "location": REGIONS[number % len(REGIONS)], "properties": properties}


def _write_groups(sandbox: Sandbox, said: Said, seed: int) -> None:
    """Groups with two accounts each; the one before is deleted with all that is in it."""
    with sandbox.arm() as arm:
        for number in range(1_000):
            name = f"s{seed}-{number}"
            group = f"{GROUPS}/{name}".casefold()
            paths = [group, *(f"{group}{ACCOUNTS}/{name}-{which}".casefold() for which in "ab")]
            for path in paths:
                body = EAST if path == group else _account(path.rpartition("/")[2], number)
                if arm.put(path, json=body).status_code == 201:
                    said.written.append(path)
            if number % 2:
                said.begun.append(group)
                if arm.delete(group).status_code == 202:
                    said.deleted.append(group)


def _write_deployments(sandbox: Sandbox, said: Said, seed: int) -> None:
    with sandbox.arm() as arm:
        for number in range(1_000):
            path = f"{HOME}/deployments/s{seed}-{number}".casefold()
            if arm.put(path, json=DEPLOYMENT).status_code == 201:
                said.written.append(path)
                sandbox.advance(seconds=2)


def _write_files(sandbox: Sandbox, said: Said, seed: int) -> None:
    with sandbox.arm() as arm:
        key = arm.post(f"{HOME}/listKeys").json()["key1"]
    base = f"{sandbox.http}/_acct/survivor/openai/v1/"
    with httpx.Client(base_url=base, headers={"api-key": key}, trust_env=False, timeout=60) as data:
        for number in range(1_000):
            turns = [{"role": "user", "content": f"{seed} {number}"}]
            line = json.dumps({"messages": [*turns, {"role": "assistant", "content": "yes"}]})
            content = (line + "\n").encode() * (12 + number * 50)
            sent = {"file": ("train.jsonl", content)}
            made = data.post("files", data={"purpose": "fine-tune"}, files=sent)
            if made.status_code == 201:
                said.files[made.json()["id"]] = content
                sandbox.advance(minutes=2)
                wanted = {"model": "gpt-4.1-mini-2025-04-14", "training_file": made.json()["id"]}
                job = data.post("fine_tuning/jobs", json=wanted)
                if job.status_code == 201:
                    said.jobs.append(job.json()["id"])


Writer = Callable[["Sandbox", Said, int], None]
WRITERS: tuple[Writer, ...] = (_write_groups, _write_groups, _write_deployments, _write_files)


def _until_gone(writer: Writer, sandbox: Sandbox, said: Said, seed: int) -> None:
    try:
        writer(sandbox, said, seed)
    except httpx.TransportError:
        return


def _kill_amid_writes(sandbox: Sandbox, said: Said, seed: int) -> None:
    """Writes from four sides until each has something to show, and a random moment longer."""
    threads = [
        threading.Thread(target=_until_gone, args=(writer, sandbox, said, seed * 10 + place))
        for place, writer in enumerate(WRITERS)
    ]
    for thread in threads:
        thread.start()
    bound = time.monotonic() + SECONDS_MAX
    while not said.enough() and time.monotonic() < bound:
        assert sandbox.process.poll() is None
        time.sleep(0.01)
    time.sleep(random.Random(seed).random() / 5)  # noqa: S311 -- any moment will do
    os.kill(sandbox.process.pid, signal.SIGKILL)
    for thread in threads:
        thread.join(timeout=SECONDS_MAX)
        assert not thread.is_alive()
    sandbox.plain.close()
    sandbox.process.wait(timeout=SECONDS_MAX)


@pytest.fixture
def states(tmp_path: Path) -> Path:
    """A folder on which a sandbox was prepared: one group, one settled account."""
    from tests.conftest import start_sandbox, stop_sandbox

    first = start_sandbox(tmp_path / "s")
    with first.arm() as arm:
        arm.put(f"{GROUPS}/kill", json=EAST)
        assert arm.put(HOME, json=_account("survivor", 4)).status_code == 201
    first.advance(minutes=1)
    stop_sandbox(first)
    return tmp_path / "s"


def _ids(dump: dict[str, Any], kind: str) -> set[str]:
    found = {name.casefold(): kept for name, kept in dump["documents"].items()}
    return {one["id"].casefold() for one in found.get(kind.casefold(), [])}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_kill_amid_every_kind_of_write_loses_nothing_and_leaves_no_half(
    states: Path, seed: int
) -> None:
    from tests.conftest import start_sandbox, stop_sandbox

    said = Said()
    _kill_amid_writes(start_sandbox(states), said, seed)
    again = start_sandbox(states)
    dump = again.ask("GET", "state")
    with again.arm() as arm:
        key = arm.post(f"{HOME}/listKeys").json()["key1"]
    base = f"{again.http}/_acct/survivor/openai/v1/"
    with httpx.Client(base_url=base, headers={"api-key": key}, trust_env=False, timeout=60) as data:
        read = {one: data.get(f"files/{one}/content").content for one in said.files}
        jobs = [data.get(f"fine_tuning/jobs/{one}").status_code for one in said.jobs]
    stop_sandbox(again)
    groups = _ids(dump, "Microsoft.Resources/resourceGroups")
    accounts, deployments = _ids(dump, ACCOUNT), _ids(dump, f"{ACCOUNT}/deployments")

    assert said.enough()
    # Whatever was acknowledged is there, unless a delete of its group was at least asked for.
    doomed = tuple(f"{group}/" for group in said.begun)
    there = groups | accounts | deployments
    kept = {path for path in said.written if not f"{path}/".startswith(doomed)}
    assert kept <= there
    assert read == said.files
    assert set(jobs) == {200}
    # A deleted group is gone with all in it; one whose delete was under way is whole or gone.
    assert not set(said.deleted) & groups
    assert {account.partition("/providers/")[0] for account in accounts} <= groups
    assert {each.rpartition("/deployments/")[0] for each in deployments} <= accounts
    for group in set(said.begun) & groups:
        assert {one for one in said.written if one.startswith(f"{group}/")} <= accounts
    # What stands in several rows stands in all of them.
    named = {one["body"]["id"].casefold() for one in dump["documents"]["account.name"]}
    assert named == accounts | _ids(dump, "Microsoft.CognitiveServices/deletedAccounts")
    files = {one["id"].rpartition("/")[2] for one in dump["documents"]["file"]}
    assert files == {blob["key"].removeprefix("file/") for blob in dump["blobs"]} & files
    started = {e["subject"] for e in dump["events"] if e["kind"] == "account.created"}
    assert accounts <= started
