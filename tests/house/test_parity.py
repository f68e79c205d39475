"""The parity page is what the tests declare, and a declaration is one that can be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.sandbox import parity
from tests.sandbox.served import operations


def test_the_parity_page_is_what_the_tests_declare() -> None:
    page = parity.PAGE.read_text(encoding="utf-8")

    assert page == parity.render(parity.declared()), "run `make docs`"


def test_every_client_that_is_claimed_is_locked() -> None:
    clients = {proof.client for proof in parity.declared()} - {parity.PUBLISHED}

    assert clients
    assert clients <= set(parity.versions())


def test_what_the_sandbox_serves_is_proved_or_listed_without_a_proof() -> None:
    proved = {proof.operation for proof in parity.declared()}

    assert operations() - proved == parity.UNPROVED.keys()


def test_nothing_is_claimed_that_is_not_served() -> None:
    assert {proof.operation for proof in parity.declared()} <= operations()


@pytest.mark.parametrize(
    "mark",
    [
        '"PUT accounts"',
        'client="openai"',
        '"accounts", client="openai"',
        '"PUT a", client="b", c=1',
    ],
)
def test_half_a_declaration_is_refused(mark: str, tmp_path: Path) -> None:
    test = f"@pytest.mark.proves({mark})\ndef test_x(): ...\n"
    (tmp_path / "test_one.py").write_text(test, encoding="utf-8")

    with pytest.raises(ValueError, match="test_x"):
        parity.declared(tmp_path)


def test_an_operation_is_one_row_with_all_its_clients_and_doubts(tmp_path: Path) -> None:
    marks = [
        '@pytest.mark.proves("PUT accounts", client="openai", differs="is quick")',
        '@pytest.mark.proves("PUT accounts", "GET accounts", client="httpx")',
    ]
    text = "\n".join([*marks, "def test_x(): ...\n"])
    (tmp_path / "test_one.py").write_text(text, encoding="utf-8")
    known = parity.versions()

    page = parity.render(parity.declared(tmp_path), tmp_path / "never.json")

    both = f"httpx {known['httpx']}, openai {known['openai']}"
    assert f"| `PUT accounts` | {both} | is quick |" in page
    assert f"| `GET accounts` | httpx {known['httpx']} |  |" in page
    assert "**Never.**" in page


def test_what_azure_answered_otherwise_is_on_the_page(tmp_path: Path) -> None:
    met = tmp_path / "met.json"
    one = {"step": "GET accounts", "where": "value[].kind", "azure": "text", "sandbox": "absent"}
    found = {
        "on": "2026-01-01",
        "location": "eastus2",
        "asked": 9,
        "tests": 2,
        "differences": [one],
    }
    met.write_text(json.dumps(found), encoding="utf-8")

    page = parity.render([], met)

    assert "| `GET accounts` | value[].kind | text | absent |" in page
    assert "9 requests and 2 tests" in page
    assert "**Never.**" not in page
