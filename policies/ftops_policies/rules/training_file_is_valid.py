"""Whether a file is one that Azure trains on."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import Resource
from ftops_policies.rule import TRAINING_FILE, Remark, rule
from ftops_policies.training import SHOWN_MAX, entries, in_line


@rule(
    "training-file-is-valid",
    severity="block",
    applies_to=TRAINING_FILE,
    remedy="`ftops data check FILE` names each problem with what mends it.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning",
        "https://cookbook.openai.com/examples/chat_finetuning_data_prep",
    ),
)
def training_file_is_valid(file: Resource) -> Iterator[Remark]:
    """A training file keeps every data rule, line by line.

    Azure refuses a file with a broken line after it was uploaded, minutes into the job. Others
    it takes: an example that stands there twice, or one that is held out as well, is paid for
    and makes the result look better than it is. docs/data.md lists the rules.
    """
    problems = entries(file, "problems", "What is wrong with it")
    for each in problems[:SHOWN_MAX]:
        broken = file.text(f"{each}.rule") or "a data rule"
        message = file.text(f"{each}.message")
        yield in_line(file, each, f"it breaks {broken}{f': {message}' if message else ''}.")
    if len(problems) > SHOWN_MAX:
        yield Remark(f"It has {len(problems) - SHOWN_MAX} problems more.")
