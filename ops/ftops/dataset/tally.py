"""Tokens of a file, counted in chunks on other threads while the file is still being read."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from ftops.dataset.limits import Limits
from ftops.dataset.problem import Fault, Findings
from ftops.tokenizer import CountingPool

CHUNK_CHARACTERS = 1 << 19
CHUNK_EXAMPLES = 4_000
CHUNKS_WAITING_MAX = 4


@dataclass
class Chunk:
    """Some examples: their lines, framing and how many texts each has; the texts in one list."""

    lines: list[tuple[int, int, int]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    characters: int = 0

    def add(self, line: int, framing: int, texts: Sequence[str]) -> None:
        self.lines.append((line, framing, len(texts)))
        self.texts.extend(texts)
        self.characters += sum(map(len, texts))

    @property
    def full(self) -> bool:
        return self.characters >= CHUNK_CHARACTERS or len(self.lines) >= CHUNK_EXAMPLES


@dataclass
class Tally:
    """Sums of tokens; an example that is too long for the model becomes a problem.

    `billable_tokens` counts an example up to what the model trains on, as the bill does.
    """

    pool: CountingPool
    limits: Limits
    findings: Findings
    tokens: int = 0
    billable_tokens: int = 0
    longest: int = 0
    chunk: Chunk = field(default_factory=Chunk)
    waiting: deque[tuple[Chunk, Future[list[int]]]] = field(default_factory=deque)

    def add(self, line: int, framing: int, texts: Sequence[str]) -> None:
        self.chunk.add(line, framing, texts)
        if self.chunk.full:
            self.send()
        while len(self.waiting) > CHUNKS_WAITING_MAX:
            self.collect()

    def finish(self) -> None:
        self.send()
        while self.waiting:
            self.collect()

    def send(self) -> None:
        self.waiting.append((self.chunk, self.pool.submit(self.chunk.texts)))
        self.chunk = Chunk()

    def collect(self) -> None:
        """Takes in the oldest chunk's counts."""
        chunk, counting = self.waiting.popleft()
        counts = counting.result()
        start = 0
        for line, framing, texts in chunk.lines:
            self.count(line, framing + sum(counts[start : start + texts]))
            start += texts

    def count(self, line: int, tokens: int) -> None:
        most = self.limits.example_tokens_max
        self.tokens += tokens
        self.longest = max(self.longest, tokens)
        self.billable_tokens += tokens if most is None else min(tokens, most)
        if most is not None and tokens > most:
            message = f"{tokens} tokens; {self.limits.model} trains on {most} of an example"
            fix = "shorten or split it: what is beyond is cut off"
            self.findings.add(line, Fault("example-fits-model", message, fix))
