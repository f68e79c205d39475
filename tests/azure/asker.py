"""Whoever asks one target the steps of the suite: fills in names and waits."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx
from tests.azure.shape import Shape, shape
from tests.azure.suite import ARM, Step
from tests.azure.target import SCOPE, VERSION, Target
from tests.conftest import Sandbox

VERSIONS: Final = {"arm": VERSION, "plane": "2024-10-21"}
DONE: Final = {"Succeeded", "Failed", "Canceled", "processed", "error", "succeeded"}
WAIT_S_MAX: Final = 900.0
THROTTLED: Final = {429, 503}


@dataclass
class Asker:
    """One target: how to reach it, what to call things there, what earlier answers gave."""

    client: httpx.Client
    token: Callable[[], str]
    wait: Callable[[float], None]
    known: dict[str, str]

    @classmethod
    @contextmanager
    def of_azure(cls, target: Target) -> Iterator[Asker]:
        """Azure, with whatever credential this shell has; proxies and roots are the shell's."""
        from azure.identity import DefaultAzureCredential

        with (
            DefaultAzureCredential() as credential,
            httpx.Client(timeout=60, verify=ssl.create_default_context()) as client,
        ):
            yield cls(
                client, lambda: credential.get_token(SCOPE).token, target.wait, _known(target)
            )

    @classmethod
    @contextmanager
    def of_sandbox(cls, target: Target, started: Sandbox) -> Iterator[Asker]:
        """A sandbox of its own, by Azure's names; its clock is advanced instead of waited for."""
        roots = ssl.create_default_context(cafile=started.running.ca)
        with httpx.Client(
            proxy=started.running.proxy, verify=roots, trust_env=False, timeout=60
        ) as client:
            yield cls(client, started.token, target.wait, _known(target))

    def ask(self, step: Step) -> Shape:
        """The shape of the answer to a step, or of what it settles to."""
        answer = self._send(step)
        body = _body(answer)
        for name, key in step.keep.items():
            self.known[name] = (
                str(body.get(key, "missing")) if isinstance(body, dict) else "missing"
            )
        found = shape(answer.status_code, body)
        if step.settles and answer.is_success:
            self._settle(step)
        return found

    def _settle(self, step: Step) -> None:
        """Waits until what a step began has ended, by asking for the thing itself."""
        waited, pause = 0.0, 0.5
        while step.settles and waited < WAIT_S_MAX:
            answer = self._send(Step(step.title, step.plane, "GET", step.path))
            body = _body(answer)
            state = _state(body) if isinstance(body, dict) else ""
            gone = answer.status_code == httpx.codes.NOT_FOUND
            if gone or (step.method != "DELETE" and state in DONE):
                return
            self.wait(pause)
            waited, pause = waited + pause, min(pause * 2, 15.0)

    def _send(self, step: Step) -> httpx.Response:
        """One request; one that was throttled is asked again, for a busy hour is no difference."""
        base = "https://management.azure.com" if step.plane == ARM else self._filled(_PLANE)
        headers = {"authorization": f"Bearer {self.token()}"} if step.plane == ARM else {}
        if step.plane != ARM:
            headers["api-key"] = self.known["key"]
        sent: dict[str, Any] = {}
        if step.body is not None:
            sent["json"] = json.loads(self._filled(json.dumps(step.body)))
        if step.upload:
            sent = {"data": {"purpose": "fine-tune"}, "files": {"file": ("a.jsonl", step.upload)}}
        url, version = base + self._filled(step.path), {"api-version": VERSIONS[step.plane]}
        for _ in range(5):
            answer = self.client.request(step.method, url, params=version, headers=headers, **sent)
            if answer.status_code not in THROTTLED:
                break
            self.wait(float(answer.headers.get("retry-after", 10)))
        return answer

    def _filled(self, text: str) -> str:
        for name, value in self.known.items():
            text = text.replace(f"{{{name}}}", value)
        return text


_PLANE: Final = "https://{name}.openai.azure.com/openai"


def _known(target: Target) -> dict[str, str]:
    return {
        "subscription": target.subscription,
        "group": target.group,
        "location": target.location,
        "name": target.run,
    }


def _body(answer: httpx.Response) -> Any:
    text = answer.headers.get("content-type", "").startswith("application/json")
    return answer.json() if text and answer.content else None


def _state(body: dict[str, Any]) -> str:
    inside = body.get("properties") or {}
    return str(inside.get("provisioningState") or body.get("status") or "")
