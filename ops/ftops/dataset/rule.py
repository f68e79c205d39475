"""The rules that a training file is held to; `docs/data.md` prints this register."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ftops_catalog.errors import BadUsage

OURS = "ours, not a published rule"
GUIDE = "Azure's fine-tuning guide"
COOKBOOK = "openai-cookbook, Chat_finetuning_data_prep"
CHAT_API = "the chat completions request"
VISION = "Azure's vision fine-tuning guide"
DPO = "Azure's preference optimization guide"
RFT = "Azure's reinforcement fine-tuning guide"


@dataclass(frozen=True)
class DataRule:
    """One rule: its stable id is a statement, `demands` its sentence, `source` where it is from."""

    id: str
    demands: str
    source: str


RULES = (
    DataRule("file-fits-upload", "The file is no larger than one upload takes.", GUIDE),
    DataRule("file-is-json-lines", "The file has one JSON object a line, no array.", GUIDE),
    DataRule("text-is-utf8", "The text is UTF-8, with or without a byte order mark.", GUIDE),
    DataRule("line-is-read-whole", "A line is at most 64 MiB, what ftops reads.", OURS),
    DataRule("line-is-not-blank", "No blank line stands between examples.", OURS),
    DataRule("json-is-valid", "Each line is valid JSON.", GUIDE),
    DataRule("line-is-an-object", "Each line is a JSON object.", GUIDE),
    DataRule("format-is-known", "Each line is an example of a training format.", GUIDE),
    DataRule("format-is-uniform", "Every line has the format of the first one.", OURS),
    DataRule(
        "format-suits-model",
        "The model can be trained on the file's format.",
        "the catalog's model matrix",
    ),
    DataRule("examples-are-enough", "There are at least 10 examples to train on.", GUIDE),
    DataRule("example-is-unique", "No example stands in the file twice.", OURS),
    DataRule(
        "example-fits-model", "An example is no longer than the model trains on.", "the catalog"
    ),
    DataRule("validation-is-held-out", "No validation prompt is in the training file.", GUIDE),
    DataRule("validation-has-same-format", "Both files have the same format.", OURS),
    DataRule("key-is-known", "Objects have only the keys that the format has.", COOKBOOK),
    DataRule("messages-are-a-list", "`messages` is a list with at least one message.", COOKBOOK),
    DataRule("message-is-an-object", "Each message is a JSON object.", COOKBOOK),
    DataRule("role-is-known", "Each message has a role that the format has.", COOKBOOK),
    DataRule("content-is-present", "Each message says something, or calls a tool.", COOKBOOK),
    DataRule("last-message-is-assistant", "A chat example ends with the assistant.", COOKBOOK),
    DataRule("last-message-is-user", "A reinforcement example ends with the user.", RFT),
    DataRule("weight-is-zero-or-one", "`weight` is 0 or 1, on assistant messages only.", GUIDE),
    DataRule("something-is-learned", "At least one assistant message has not weight 0.", OURS),
    DataRule("tool-is-described", "Each tool is a function with a name of its own.", CHAT_API),
    DataRule("tool-call-is-complete", "A tool call has an id, a type and a function.", CHAT_API),
    DataRule("tool-arguments-are-json", "A call's arguments are a JSON object in text.", CHAT_API),
    DataRule("tool-call-is-declared", "A called function is among the example's tools.", CHAT_API),
    DataRule("tool-answer-has-its-call", "A tool's answer names a call made before it.", CHAT_API),
    DataRule("part-is-known", "A content part is text, or an image of a user.", CHAT_API),
    DataRule("image-fits", "Images are few, small and JPEG, PNG or WEBP.", VISION),
    DataRule("outputs-are-assistant", "Both outputs are assistant messages.", DPO),
    DataRule("outputs-differ", "The preferred output is not the other one.", DPO),
)

RULE_IDS = frozenset(rule.id for rule in RULES)
assert len(RULE_IDS) == len(RULES), "two data rules share an id"


def parse_rules(ids: Iterable[str]) -> frozenset[str]:
    """Ids as typed; one that no rule has is BadUsage."""
    wanted = frozenset(ids)
    for name in wanted - RULE_IDS:
        raise BadUsage(f"there is no data rule {name!r}", "docs/data.md lists the rules")
    return wanted
