"""The world that docs/sandbox.md shows, loaded as it stands there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.conftest import Sandbox

ROOT = Path(__file__).parents[2]
ACCOUNT = (
    "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-contoso"
    "/providers/Microsoft.CognitiveServices/accounts/contoso"
)


def _age(sandbox: Sandbox, shown: dict[str, Any]) -> timedelta:
    return sandbox.now() - datetime.fromisoformat(shown["systemData"]["createdAt"])


def test_the_world_on_the_page_loads_and_is_what_it_says(alone: Sandbox, tmp_path: Path) -> None:
    page = (ROOT / "docs/sandbox.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```yaml\n(accounts:.*?)```", page, re.DOTALL)
    file = tmp_path / "world.yaml"
    file.write_text(text, encoding="utf-8")
    words = ["sandbox", "world", "load", str(file), "--state", alone.running.state]
    command = [sys.executable, "-m", "ftops", *words, "--output", "json"]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    counts = {name: told[name] for name in ("accounts", "tuned_models", "deployments", "expired")}
    assert counts == {"accounts": 101, "tuned_models": 1, "deployments": 501, "expired": 0}
    with alone.arm() as arm:
        account = arm.get(ACCOUNT).json()
        deployment = arm.get(f"{ACCOUNT}/deployments/support").json()
        key = arm.post(f"{ACCOUNT}/listKeys").json()["key1"]
    head = {name: account[name] for name in ("location", "kind", "tags")}
    assert head == {"location": "swedencentral", "kind": "OpenAI", "tags": {"owner": "ml"}}
    assert deployment["sku"] == {"name": "Standard", "capacity": 10}
    assert deployment["tags"] == {"environment": "dev"}
    assert deployment["properties"]["model"]["name"].endswith("-support")
    ages = [_age(alone, account), _age(alone, deployment)]
    assert [round(age / timedelta(days=1), 2) for age in ages] == [10, 8]
    events = alone.ask("GET", "state?kind=call")["events"]
    calls = [datetime.fromisoformat(one["time"]) for one in events]
    assert len(calls) == told["calls"] > 0
    assert min(calls) >= alone.now() - timedelta(days=3, minutes=5)
    answer = alone.plain.post(
        "/_acct/contoso/openai/deployments/support/chat/completions",
        params={"api-version": "2024-10-21"},
        headers={"api-key": key},
        json={"messages": [{"role": "user", "content": "Hi"}]},
    )
    assert answer.status_code == 200, answer.text
