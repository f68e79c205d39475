"""Keeps one comment on a pull request: found by its first line, edited in place, else written."""  # noqa: INP001 - a script that a runner starts

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

PAGES_MAX = 50
BY_THE_PAGE = 100
REFUSED = frozenset({401, 403, 404})


def ask(method: str, path: str, body: dict[str, str] | None = None) -> Any:
    """One call of GitHub's REST API, signed in by the job's own token."""
    address = f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}/{path}"
    request = urllib.request.Request(  # noqa: S310 - GitHub's own address, from the runner
        address,
        method=method,
        data=json.dumps(body).encode() if body else None,
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
        return json.load(answer)


def find(number: str, marker: str) -> int | None:
    """Our own comment: a person who quotes its first line has not written it."""
    for page in range(1, PAGES_MAX + 1):
        query = f"per_page={BY_THE_PAGE}&page={page}"
        comments = ask("GET", f"issues/{number}/comments?{query}")
        for each in comments:
            if each["user"]["type"] == "Bot" and each["body"].startswith(marker):
                return int(each["id"])
        if len(comments) < BY_THE_PAGE:
            return None
    return None


def main() -> None:
    """Writes what COMMENT holds to the pull request NUMBER; without the right to, says so."""
    body = Path(os.environ["COMMENT"]).read_text(encoding="utf-8")
    marker, number = body.partition("\n")[0], os.environ["NUMBER"]
    try:
        known = find(number, marker)
        if known is None:
            ask("POST", f"issues/{number}/comments", {"body": body})
        else:
            ask("PATCH", f"issues/comments/{known}", {"body": body})
    except urllib.error.HTTPError as error:
        if error.code not in REFUSED:
            raise
        # A fork's pull request may only read; its summary and annotations are there.
        sys.stdout.write(f"::notice::GitHub refused the comment ({error.code}); see the summary.\n")


if __name__ == "__main__":
    main()
