"""A whole file, judged as it is read: memory grows with the count of examples, not their size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftops.dataset.example import check_example
from ftops.dataset.form import METHODS, Format, family, is_simple, recognise, unknown_format
from ftops.dataset.limits import Limits
from ftops.dataset.line import open_lines
from ftops.dataset.part import images
from ftops.dataset.problem import PROBLEMS_PER_RULE_MAX, Fault, Findings, Problem
from ftops.dataset.reading import Reading
from ftops.dataset.speech import asked, fingerprint, identity, simply_spoken, spoken
from ftops.dataset.tally import Tally
from ftops.tokenizer import CountingPool, TokenCounter

LEGACY_NOTE = (
    "prompt and completion is the format of babbage-002 and davinci-002, which are retired:"
    " no model that can be trained today takes it"
)


@dataclass(frozen=True)
class Check:
    """What a file holds and what is wrong with it.

    `tokens` counts every example whole; `billable_tokens` counts each up to what the model
    trains on. `counts` says how often each rule is broken; `problems` has the first hundred of
    each. `notes` are sentences about what is accepted and worth knowing. `prompts` are
    fingerprints of what each example asks, with its line, where they were to be kept.
    """

    path: Path
    format: Format | None
    examples: int
    tokens: int
    billable_tokens: int
    longest_tokens: int
    problems: tuple[Problem, ...]
    counts: Mapping[str, int]
    notes: tuple[str, ...]
    prompts: Mapping[int, int] = field(repr=False)

    @property
    def ok(self) -> bool:
        return not self.counts

    @property
    def said(self) -> str:
        """How many problems there are, as a person says it."""
        broken = sum(self.counts.values())
        return "a problem" if broken == 1 else f"{broken or 'no'} problems"


def check_file(
    path: Path,
    limits: Limits,
    *,
    allowed: frozenset[str] = frozenset(),
    trained: Check | None = None,
    keep_prompts: bool = False,
) -> Check:
    """Reads a file once and judges it; `trained` is the check of the file that trains.

    That one was made with `keep_prompts`. `allowed` are ids of rules that may be broken.
    Raises BadUsage where there is no such file; whatever bytes it holds are problems.
    """
    findings = Findings(str(path), allowed)
    with open_lines(path) as stream, CountingPool(TokenCounter(limits.model)) as pool:
        reading = Reading(path, findings)
        judge = Judge(limits, findings, Tally(pool, limits, findings), trained, keep_prompts)
        for number, example in reading.objects(stream):
            judge.take(number, example)
        judge.tally.finish()
        bytes_read = stream.tell() if stream.seekable() else 0
    if not reading.hopeless:
        for fault in judge.whole(bytes_read, reading.number):
            findings.add(None, fault)
    notes = (*reading.notes, *judge.notes(), *named_otherwise(path), *unsaid(findings))
    return judge.check(path, notes)


@dataclass
class Judge:
    """The state of one pass: the file's format, its twins, its sums."""

    limits: Limits
    findings: Findings
    tally: Tally
    trained: Check | None
    keep_prompts: bool
    format: Format | None = None
    examples: int = 0
    image_examples: int = 0
    seen: dict[int, int] = field(default_factory=dict)
    prompts: dict[int, int] = field(default_factory=dict)

    def take(self, line: int, example: Mapping[str, Any]) -> None:
        """One object of the file: its format, its own faults, its twins, its tokens."""
        self.examples += 1
        if is_simple(example) and self.format in {None, "chat"}:
            self.format = "chat"
            self.tally.add(line, *simply_spoken(example))
        elif self.fits(line, example):
            assert self.format, "an example that fits has given the file its format"
            for fault in check_example(example, self.format, self.limits):
                self.findings.add(line, fault)
            self.image_examples += any(True for _ in images(example.get("messages")))
            self.tally.add(line, *spoken(example, self.format))
        else:
            return
        for fault in self.twins(line, example):
            self.findings.add(line, fault)

    def fits(self, line: int, example: Mapping[str, Any]) -> bool:
        """Whether the example is of the file's format; the first that has one gives it."""
        form = recognise(example)
        if form is None:
            self.findings.add(line, unknown_format(example))
            return False
        self.format = self.format or form
        if family(form) != family(self.format):
            fix = f"keep only {self.format} examples in this file"
            message = f"a {form} example in a {self.format} file"
            self.findings.add(line, Fault("format-is-uniform", message, fix))
            return False
        return True

    def twins(self, line: int, example: Mapping[str, Any]) -> Iterator[Fault]:
        """The same example earlier in the file, or its prompt in the file that trains."""
        first = self.seen.setdefault(fingerprint(identity(example)), line)
        if first != line:
            fix = "take one of them out: an example trained on twice is paid twice"
            yield Fault("example-is-unique", f"the same example as line {first}", fix)
        if self.trained is None and not self.keep_prompts:
            return
        prompt = fingerprint(asked(example))
        self.prompts.setdefault(prompt, line)
        if self.trained and (twin := self.trained.prompts.get(prompt)):
            fix = "keep it in one of the two files, or the validation loss says nothing"
            message = f"the same prompt as line {twin} of {self.trained.path}"
            yield Fault("validation-is-held-out", message, fix)

    def whole(self, bytes_read: int, lines: int) -> Iterator[Fault]:
        """What can only be said of the file as a whole."""
        most = self.limits.file_bytes_max
        if most is not None and bytes_read > most:
            message = f"the file has {bytes_read} bytes, and one upload takes {most}"
            yield Fault("file-fits-upload", message, "train on a part of it")
        # Azure's minimum is the training file's; a held-out file only has to hold something.
        least = 1 if self.trained else self.limits.examples_min
        if self.examples < least:
            held = f"{self.examples} examples in {lines} lines"
            fix = f"write at least {least}; a job with fewer does not start"
            yield Fault("examples-are-enough", f"the file has {held}, fewer than {least}", fix)
        if self.image_examples > self.limits.image_examples_max:
            message = f"{self.image_examples} examples have images"
            fix = f"keep at most {self.limits.image_examples_max} of them"
            yield Fault("image-fits", message, fix)
        yield from self.unsuited()

    def unsuited(self) -> Iterator[Fault]:
        """A format that the model is not trained on, or that the training file has not."""
        if self.trained and self.format and self.trained.format not in {None, self.format}:
            message = f"a {self.format} file validates a {self.trained.format} file"
            fix = "use the same format in both"
            yield Fault("validation-has-same-format", message, fix)
        methods = self.limits.methods
        if methods is None or self.format is None or METHODS.get(self.format) in methods:
            return
        takes = ", ".join(form for form, method in METHODS.items() if method in methods)
        message = f"{self.limits.model} is not trained on {self.format} files"
        fix = f"it takes {takes or 'no format known here'}; docs/data.md shows each"
        yield Fault("format-suits-model", message, fix)

    def notes(self) -> Iterator[str]:
        if self.format == "prompt-completion":
            yield LEGACY_NOTE
        if self.image_examples:
            yield f"{self.image_examples} examples have images, whose tokens are not counted"
        if not self.tally.pool.counter.exact:
            yield f"{self.limits.model} has a vocabulary of its own: its token counts are near"

    def check(self, path: Path, notes: tuple[str, ...]) -> Check:
        return Check(
            path=path,
            format=self.format,
            examples=self.examples,
            tokens=self.tally.tokens,
            billable_tokens=self.tally.billable_tokens,
            longest_tokens=self.tally.longest,
            problems=self.findings.sorted(),
            counts=dict(self.findings.counts),
            notes=notes,
            prompts=self.prompts,
        )


def named_otherwise(path: Path) -> Iterator[str]:
    if path.suffix.lower() != ".jsonl":
        yield f"{path.name} is not named .jsonl; ftops tune submit uploads it under such a name"


def unsaid(findings: Findings) -> Iterator[str]:
    """Rules broken more often than problems are kept."""
    for rule, count in findings.counts.items():
        if count > PROBLEMS_PER_RULE_MAX:
            yield f"{rule} is broken {count} times, of which {PROBLEMS_PER_RULE_MAX} are shown"
