"""GitHub's side of a pull request: one comment, found by its first line and edited in place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from ftops_catalog.errors import BadUsage, CloudRefused, NotReady

if TYPE_CHECKING:
    import httpx

PAGES_MAX: Final = 50
BY_THE_PAGE: Final = 100
TIMEOUT_SECONDS: Final = 60
REFUSED: Final = frozenset({401, 403, 404})
"""What GitHub answers a token that may only read, such as one of a fork's pull request."""


@dataclass(frozen=True)
class PullRequest:
    """Where the comment goes: `api` is the REST API's address, `repository` is OWNER/NAME."""

    api: str
    repository: str
    number: int
    token: str


@dataclass(frozen=True)
class Kept:
    """What became of the comment, and its id; None where GitHub refused, with its status."""

    action: Literal["written", "edited", "refused"]
    id: int | None = None
    status: int = 200


def find_pull_request(environment: Mapping[str, str], number: int | None) -> PullRequest:
    """The pull request of a workflow's run, as GitHub tells it in the runner's environment.

    Raises NotReady where a variable is missing, BadUsage where the run is about none.
    """
    names = ("GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN")
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise NotReady(f"{missing[0]} is not set", "a workflow of GitHub Actions sets it")
    told = re.fullmatch(r"refs/pull/(\d+)/\w+", environment.get("GITHUB_REF", ""))
    if number is None and told is None:
        raise BadUsage("this run is about no pull request", "name one: --pull-request 7")
    found = int(told[1]) if number is None and told else number
    api, repository, token = (environment[name] for name in names)
    return PullRequest(api, repository, found or 0, token)


def keep_comment(pull: PullRequest, text: str) -> Kept:
    """Edits the comment that begins with the same line, or writes it where there is none.

    A token that may not write is told in the answer. Raises CloudRefused for anything else that
    GitHub refuses, NotReady where it does not answer.
    """
    import httpx

    try:
        with _open(pull) as client:
            known = _find(client, pull, text.partition("\n")[0])
            if known is None:
                path = f"issues/{pull.number}/comments"
                return Kept("written", _ask(client, "POST", path, text)["id"])
            _ask(client, "PATCH", f"issues/comments/{known}", text)
            return Kept("edited", known)
    except httpx.HTTPStatusError as refusal:
        status = refusal.response.status_code
        if status in REFUSED:
            return Kept("refused", status=status)
        said = refusal.response.text[:200]
        raise CloudRefused(f"GitHub refused the comment ({status}): {said}") from None
    except httpx.HTTPError as error:
        raise NotReady(f"GitHub did not answer: {error or type(error).__name__}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CloudRefused(f"what answers at {pull.api} is not GitHub's API") from None


def _open(pull: PullRequest) -> httpx.Client:
    import httpx

    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {pull.token}",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    address = f"{pull.api.rstrip('/')}/repos/{pull.repository}/"
    return httpx.Client(base_url=address, headers=headers, timeout=TIMEOUT_SECONDS)


def _find(client: httpx.Client, pull: PullRequest, marker: str) -> int | None:
    """Our own comment: a person who quotes its first line has not written it."""
    for each in _comments(client, pull):
        body = each.get("body") or ""
        if (each.get("user") or {}).get("type") == "Bot" and body.startswith(marker):
            return int(each["id"])
    return None


def _comments(client: httpx.Client, pull: PullRequest) -> Iterator[dict[str, Any]]:
    for page in range(1, PAGES_MAX + 1):
        query = f"per_page={BY_THE_PAGE}&page={page}"
        listed = _ask(client, "GET", f"issues/{pull.number}/comments?{query}")
        yield from listed
        if len(listed) < BY_THE_PAGE:
            return


def _ask(client: httpx.Client, method: str, path: str, body: str | None = None) -> Any:
    answer = client.request(method, path, json={"body": body} if body is not None else None)
    answer.raise_for_status()
    return answer.json()
