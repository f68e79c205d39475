"""Uploads in parts: OpenAI's client cuts a file up, and what comes of it can be trained on."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import openai
import pytest

if TYPE_CHECKING:
    from openai.types import Upload
    from tests.sandbox.conftest import Plane

DATA = "\n".join(
    json.dumps(
        {
            "messages": [
                {"role": "user", "content": f"Say {number}."},
                {"role": "assistant", "content": f"Here is {number}."},
            ]
        }
    )
    for number in range(12)
).encode()


def _begin(client: openai.OpenAI, size: int = len(DATA), **more: Any) -> Upload:
    asked: dict[str, Any] = {"purpose": "fine-tune", "filename": "a.jsonl", **more}
    return client.uploads.create(bytes=size, mime_type="application/jsonl", **asked)


@pytest.mark.proves(
    "POST openai/uploads",
    "POST openai/uploads/{id}/parts",
    "POST openai/uploads/{id}/complete",
    client="openai",
    differs="words of refusals are made up",
)
@pytest.mark.parametrize("style", ["azure", "v1"])
def test_a_file_in_parts_becomes_one_that_can_be_trained_on(style: str, plane: Plane) -> None:
    client: openai.OpenAI = getattr(plane, style)
    done = client.uploads.upload_file_chunked(
        file=DATA,
        filename="chunked.jsonl",
        bytes=len(DATA),
        mime_type="application/jsonl",
        purpose="fine-tune",
        part_size=500,
        md5=hashlib.md5(DATA, usedforsecurity=False).hexdigest(),
    )
    assert (done.status, done.expires_at - done.created_at) == ("completed", 7200)
    assert done.file
    assert (done.file.filename, done.file.bytes) == ("chunked.jsonl", len(DATA))
    assert client.files.content(done.file.id).read() == DATA
    plane.sandbox.advance(seconds=5)
    assert plane.finish(plane.start(done.file.id).id).status == "succeeded"


def test_parts_are_put_together_in_the_order_that_is_asked_for(plane: Plane) -> None:
    upload = _begin(plane.v1)
    second = plane.v1.uploads.parts.create(upload.id, data=DATA[700:])
    first: Any = plane.azure.uploads.parts.create(upload.id, data=DATA[:700])
    named = [first.azure_block_id, second.id]
    done = plane.azure.uploads.complete(upload.id, part_ids=named)

    assert done.file
    assert plane.v1.files.content(done.file.id).read() == DATA


@pytest.mark.proves("POST openai/uploads/{id}/cancel", client="openai")
def test_a_cancelled_or_expired_upload_takes_no_more(plane: Plane) -> None:
    upload, late = _begin(plane.azure), _begin(plane.v1)
    assert plane.v1.uploads.cancel(upload.id).status == "cancelled"
    plane.sandbox.advance(hours=2)
    for one, status in ((upload, "cancelled"), (late, "expired")):
        with pytest.raises(openai.BadRequestError, match=f"is '{status}'") as refused:
            plane.v1.uploads.parts.create(one.id, data=b"x")
        assert refused.value.code == "unexpectedEntityState"
        with pytest.raises(openai.BadRequestError, match=f"is '{status}'"):
            plane.v1.uploads.cancel(one.id)
    with pytest.raises(openai.NotFoundError):
        plane.v1.uploads.cancel("upload-none")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"purpose": "dance"}, "'dance'"),
        ({"filename": ""}, "'filename' is missing"),
        ({"size": 0}, "from 1 to 9 GB"),
        ({"size": 10 * 1024**3}, "from 1 to 9 GB"),
    ],
)
def test_an_upload_without_sense_is_not_begun(
    more: dict[str, Any], words: str, plane: Plane
) -> None:
    with pytest.raises(openai.BadRequestError, match=words):
        _begin(plane.v1, **more)


def test_parts_that_do_not_add_up_make_no_file(plane: Plane) -> None:
    before = [file.id for file in plane.v1.files.list()]
    upload = _begin(plane.v1)
    part = plane.v1.uploads.parts.create(upload.id, data=DATA[:100])
    uploads = plane.v1.uploads
    with pytest.raises(openai.BadRequestError, match="exceed"):
        uploads.parts.create(upload.id, data=DATA)
    with pytest.raises(openai.BadRequestError, match=f"have 100 bytes, and the upload {len(DATA)}"):
        uploads.complete(upload.id, part_ids=[part.id])
    for named in ([part.id, part.id], ["uplprt-none"], []):
        with pytest.raises(openai.BadRequestError, match="part_ids"):
            uploads.complete(upload.id, part_ids=named)
    rest = uploads.parts.create(upload.id, data=DATA[100:])
    with pytest.raises(openai.BadRequestError, match="MD5"):
        uploads.complete(upload.id, part_ids=[part.id, rest.id], md5="0" * 32)

    assert [file.id for file in plane.v1.files.list()] == before
    assert uploads.complete(upload.id, part_ids=[part.id, rest.id]).status == "completed"
