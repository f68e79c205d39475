"""Undoes a run: its groups with all in them, and the deleted accounts that Azure keeps of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx
from tests.azure.run import Run, buried, mine
from tests.azure.target import Target

GONE_S_MAX: Final = 900.0
ATTEMPTS: Final = 8
HOPELESS: Final = {400, 401, 403, 405}
Json = dict[str, Any]


@dataclass(frozen=True)
class Teardown:
    """Deletes what carries the run's tag, and nothing else."""

    run: Run
    target: Target
    arm: httpx.Client

    def all(self) -> list[str]:
        """Deletes what there is, and answers the ids of what could not be, each said aloud."""
        left = []
        groups = self._ours()
        for name in groups:
            left += self._delete(f"{self.target.subscription}/resourceGroups/{name}", self._tagged)
        for identity in buried(self._listed(self._deleted), self.run, groups):
            left += self._delete(identity, lambda _: True)
        return left

    @property
    def _deleted(self) -> str:
        return f"{self.target.subscription}/providers/Microsoft.CognitiveServices/deletedAccounts"

    def _ours(self) -> list[str]:
        return mine(self._listed(f"{self.target.subscription}/resourceGroups"), self.run)

    def _tagged(self, path: str) -> bool:
        """Asked again right before a group is deleted: a tag may have been taken off it."""
        answer = self._send("GET", path)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return False
        return bool(mine([answer.raise_for_status().json()], self.run))

    def _listed(self, path: str) -> Iterator[Json]:
        while path:
            answer = self._send("GET", path)
            answer.raise_for_status()
            page = answer.json()
            yield from page["value"]
            path = page.get("nextLink") or ""

    def _delete(self, path: str, allowed: Callable[[str], bool]) -> list[str]:
        said = "it was still there"
        for attempt in range(ATTEMPTS):
            try:
                if not allowed(path):
                    return []
                answer = self._send("DELETE", path)
                if answer.is_success or answer.status_code == httpx.codes.NOT_FOUND:
                    self.target.until(lambda: self._gone(path), GONE_S_MAX)
                    return []
                said = answer.text
            except (httpx.HTTPError, AssertionError) as error:
                said = str(error)
            else:
                if answer.status_code in HOPELESS:
                    break
            self.target.wait(0.5 * 2.0**attempt)
        sys.stderr.write(f"test-azure: NOT DELETED, do it yourself: {path} ({said})\n")
        return [path]

    def _gone(self, path: str) -> bool | None:
        return self._send("GET", path).status_code == httpx.codes.NOT_FOUND or None

    def _send(self, method: str, path: str) -> httpx.Response:
        """One request; a busy or broken answer is asked for again."""
        for attempt in range(ATTEMPTS):
            answer = self.arm.request(method, path)
            if answer.status_code not in {429, 500, 502, 503, 504}:
                break
            self.target.wait(float(answer.headers.get("retry-after", 2.0**attempt)))
        return answer
