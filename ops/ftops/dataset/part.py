"""Content in parts: text, and the images of vision fine-tuning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ftops.dataset.problem import Fault

DETAILS = ("low", "high", "auto")
DATA_URI = re.compile(r"data:image/(?P<kind>[A-Za-z0-9.+-]+);base64,")
IMAGE_KINDS = frozenset({"jpeg", "jpg", "png", "webp"})
IMAGE_ENDS = (".gif", ".bmp", ".tif", ".tiff", ".svg", ".heic")
FIX_IMAGE = "use an https address or a base64 data URI of a JPEG, PNG or WEBP image"


def check_parts(parts: Sequence[Any], role: str, place: str) -> Iterator[Fault]:
    for part in parts:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "text":
            yield from check_text(part, place)
        elif kind == "image_url":
            yield from check_image(part, role, place)
        else:
            fix = 'use {"type": "text", "text": …} or {"type": "image_url", "image_url": …}'
            yield Fault("part-is-known", f"{place} has a part of no known type", fix)


def check_text(part: Mapping[str, Any], place: str) -> Iterator[Fault]:
    text = part.get("text")
    if not isinstance(text, str) or not text.strip():
        fix = "write its text, or take the part out"
        yield Fault("content-is-present", f"{place} has a text part without text", fix)


def check_image(part: Mapping[str, Any], role: str, place: str) -> Iterator[Fault]:
    if role != "user":
        yield Fault("part-is-known", f"{place} holds an image", "put images in user messages")
    image = part.get("image_url")
    url = image.get("url") if isinstance(image, dict) else image
    if isinstance(image, dict) and image.get("detail", "auto") not in DETAILS:
        yield Fault("part-is-known", f"{place} has an unknown detail", "use low, high or auto")
    if not isinstance(url, str) or not readable(url):
        yield Fault("image-fits", f"{place} has an image that cannot be read", FIX_IMAGE)


def readable(url: str) -> bool:
    """Whether an address can be an image that Azure takes; nothing is fetched."""
    if match := DATA_URI.match(url):
        return match["kind"].lower() in IMAGE_KINDS
    path = url.partition("?")[0].lower()
    return url.startswith(("https://", "http://")) and not path.endswith(IMAGE_ENDS)


def image_bytes(url: str) -> int:
    """The size of an image that the file itself carries; 0 for one behind an address."""
    match = DATA_URI.match(url)
    if match is None:
        return 0
    body = len(url) - match.end()
    return body * 3 // 4 - url.count("=", max(match.end(), len(url) - 2))


def images(messages: object) -> Iterator[str]:
    """The addresses of all images in a list of messages, whatever else is wrong with it."""
    for message in messages if isinstance(messages, list) else ():
        content = message.get("content") if isinstance(message, dict) else None
        for part in content if isinstance(content, list) else ():
            image = part.get("image_url") if isinstance(part, dict) else None
            url = image.get("url") if isinstance(image, dict) else image
            if isinstance(url, str):
                yield url
