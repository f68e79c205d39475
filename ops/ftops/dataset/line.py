"""The lines of a file as bytes, and what a line's bytes say or why they say nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

from ftops.dataset.problem import Fault
from ftops_catalog.errors import BadUsage

BOM = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
LINE_BYTES_MAX = 64 * 1024 * 1024
FIX_JSON = "write each line with a JSON library (json.dumps in Python, jq -c), not by hand"


def open_lines(path: Path) -> BufferedReader:
    """The file, open; a file that is not there or cannot be read is BadUsage."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise BadUsage(f"there is no file {path}", "name a file that exists") from None
    except IsADirectoryError:
        raise BadUsage(f"{path} is a folder", "name one JSONL file in it") from None
    except OSError as error:
        raise BadUsage(f"{path} cannot be read: {error.strerror}", "make it readable") from None


def read_lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Each line without its end; None stands for a line too long to be held in memory."""
    while line := stream.readline(LINE_BYTES_MAX):
        if len(line) < LINE_BYTES_MAX or line.endswith(b"\n"):
            yield line.removesuffix(b"\n")
            continue
        while (rest := stream.readline(LINE_BYTES_MAX)) and not rest.endswith(b"\n"):
            pass
        yield None


def parse_line(line: bytes) -> Any | Fault:
    """The JSON value of a line, or the fault that keeps it from being one."""
    from pydantic_core import from_json

    try:
        return from_json(line, allow_inf_nan=False)
    except ValueError as error:
        return locate(line, str(error))


def locate(line: bytes, strict: str) -> Fault:
    """Where and why a line is no JSON; `strict` is the stricter reader's own sentence."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        fix = "save the file as UTF-8 (iconv -f WINDOWS-1252 -t UTF-8 IN > OUT)"
        return Fault("text-is-utf8", f"byte {error.start + 1} of the line is not UTF-8", fix)
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return broken(text, error)
    except RecursionError:
        return Fault("json-is-valid", "the line nests its values too deep", FIX_JSON)
    except ValueError as error:
        return Fault("json-is-valid", f"not JSON: {error}", FIX_JSON)
    return Fault("json-is-valid", f"not strict JSON: {strict}", FIX_JSON)


def broken(text: str, error: json.JSONDecodeError) -> Fault:
    """The sentence for a syntax error: what was expected, at which column, near what."""
    if not text[error.pos :].strip():
        message = f"the JSON is not finished at column {error.colno}, where the line ends"
        return Fault("json-is-valid", message, "write each example on one line (jq -c . IN > OUT)")
    near = text[max(0, error.pos - 12) : error.pos + 12]
    what = error.msg[0].lower() + error.msg[1:]
    message = f"not JSON at column {error.colno}: {what}, near {near!r}"
    if text[error.pos].isalpha() or "delimiter" in error.msg:
        return Fault(
            "json-is-valid", message, 'put text in double quotes, and \\" for a quote inside it'
        )
    return Fault("json-is-valid", message, FIX_JSON)
