"""Importing a file: taken as Azure takes it, and it ends as one whose URL cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai
import pytest
from openai.types import FileObject

if TYPE_CHECKING:
    from tests.sandbox.conftest import Plane

GOOD = {
    "purpose": "fine-tune",
    "filename": "puppy.jsonl",
    "content_url": "https://contoso.blob.core.windows.net/data/puppy.jsonl?sig=x",
}


@pytest.mark.proves(
    "POST openai/files/import",
    client="openai",
    differs="every import ends in error: the sandbox reaches no other host",
)
@pytest.mark.parametrize("style", ["azure", "v1"])
def test_an_import_is_pending_and_ends_as_a_url_that_cannot_be_read(
    style: str, plane: Plane
) -> None:
    client: openai.OpenAI = getattr(plane, style)
    made = client.post("/files/import", body=GOOD, cast_to=FileObject)
    assert (str(made.status), made.filename, made.purpose) == (
        "pending",
        "puppy.jsonl",
        "fine-tune",
    )
    assert made.model_dump()["bytes"] is None, "a size that is not known is not 0"
    plane.sandbox.advance(seconds=5)

    found = client.files.retrieve(made.id)
    assert found.status == "error"
    assert "Import of file failed" in (found.status_details or "")
    assert GOOD["content_url"] in (found.status_details or "")
    with pytest.raises(openai.BadRequestError, match="Import of file failed"):
        plane.start(made.id)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"content_url": None}, "'content_url' is missing"),
        ({"content_url": "file:///etc/passwd"}, "no http or https URL"),
        ({"content_url": "https://[oops"}, "no http or https URL"),
        ({"filename": ""}, "'filename' is missing"),
        ({"purpose": "dance"}, "'dance'"),
        ({"purpose": 3}, "'purpose' is missing"),
    ],
)
def test_an_import_without_sense_is_refused_and_keeps_nothing(
    change: dict[str, Any], words: str, plane: Plane
) -> None:
    before = [file.id for file in plane.v1.files.list()]
    with pytest.raises(openai.BadRequestError, match=words) as refused:
        plane.azure.post("/files/import", body=GOOD | change, cast_to=object)

    assert refused.value.code == "invalidPayload"
    assert [file.id for file in plane.v1.files.list()] == before
