"""A new rule with its examples: the two files that a person then edits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ftops_catalog.errors import BadUsage, Conflict
from ftops_policies import read_rules

APPLIES: Final = {
    "account": ("ACCOUNT", "account", "accounts", "lab"),
    "deployment": ("DEPLOYMENT", "deployment", "deployments", "base"),
    "group": ("RESOURCE_GROUP", "group", "resourceGroups", "rg-lab"),
}
"""By what a person says: the constant, the argument, the type in examples, a name."""

RULE: Final = '''\
"""Whether {words}."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import {constant}, Resource
from ftops_policies.rule import rule


@rule(
    "{id}",
    severity="block",
    applies_to={constant},
    remedy="Set the tag `reviewed-by`.",
    references=("https://learn.microsoft.com/azure/ai-foundry/openai/",),
)
def {function}({argument}: Resource, *, tag_name: str = "reviewed-by") -> Iterator[str]:
    """Say here in one sentence what must hold.

    Say here why: what happens where it does not, and to whom.
    """
    if {argument}.tag(tag_name) is None:
        yield f"The tag {{tag_name}} is not set."
'''

EXAMPLES: Final = """\
holds:
  - case: it is set
    resources:
      - {{ type: {type}, name: {name}, body: {{ tags: {{ reviewed-by: ana }} }} }}
breaks:
  - case: it is not set
    says: The tag reviewed-by is not set
    resources:
      - {{ type: {type}, name: {name}, body: {{ tags: {{}} }} }}
unknown:
  - case: another resource gives it
    says: is not known until up
    resources:
      - {{ type: {type}, name: {name}, body: {{ tags: {{ reviewed-by: !unknown "" }} }} }}
"""


@dataclass(frozen=True)
class Home:
    """Where a project has its rules and their examples."""

    rules: Path
    examples: Path


def find_home(root: Path) -> Home:
    """`policies/rules` and `policies/examples`; in a checkout of ftops itself, its own folders."""
    own = root / "policies" / "ftops_policies" / "rules"
    if own.is_dir():
        return Home(own, root / "tests" / "policies" / "examples")
    return Home(root / "policies" / "rules", root / "policies" / "examples")


def write_rule(rule_id: str, about: str, home: Home) -> tuple[Path, Path]:
    """Writes a rule and its examples; BadUsage for the id, Conflict where something is there."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", rule_id):
        raise BadUsage(
            f"{rule_id!r} is no rule's id", "small words with dashes that say what holds: a-is-b"
        )
    function = rule_id.replace("-", "_")
    files = home.rules / f"{function}.py", home.examples / f"{rule_id}.yaml"
    taken = [path for path in files if path.exists()]
    if taken or rule_id in {rule.id for rule in read_rules()}:
        what = str(taken[0]) if taken else f"a rule {rule_id}"
        raise Conflict(f"there is {what} already", f"ftops policy explain {rule_id}")
    constant, argument, kind, name = APPLIES[about]
    rule = RULE.format(
        words=rule_id.replace("-", " "),
        id=rule_id,
        function=function,
        constant=constant,
        argument=argument,
    )
    for path, text in zip(files, (rule, EXAMPLES.format(type=kind, name=name)), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return files
