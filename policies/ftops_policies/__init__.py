"""What must hold: one function per rule, judged the same way wherever a resource is seen."""

from __future__ import annotations

if __name__ != "ftops_policies":
    raise ImportError(
        f"{__name__} is a second copy of ftops_policies with an empty registry: "
        "policies/ is a source root, so import ftops_policies."
    )

from ftops_policies.finding import Finding
from ftops_policies.resource import UNKNOWN, NotKnownError, Resource
from ftops_policies.rule import Rule, read_rules, rule
from ftops_policies.rulebook import gate, judge, judge_whole
from ftops_policies.setting import (
    EnvironmentSettings,
    Exclusion,
    RuleSetting,
    Settings,
)
from ftops_policies.settings_file import read_settings
from ftops_policies.waiver import Waiver

__all__ = [
    "UNKNOWN",
    "EnvironmentSettings",
    "Exclusion",
    "Finding",
    "NotKnownError",
    "Resource",
    "Rule",
    "RuleSetting",
    "Settings",
    "Waiver",
    "gate",
    "judge",
    "judge_whole",
    "read_rules",
    "read_settings",
    "rule",
]
