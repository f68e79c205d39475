"""Personal data and secrets in a training file: found by form and checksum, never repeated."""

from __future__ import annotations

import json
import re
import string
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.dataset.personal import find_personal
from ftops.dataset.scan import SIGHTINGS_MAX, scan_file
from ftops.dataset.secret import find_secrets
from ftops.dataset.sighting import Sighting, shape_of

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared/datasets"
OWN = ROOT / "ops/ftops/demonstration"

PERSONAL = {
    "e-mail address": ("write to maria.silva@uol.com.br today", "bob+x@mail.fastmail.com"),
    "phone number": (
        "+55 11 98765-4321",
        "(11) 98765-4321",
        "call 415-502-8336.",
        "(415) 502-8336",
    ),
    "card number": ("4539 1488 0343 6467", "378734493671000"),
    "bank account (IBAN)": ("NL91 ABNA 0417 1643 00", "FR1420041010050500013M02606"),
    "social security number": ("it is 536-90-4399",),
    "CPF": ("CPF 390.533.447-05", "cpf: 39053344705"),
}
NOBODYS = (
    "ana@example.com, you@contoso.com, support@openai.com, no-reply@github.com, git@github.com",
    "order 4539148803436468, 4111 1111 1111 1111, 0000 0000 0000 0000, 0.4539148803436467",
    "415-555-0132, 123-456-7890, 2024-05-10, 10.0.0.1, 192-168-1000, 1,000,000.00",
    "123.456.789-09, 111.111.111-11, 390.533.447-06, order 39053344705",
    "GB82 WEST 1234 5698 7654 32, 078-05-1120, 123-45-6789, 550e8400-e29b-41d4-a716-446655440000",
    "a@b, @user, x@y.z1, 5 @ 3.50",
)


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in PERSONAL.items() for text in texts]
)
def test_what_is_somebodys_is_found_by_its_kind(kind: str, text: str) -> None:
    assert kind in {found for found, _ in find_personal(text)}


@pytest.mark.parametrize("text", NOBODYS)
def test_what_is_nobodys_is_left_alone(text: str) -> None:
    assert list(find_personal(text)) == []


# Put together here, so that no scanner takes this file for what it tells of.
SECRETS = {
    "AWS key": "AKIA" + "QJ4VZ7M2KD6WX3PN",
    "Azure key": "9f" * 26 + "JQQJ99" + "BKACYeBjFXJ3w3AAABACOG",
    "Azure Storage key": "AccountKey=" + "q7" * 43 + "==",
    "Entra client secret": "Kx~" + "8Q~" + "vT5mB2nH9cLpW4sRzXyQeUaJdGfKiOh7",
    "GitHub token": "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "OpenAI key": "sk-" + "a1B2c3D4e5F6g7H8i9J0" + "T3BlbkFJ" + "a1B2c3D4e5F6g7H8i9J0",
    "password in an address": "postgres://root:" + "h7Kq9wLz" + "@db.internal:5432/x",
    "password or key": "password: " + "h7Kq9wLz!",
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "shared access signature": "https://s.blob.core.windows.net/c?sv=2024&" + "sig=" + "aB3%2F" * 6,
    "signed token (JWT)": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiJhbmEifQ" + ".c2lnbmF0dXJlMQ",
    "Slack token": "xoxb-" + "123456789012-" + "a1b2c3d4e5f6",
}
PROSE = (
    "Your password: must be at least 8 characters. The API key is shown once. key = value2024",
    "password=<your-password1>, api_key: ${API_KEY_1}, token: EXAMPLE_TOKEN_12345678",
    "https://example.com/path?signature=short&sig=abc, user:name@host",
    "The commit is 0a9f2e7c4b1d8f6a3e5c7b9d0f2a4c6e8b1d3f5a, the digest sha256:" + "0a" * 32,
    "ask-me-anything, risk-free, task-2024-report, eyJust.kidding.",
)


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_found_by_its_kind(kind: str) -> None:
    assert kind in {found for found, _ in find_secrets(f"use {SECRETS[kind]} for it")}


@pytest.mark.parametrize("text", PROSE)
def test_prose_about_secrets_holds_none(text: str) -> None:
    assert list(find_secrets(text)) == []


def test_a_file_is_read_as_the_model_reads_it_and_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    call = {"function": {"name": "f", "arguments": '{"to": "maria\\u0040uol.com.br"}'}}
    lines = [
        json.dumps({"messages": [{"role": "user", "content": "Call\n415-502-8336"}]}),
        json.dumps({"messages": [{"role": "assistant", "tool_calls": [call]}]}),
        f"this is no JSON, {SECRETS['AWS key']}",
        json.dumps({"url": "data:image/png;base64,AKIA"}),
    ]
    path.write_bytes(b"\xef\xbb\xbf" + "\n".join(lines).encode())

    scan = scan_file(path)

    assert scan.whole
    assert scan.personal == (Sighting(1, "phone number", "999-999-9999"),)
    assert scan.secrets == (Sighting(3, "AWS key", shape_of(SECRETS["AWS key"])),)


def test_a_thousand_sightings_are_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    rows = [{"prompt": f"ana{each}@uol.com.br", "completion": "x"} for each in range(1000)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    assert len(scan_file(path).personal) == SIGHTINGS_MAX


@given(st.text())
def test_a_shape_keeps_no_letter_and_no_digit(value: str) -> None:
    shape = shape_of(value)

    assert not set(shape) & set(string.ascii_letters + string.digits) - {"x", "9"}
    assert len(shape) <= len(value) + 1


@given(st.text(alphabet=string.digits + "+-(). @:=/aAeyJkSG_~", max_size=300))
def test_no_text_stops_the_search(text: str) -> None:
    for kind, value in [*find_personal(text), *find_secrets(text)]:
        assert kind
        assert value in text or re.sub(r"\W", "", value) in re.sub(r"\W", "", text)


@pytest.mark.parametrize(
    "text",
    ["a." * 25_000 + "@", "1.2" * 16_000, "eyJ" * 16_000, "+1 " * 16_000, "://" * 16_000 + ":@"],
)
def test_a_text_made_to_hold_it_up_is_looked_through(text: str) -> None:
    begun = time.process_time()
    list(find_personal(text))
    list(find_secrets(text))

    # Not a speed: a pattern that backtracks takes minutes here.
    assert time.process_time() - begun < 20


@pytest.mark.parametrize("path", sorted(OWN.glob("*.jsonl")), ids=lambda path: path.name)
def test_the_demonstration_holds_nothing_of_anybody(path: Path) -> None:
    scan = scan_file(path)

    assert (scan.personal, scan.secrets) == ((), ())


@pytest.mark.skipif(not SHARED.exists(), reason="the public data sets are not beside the checkout")
def test_public_data_sets_have_no_secret_and_only_phone_numbers_that_are_there() -> None:
    found = {path.name: scan_file(path) for path in sorted(SHARED.glob("*.jsonl"))}
    personal = {name: scan.personal for name, scan in found.items() if scan.personal}

    assert [name for name, scan in found.items() if scan.secrets] == []
    assert list(personal) == ["azureml-oai-v2-chat-train.jsonl"]
    assert {each.kind for each in personal["azureml-oai-v2-chat-train.jsonl"]} == {"phone number"}
