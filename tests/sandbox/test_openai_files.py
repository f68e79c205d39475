"""Files: uploaded, processed by the clock, listed, read back, deleted; refused in Azure's words."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx
import openai
import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Plane

LINE = b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}'


@pytest.mark.proves(
    "POST openai/files",
    "GET openai/files/{id}",
    client="openai",
    differs="times of processing are made up",
)
@pytest.mark.on_azure(cost_max_usd="0")
def test_a_file_is_pending_and_then_processed(plane: Plane) -> None:
    created = plane.azure.files.create(file=("a.jsonl", LINE), purpose="fine-tune")
    assert created.status in ("pending", "processed")
    found = plane.processed(created.id)

    assert found.status == "processed"
    assert (found.filename, found.bytes, found.purpose) == ("a.jsonl", len(LINE), "fine-tune")
    assert found.id.startswith("file-")
    assert len(found.id) == len("file-") + 32


@pytest.mark.on_azure(cost_max_usd="0")
def test_an_upload_answers_201_with_its_location(plane: Plane) -> None:
    raw = plane.azure.files.with_raw_response.create(file=("a.jsonl", LINE), purpose="fine-tune")

    assert raw.status_code == 201
    assert raw.headers["location"] == f"{plane.endpoint}/openai/files/{raw.parse().id}"


@pytest.mark.proves("GET openai/files/{id}/content", client="openai")
@pytest.mark.on_azure(cost_max_usd="0")
def test_the_content_comes_back_byte_for_byte(plane: Plane) -> None:
    data = b"\xef\xbb\xbf" + LINE + b"\r\n\r\n" + LINE
    created = plane.v1.files.create(file=("bom.jsonl", data), purpose="fine-tune")

    assert plane.azure.files.content(created.id).read() == data


@pytest.mark.proves("GET openai/files", client="openai")
@pytest.mark.on_azure(cost_max_usd="0")
def test_files_are_listed_newest_first_page_by_page(plane: Plane) -> None:
    made = [plane.upload(LINE, f"{number}.jsonl") for number in range(3)]
    listed = [file.id for file in plane.v1.files.list(limit=2, purpose="fine-tune")]

    assert [identity for identity in listed if identity in made] == made[::-1]


@pytest.mark.proves("DELETE openai/files/{id}", client="openai")
@pytest.mark.on_azure(cost_max_usd="0")
def test_a_deleted_file_is_gone(plane: Plane) -> None:
    identity = plane.upload(LINE)
    assert plane.azure.files.delete(identity).deleted

    with pytest.raises(openai.NotFoundError):
        plane.azure.files.retrieve(identity)
    with pytest.raises(openai.NotFoundError):
        plane.v1.files.delete(identity)


@pytest.mark.on_azure(cost_max_usd="0")
def test_a_file_without_one_json_line_ends_in_error(plane: Plane) -> None:
    identity = plane.upload(b'[\n  {\n    "messages": []\n  }\n]\n', "array.json")
    found = plane.azure.files.retrieve(identity)

    assert found.status == "error"
    assert "line 1" in (found.status_details or "")


@pytest.mark.parametrize(
    ("purpose", "data", "words"),
    [("dance", LINE, "'dance'"), ("fine-tune", b"", "empty")],
)
@pytest.mark.on_azure(cost_max_usd="0")
def test_a_bad_upload_is_refused(purpose: str, data: bytes, words: str, plane: Plane) -> None:
    with pytest.raises(openai.BadRequestError, match=words) as refused:
        plane.azure.files.create(file=("a.jsonl", data), purpose=purpose)  # type: ignore[arg-type] # wrong on purpose

    assert refused.value.code == "invalidPayload"


@pytest.mark.on_azure(cost_max_usd="0")
def test_a_dated_path_wants_its_api_version(plane: Plane) -> None:
    with httpx.Client(
        verify=ssl.create_default_context(), trust_env=not plane.target.sandbox
    ) as client:
        answer = client.get(f"{plane.endpoint}/openai/files", headers={"api-key": plane.key})

    assert answer.status_code == 404
