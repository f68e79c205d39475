"""Azure Resource Manager by path: read, write, delete, each followed to its end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ftops.azure.session import MANAGEMENT, Session
from ftops_catalog.errors import CloudRefused, NotReady

if TYPE_CHECKING:
    import httpx

Json = dict[str, Any]

SCOPE = f"{MANAGEMENT}/.default"
NOT_FOUND = 404
SIGN_IN = "az login, or mend AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"
ATTEMPTS_MAX = 6
POLL_SECONDS = 2.0
WAIT_SECONDS_MAX = 30.0
OPERATION_SECONDS_MAX = 1800.0
AGAIN = frozenset({408, 429, 500, 502, 503, 504})
BUSY = frozenset({"AnotherOperationInProgress", "RequestConflict"})
SETTLED = frozenset({"succeeded", "failed", "canceled"})

HINTS: Mapping[str, str] = {
    "InsufficientQuota": "lower the capacity in the stack file, or see what is free: ftops quota",
    "FlagMustBeSetForRestore": (
        "it was deleted less than 48 hours ago; purge it: az cognitiveservices account purge"
        " --name {name} --resource-group {group} --location REGION"
    ),
    "CustomDomainInUse": "state another customSubDomainName in the stack file",
}
"""What to type next, by Azure's own code."""


@dataclass
class Arm:
    """One signed-in connection; every call raises CloudRefused with Azure's code and text.

    `sleep` is handed the seconds that Azure asks to wait. Use it as a context manager.
    """

    session: Session
    sleep: Callable[[float], None] = time.sleep
    _client: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        import httpx

        self._client = httpx.Client(base_url=MANAGEMENT, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def get(self, path: str, api_version: str) -> Json | None:
        """What lies at a path, None where nothing does."""
        answer = self._send("GET", _address(path, api_version))
        if answer.status_code == NOT_FOUND:
            return None
        return _body(_checked(answer, path))

    def items(self, path: str, api_version: str) -> list[Json]:
        """Every item of a list, to its last page; a parent that does not exist holds nothing."""
        found: list[Json] = []
        address = _address(path, api_version)
        while address:
            answer = self._send("GET", address)
            if answer.status_code == NOT_FOUND:
                return found
            page = _body(_checked(answer, path))
            found.extend(page.get("value", ()))
            address = page.get("nextLink") or ""
        return found

    def put(self, path: str, api_version: str, body: Mapping[str, Any]) -> Json:
        """Writes what should be there and waits until Azure says that it is."""
        answer = _checked(self._send("PUT", _address(path, api_version), body), path)
        self._follow(answer, path)
        settled = self._settled(path, api_version)
        return settled if settled is not None else _body(answer)

    def post(self, path: str, api_version: str, body: Mapping[str, Any] | None = None) -> Json:
        """An action or a question that is answered at once, such as listKeys."""
        return _body(_checked(self._send("POST", _address(path, api_version), body), path))

    def delete(self, path: str, api_version: str) -> None:
        """Deletes and waits until it is gone; what is not there is gone already."""
        answer = self._send("DELETE", _address(path, api_version))
        if answer.status_code != NOT_FOUND:
            self._follow(_checked(answer, path), path)

    def _settled(self, path: str, api_version: str) -> Json | None:
        """The resource, once its provisioning state moves no more."""
        waited = 0.0
        while True:
            body = self.get(path, api_version)
            state = _state(body)
            if state not in SETTLED and waited < OPERATION_SECONDS_MAX:
                self.sleep(POLL_SECONDS)
                waited += POLL_SECONDS
                continue
            if state in {"failed", "canceled"}:
                raise _refused(path, state.capitalize(), "Azure could not finish it")
            return body

    def _follow(self, answer: httpx.Response, path: str) -> None:
        """Polls a long-running operation to its end."""
        operation = answer.headers.get("azure-asyncoperation")
        location = answer.headers.get("location")
        waited = 0.0
        while address := operation or (location if answer.status_code == 202 else None):  # noqa: PLR2004 - 202 is HTTP's "accepted"
            answer = _checked(self._send("GET", address), path)
            if operation:
                status = str(_body(answer).get("status", "Succeeded")).casefold()
                if status in SETTLED:
                    _raise_failed(_body(answer), path)
                    return
            elif answer.status_code != 202:  # noqa: PLR2004 - as above
                return
            seconds = _wait_seconds(answer, POLL_SECONDS)
            waited += seconds
            if waited > OPERATION_SECONDS_MAX:
                raise CloudRefused(f"{path}: Azure is still at it after half an hour")
            self.sleep(seconds)

    def _send(
        self, method: str, address: str, body: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        """One request, repeated as long as Azure asks to come back later."""
        with _silence(f"{method} {address.partition('?')[0]}"):
            for attempt in range(1, ATTEMPTS_MAX + 1):
                token = self.session.credential.get_token(SCOPE).token
                answer = self._client.request(
                    method, address, json=body, headers={"Authorization": f"Bearer {token}"}
                )
                busy = answer.status_code in AGAIN or _error(answer)[0] in BUSY
                if not busy or attempt == ATTEMPTS_MAX:
                    break
                self.sleep(_wait_seconds(answer, float(attempt)))
        return answer


@contextmanager
def _silence(doing: str) -> Iterator[None]:
    """What the session's `refusals` does, without an SDK that takes a second to import."""
    import httpx
    from azure.core.exceptions import AzureError

    try:
        yield
    except AzureError as error:
        text = str(getattr(error, "message", error))
        if "Unable to connect" in text or "NewConnectionError" in text:
            raise _nothing(doing) from error
        said = re.search(r"AADSTS\d+: [^.\n]*", text)
        why = said.group(0) if said else text.strip().partition("\n")[0].rstrip(".")
        raise CloudRefused(f"Azure did not accept the sign-in: {why}", SIGN_IN) from error
    except httpx.TransportError as error:
        raise _nothing(doing) from error


def _nothing(doing: str) -> NotReady:
    return NotReady(f"{doing}: nothing answered", "ftops doctor tells what this shell points at")


def _address(path: str, api_version: str) -> str:
    from urllib.parse import quote

    return f"{quote(path)}?api-version={api_version}"


def _body(answer: httpx.Response) -> Json:
    body = answer.json() if answer.content else {}
    return body if isinstance(body, dict) else {}


def _state(body: Json | None) -> str:
    properties = (body or {}).get("properties") or {}
    return str(properties.get("provisioningState") or "Succeeded").casefold()


def _error(answer: httpx.Response) -> tuple[str, str]:
    """Azure's code and text of a refusal, empty for anything else."""
    if answer.is_success:
        return "", ""
    try:
        error = _body(answer).get("error")
    except ValueError:
        error = None
    if not isinstance(error, dict):
        return f"HTTP {answer.status_code}", answer.text[:200]
    return str(error.get("code", "")), str(error.get("message", ""))


def _checked(answer: httpx.Response, path: str) -> httpx.Response:
    code, text = _error(answer)
    if code:
        raise _refused(path, code, text)
    return answer


def _raise_failed(operation: Json, path: str) -> None:
    if str(operation.get("status", "")).casefold() != "succeeded":
        error = operation.get("error") or {}
        code = str(error.get("code") or operation.get("status"))
        raise _refused(path, code, str(error.get("message") or "the operation did not succeed"))


def _refused(path: str, code: str, text: str) -> CloudRefused:
    name = path.rstrip("/").rsplit("/", 1)[-1]
    group = path.partition("/resourceGroups/")[2].partition("/")[0]
    hint = HINTS.get(code, "").format(name=name, group=group)
    return CloudRefused(f"{name}: {text.strip()}", hint, azure_code=code)


def _wait_seconds(answer: httpx.Response, otherwise: float) -> float:
    """How long Azure asks to wait; its milliseconds are the finer word."""
    for header, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = answer.headers.get(header, "")
        if value.replace(".", "", 1).isdigit():
            return min(max(float(value) * unit, 0.05), WAIT_SECONDS_MAX)
    return otherwise
