"""The objects of a file, one a line, and what keeps a line from being one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from ftops.dataset.line import BOM, UTF16_MARKS, parse_line, read_lines
from ftops.dataset.problem import Fault, Findings

BOM_NOTE = "the file begins with a UTF-8 byte order mark, which is accepted"
CRLF_NOTE = "lines end in CRLF, which is accepted"


@dataclass
class Reading:
    """One pass over one file; faults go to `findings`, what is accepted to `notes`."""

    path: Path
    findings: Findings
    number: int = 0
    hopeless: bool = False
    notes: list[str] = field(default_factory=list)

    def objects(self, stream: BinaryIO) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """The JSON objects of the file with their line numbers, counted from 1."""
        blank = 0
        for line in read_lines(stream):
            self.number += 1
            text = self.whole(line)
            if self.hopeless:
                return
            if not text.strip():
                blank = blank or (self.number if line is not None else 0)
                continue
            if blank:
                fault = Fault("line-is-not-blank", "the line is blank", "take the line out")
                self.findings.add(blank, fault)
                blank = 0
            value = self.value(text)
            if value is not None:
                yield self.number, value

    def whole(self, line: bytes | None) -> bytes:
        """The line's bytes, nothing where it was too long; the first one tells of the file."""
        if line is None:
            fix = "split the example, or put its images behind https addresses"
            self.fault(Fault("line-is-read-whole", "the line is longer than 64 MiB", fix))
            return b""
        return self.first(line) if self.number == 1 else line

    def first(self, line: bytes) -> bytes:
        if line.startswith(UTF16_MARKS):
            fix = "save it as UTF-8 (iconv -f UTF-16 -t UTF-8 IN > OUT)"
            self.give_up(Fault("text-is-utf8", "the file is UTF-16, not UTF-8", fix))
            return b""
        if line.startswith(BOM):
            self.notes.append(BOM_NOTE)
            line = line[len(BOM) :]
        if line.endswith(b"\r"):
            self.notes.append(CRLF_NOTE)
        if line.lstrip().startswith(b"["):
            name = f"{self.path.stem}.jsonl"
            fix = f"write one example a line (jq -c '.[]' {self.path.name} > {name})"
            fault = Fault("file-is-json-lines", "the file is a JSON array, not JSON Lines", fix)
            self.give_up(fault)
        return line

    def give_up(self, fault: Fault) -> None:
        """A file of another kind has one problem, not one a line."""
        self.fault(fault)
        self.hopeless = True

    def fault(self, fault: Fault) -> None:
        self.findings.add(self.number, fault)

    def value(self, line: bytes) -> Mapping[str, Any] | None:
        value = parse_line(line)
        if isinstance(value, dict):
            return value
        if isinstance(value, Fault):
            self.fault(value)
            return None
        what = "a list" if isinstance(value, list) else "a bare value"
        fix = "write each example as one JSON object"
        self.fault(Fault("line-is-an-object", f"the line is {what}, not an object", fix))
        return None
