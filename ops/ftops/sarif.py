"""Findings as SARIF 2.1.0 (OASIS): what code scanning and editors read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from ftops import __version__
from ftops.review import Entry, Review
from ftops_policies import Rule
from ftops_policies.rule import CRASHED, VOID

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS: Final = {"block": "error", "warn": "warning", "info": "note"}
FINGERPRINT: Final = "ftops/v1"
OWN: Final = {
    CRASHED: ("A rule raised.", "Mend the rule; what it would have said is not known."),
    VOID: ("A waiver does not hold.", "Give it an owner, a reason, a ticket and an end, or go."),
}
"""What is found beside the rules, with what to do."""

Json = dict[str, Any]


def render_sarif(review: Review, rules: Sequence[Rule]) -> str:
    """One run of all environments; what is not known is `open`, what is waived is suppressed."""
    described = [*map(_rule, rules), *(_own(name, *texts) for name, texts in OWN.items())]
    places = {each["id"]: index for index, each in enumerate(described)}
    run = {
        "tool": {
            "driver": {
                "name": "ftops",
                "semanticVersion": __version__,
                "rules": described,
            }
        },
        "automationDetails": {"id": "ftops-policy-check/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, places, review.prefix) for each in review.entries()],
    }
    whole = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _rule(rule: Rule) -> Json:
    found = _described(rule.id, rule.title, rule.rationale, rule.remedy, rule.references)
    found["defaultConfiguration"] = {"level": LEVELS[rule.severity]}
    links = [each for each in rule.references if each.startswith("https://")]
    return {**found, "helpUri": links[0]} if links else found


def _own(name: str, title: str, remedy: str) -> Json:
    found = _described(name, title, title, remedy, ())
    return {**found, "defaultConfiguration": {"level": "error"}}


def _described(
    name: str, title: str, rationale: str, remedy: str, references: Iterable[str]
) -> Json:
    links = "".join(f"\n- {each}" for each in references)
    return {
        "id": name,
        "name": "".join(part.capitalize() for part in name.split("-")),
        "shortDescription": {"text": title},
        "fullDescription": {"text": rationale or title},
        "help": {
            "text": f"{rationale}\n\nWhat to do: {remedy}\n{links}".strip(),
            "markdown": f"{rationale}\n\n**What to do:** {remedy}\n{links}".strip(),
        },
        "properties": {"tags": ["azure-openai", "policy"]},
    }


def _result(entry: Entry, places: dict[str, int], prefix: str) -> Json:
    finding = entry.finding
    known = finding.state != "unknown"
    result: Json = {
        "ruleId": finding.rule,
        "ruleIndex": places[finding.rule],
        "kind": "fail" if known else "open",
        "level": LEVELS[finding.severity] if known else "none",
        "message": {"text": finding.message},
        "locations": [_location(entry, prefix)],
        "partialFingerprints": {FINGERPRINT: entry.fingerprint},
        "properties": {"environment": entry.environment},
    }
    if entry.change:
        result["baselineState"] = "new" if entry.change == "new" else "unchanged"
    if finding.state == "waived":
        why = {"kind": "external", "status": "accepted", "justification": finding.waiver}
        result["suppressions"] = [why]
    return result


def _location(entry: Entry, prefix: str) -> Json:
    from urllib.parse import quote

    finding = entry.finding
    place: Json = {"artifactLocation": {"uri": quote(f"{prefix}{finding.file or ''}")}}
    if finding.line:
        place["region"] = {"startLine": finding.line}
    name = finding.resource or entry.environment
    return {
        "physicalLocation": place,
        "logicalLocations": [{"fullyQualifiedName": name, "kind": "resource"}],
    }
