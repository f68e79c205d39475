"""Examples of a rule: resources for which it holds, breaks, or is not known, told in YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ftops_catalog.errors import BadConfig
from ftops_policies.finding import Finding
from ftops_policies.resource import ACCOUNT, DEPLOYMENT, RESOURCE_GROUP, UNKNOWN, Resource
from ftops_policies.rule import CRASHED, Rule
from ftops_policies.rulebook import judge
from ftops_policies.settings_file import parse_settings

OUTCOMES: Final = {"holds": "", "breaks": "broken", "unknown": "unknown"}
"""What an example is listed under, and the state of the finding that it asks for."""

SHORT: Final = {"accounts": ACCOUNT, "deployments": DEPLOYMENT, "resourceGroups": RESOURCE_GROUP}
NOW: Final = datetime(2026, 11, 21, tzinfo=UTC)
"""The instant of an example that states no `now` of its own."""


@dataclass(frozen=True)
class Example:
    """One case of a rule; `says` is part of the sentence that a finding must have."""

    rule: str
    outcome: str
    case: str
    resources: Sequence[Mapping[str, Any]] = field(repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    says: str = ""
    severity: str = "block"
    now: datetime = NOW

    def try_on(self, rules: Sequence[Rule]) -> str:
        """Why the example does not come out as it says; empty where it does."""
        where = f"the example {self.case!r}"
        here = parse_settings({"defaults": self.settings}, where).environment("example")
        found = judge(list(parse_resources(self.resources)), here, self.now, rules=rules)
        crash = next((each.message for each in found if each.rule == CRASHED), "")
        said = [each for each in found if each.rule == self.rule]
        if crash or (self.outcome == "holds" and not said):
            return crash
        if self.outcome == "holds":
            return f"it does not hold: {said[0].message}"
        if any(self._fits(each) for each in said):
            return ""
        told = "; ".join(f"{each.severity}, {each.state}: {each.message}" for each in said)
        wanted = f"{self.severity}, {OUTCOMES[self.outcome]}: ...{self.says}..."
        return f"wanted {wanted}; the rule says {told or 'nothing'}"

    def _fits(self, finding: Finding) -> bool:
        same = (finding.state, finding.severity) == (OUTCOMES[self.outcome], self.severity)
        return same and self.says in finding.message


def parse_resources(rows: Sequence[Mapping[str, Any]]) -> Iterator[Resource]:
    """Resources from an example's rows; a parent is named, and stands before its children."""
    made: dict[str, Resource] = {}
    for line, row in enumerate(rows, 1):
        made[row["name"]] = Resource(
            SHORT.get(row["type"], row["type"]),
            row["name"],
            row["body"],
            id=row.get("id", ""),
            parent=made.get(row.get("parent", "")),
            file="stacks/Pulumi.dev.yaml",
            line=line,
            protect=row.get("protect"),
            exists=row.get("exists", False),
            declared=row.get("declared"),
        )
    yield from made.values()


def read_examples(path: Path) -> list[Example]:
    """The examples in a rule's file, `!unknown ""` read as UNKNOWN; BadConfig names a bad one."""
    import yaml

    class Loader(yaml.SafeLoader):
        """Reads `!unknown` as a value that is not known before `up`."""

    Loader.add_constructor("!unknown", lambda _loader, _node: UNKNOWN)
    try:
        whole = yaml.load(path.read_text(encoding="utf-8"), Loader) or {}  # noqa: S506 - a SafeLoader
        _known(whole)
        return [
            Example(rule=path.stem, outcome=outcome, **case)
            for outcome, listed in whole.items()
            for case in listed
            if _is_whole(case)
        ]
    except (OSError, UnicodeDecodeError) as fault:
        raise BadConfig(
            f"{path} cannot be read: {fault}.", "Write examples for the rule."
        ) from fault
    except (yaml.YAMLError, TypeError, KeyError, AttributeError, ValueError) as fault:
        said = str(fault).partition("\n")[0]
        hint = f"Under {', '.join(OUTCOMES)}: a list of case, resources, says, settings, now."
        raise BadConfig(f"{path} holds no examples: {said}.", hint) from fault


def _known(outcomes: Iterable[object]) -> None:
    for outcome in outcomes:
        if outcome not in OUTCOMES:
            raise ValueError(f"there is no {outcome!r}")


def _is_whole(case: Mapping[str, Any]) -> bool:
    """Refuses what would only fail once it is judged."""
    if not all(isinstance(row["body"], Mapping) and row["type"] for row in case["resources"]):
        raise ValueError(f"the case {case.get('case')!r} has a resource without type and body")
    return isinstance(case["case"], str)
