"""`docs/parity.md`, rendered from what the tests declare; `make docs` writes it.

A test declares with `@pytest.mark.proves("PUT accounts", client="openai", differs="...")` the
operations in Azure's words, the real client that asks, and what is known or assumed to differ from
Azure. The declarations are read off the source, so the page does not depend on what could run.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.sandbox.served import expanded

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs/parity.md"
MET: Final = ROOT / "docs/parity-azure.json"
"""What the run against real Azure wrote; absent until somebody has run it."""

MARK: Final = "pytest.mark.proves"
METHODS: Final = ("PUT", "PATCH", "GET", "HEAD", "POST", "DELETE")
LOCKS: Final = ("dev.txt", "clients-az.txt", "clients-c7n.txt")
PUBLISHED: Final = "published example"
"""The client of the spec tests: a request of Azure's own, its answer held to the schema."""

UNPROVED: Final[dict[str, str]] = {
    "POST openai/fine_tuning/jobs/{id}/events": "answers as GET does; no client here sends it",
    "POST openai/fine_tuning/jobs/{id}/checkpoints": "answers as GET does; no client here sends it",
}
"""Operations that the sandbox serves and no test declares, with the reason."""

PLANES: Final = (
    ("Sign-in", ("token", "metadata", "openid", "discovery", "devicecode")),
    ("Azure OpenAI data plane", ("openai/",)),
    ("Monitor and Activity Log", ("metrics", "metricDefinitions", "activityLogs")),
    ("Prices, cost and Resource Graph", ("retailPrices", "CostManagement/", "ResourceGraph/")),
    (
        "Cognitive Services",
        ("accounts", "deletedAccounts", "locations/", "skus", "check", "model", "calculate"),
    ),
    ("Resource Manager", ("",)),
)
"""Each heading of the page with the first words of the paths below it; the last takes the rest."""

HEAD: Final = """\
# Parity with Azure

This page is written by `make docs` from what the tests of the sandbox declare, not from which of
them ran; so it is the same on every machine. An operation that is not here is not claimed.

- **Client**: the real client that asks in that test, at the version that the tests are locked to.
  "published example" is a request that Microsoft published with its specification, sent as it is
  (names adapted), whose answer is held to the published status codes and schema; httpx sends it,
  and it is skipped where the specifications are not at hand.
- **Differs**: what is known, or assumed for want of a source, to differ from Azure.
- azure-cli and c7n are processes of their own, installed and run by `make test-clients`.
"""

UNPROVED_HEAD: Final = """\
## Served without a proof

No test of a real client declares these.
"""

NEVER_MET: Final = """\
**Never.** `make test-azure` runs the tests that are marked `on_azure`, and requests of its own, on
a subscription of yours and on a sandbox, and writes here what differed. It has been tried against a
sandbox in Azure's place alone.
"""


@dataclass(frozen=True, order=True)
class Proof:
    """One test's declaration, for one of the operations it names."""

    operation: str
    client: str
    test: str
    differs: str


def declared(folder: Path = ROOT / "tests") -> list[Proof]:
    """Every declaration in the tests, sorted. Raises ValueError on one that cannot be read."""
    files = sorted(folder.rglob("test_*.py"))
    return sorted(proof for path in files for proof in _in_file(path))


def versions(folder: Path = ROOT / "requirements") -> dict[str, str]:
    """The version of each locked package, by its name."""
    locked = "\n".join((folder / name).read_text(encoding="utf-8") for name in reversed(LOCKS))
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", locked, re.MULTILINE))


def render(proofs: Iterable[Proof], met: Path = MET) -> str:
    """The whole page."""
    known = versions()
    by_plane: dict[str, list[Proof]] = {plane: [] for plane, _ in PLANES}
    for proof in proofs:
        by_plane[_plane(proof.operation)].append(proof)
    tables = [line for plane, found in by_plane.items() for line in _table(plane, found, known)]
    bare = [f"- `{each}`: {why}" for each, why in sorted(UNPROVED.items())]
    without = [UNPROVED_HEAD, *bare, ""] if bare else []
    return "\n".join([HEAD, *tables, *without, "## Met real Azure\n", _met(met)])


def _in_file(path: Path) -> Iterator[Proof]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            marks = (one for one in node.decorator_list if isinstance(one, ast.Call))
            for mark in marks:
                if ast.unparse(mark.func) == MARK:
                    yield from _declaration(mark, f"{path.name}::{node.name}")


def _declaration(mark: ast.Call, test: str) -> Iterator[Proof]:
    operations = [ast.literal_eval(each) for each in mark.args]
    named = {str(each.arg): ast.literal_eval(each.value) for each in mark.keywords}
    if not operations or named.keys() - {"client", "differs"} or "client" not in named:
        raise ValueError(f"{test} must name operations and a client")
    for operation in operations:
        if operation.partition(" ")[0] not in METHODS:
            raise ValueError(f"{test}: {operation} does not open with a method")
        for each in expanded(operation):
            yield Proof(each, named["client"], test, named.get("differs", ""))


def _plane(operation: str) -> str:
    path = operation.partition(" ")[2]
    return next(plane for plane, words in PLANES if path.startswith(words))


def _table(plane: str, proofs: list[Proof], known: dict[str, str]) -> Iterator[str]:
    if not proofs:
        return
    yield f"## {plane}\n"
    yield "| operation | client | differs |\n| --- | --- | --- |"
    for operation in sorted({one.operation for one in proofs}, key=_by_path):
        mine = [one for one in proofs if one.operation == operation]
        clients = ", ".join(
            _named(client, known) for client in sorted({one.client for one in mine})
        )
        differs = "; ".join(sorted({one.differs for one in mine if one.differs}))
        yield f"| `{operation}` | {clients} | {differs} |"
    yield ""


def _by_path(operation: str) -> tuple[str, int]:
    method, _, path = operation.partition(" ")
    return path, METHODS.index(method)


def _named(client: str, known: dict[str, str]) -> str:
    return client if client == PUBLISHED else f"{client} {known[client]}"


def _met(path: Path) -> str:
    if not path.exists():
        return NEVER_MET
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    said = "On {on}, in {location}, {asked} requests and {tests} tests.".format_map(found)
    rows = [f"| `{one['step']}` | {one['where']} | {one['azure']} | {one['sandbox']} |"
            for one in found["differences"]]  # fmt: skip
    if not rows:
        return f"{said} Nothing differed.\n"
    head = "| request | where | Azure | sandbox |\n| --- | --- | --- | --- |"
    return "\n".join([said, "", head, *rows, ""])


if __name__ == "__main__":
    PAGE.write_text(render(declared()), encoding="utf-8")
