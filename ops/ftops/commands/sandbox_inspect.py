"""`ftops sandbox inspect`: everything that the local Azure holds."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.option import state_option

ANSWER = (
    "speed",
    "documents{}[].id",
    "documents{}[].parent",
    "documents{}[].created",
    "documents{}[].body",
    "events[].seq",
    "events[].time",
    "events[].kind",
    "events[].subject",
    "events[].body",
    "blobs[].key",
    "blobs[].bytes",
    "faults[]",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command()
@state_option
@click.option("--kind", help="Only kinds that hold this text: deployments, call, job.")
@click.option("--no-events", is_flag=True, help="Only what there is, not what happened.")
@output_option
def command(state: Path, kind: str | None, no_events: bool, output: str) -> None:
    """Show all that the local Azure holds.

    The table counts it. JSON is the whole of it for tests and programs, in a stable order:
    documents by kind and id, events by time, files by name. Keys of accounts are in it; what
    signs tokens is not.

    \b
    Examples:
      ftops sandbox inspect
      ftops sandbox inspect --kind deployments --no-events --output json
    """
    from urllib.parse import urlencode

    from ftops.azure.sandbox import ask
    from ftops.sandbox import require_running

    query = {"kind": kind} if kind else {}
    query |= {"events": "no"} if no_events else {}
    found = ask(require_running(state), "GET", f"state?{urlencode(query)}")
    now = datetime.fromisoformat(found.pop("now"))
    rows = [("document", name, len(kept)) for name, kept in found["documents"].items()]
    happened = Counter(str(event["kind"]) for event in found["events"])
    rows += [("event", name, count) for name, count in sorted(happened.items())]
    rows += [("file", "bytes", sum(one["bytes"] for one in found["blobs"]))] * bool(found["blobs"])
    table = Table(("what", "kind", "how many"), rows, empty="nothing yet")
    emit(Answer("sandbox inspect", now, found, [table]), output)
