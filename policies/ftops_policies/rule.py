"""A rule: one function with its severity, what it applies to, its reason and its remedy."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, Final

from ftops_catalog.errors import BadConfig
from ftops_policies.finding import Severity, State
from ftops_policies.resource import Resource

ENVIRONMENT: Final = "environment"
"""What a rule applies to when it looks at all resources of an environment at once."""

ESTATE: Final = "estate"
"""Beside a type: the rule is asked about what exists alone, never about what is declared."""

TRAINING_FILE: Final = "training-file"
"""The type of a file of examples: its name is its path, its body what was read of it.

`{environment, format, examples, tokens, bytes, sha256, problems: [{line, rule, message}],
personal_data: [{line, kind, shape}], secrets: [the same], card: {license, source, approved_by,
approved_on, environments, sha256}}`. `environment` is the one that trains on it, absent where
nobody says; without a card there is no `card`. No value that was found is in it, only its shape.
"""

JOB: Final = "job-request"
"""The type of a fine-tuning job before it exists: its body is that of Azure's own request.

`{model, training_file, validation_file, suffix, seed, trainingType, method: {type, TYPE: {grader,
hyperparameters}}}`, with paths for ids of files, and beside it `ftops: {environment, region,
estimate_usd, budget_usd, epochs, lines}`: money as Decimal, `epochs` those of the estimate,
`lines` where each of Azure's keys is written (from 1). What nobody knows is absent.
"""

PROJECT: Final = "project"
"""The project's own files as one of its environments needs them; asked by `ftops policy check`.

The name is the environment's, the body has `workflows`: those of GitHub's that are scheduled, each
with `file`, `commands` (those that tear down), `calls` (others), or `unreadable`.
"""

CRASHED: Final = "rule-crashed"
"""The id of the finding that a rule becomes when it raises; no rule may take it."""

VOID: Final = "waiver-is-void"
"""The id of the finding that a waiver becomes when it does not hold; no rule may take it."""

# What a rule may ask for by name; every other keyword is a parameter that settings can change.
GIVEN: Final = frozenset({"account", "catalog", "now"})

KINDS: Final[dict[str, type[Any]]] = {
    "bool": bool,
    "int": int,
    "str": str,
    "Decimal": Decimal,
    "tuple[str, ...]": tuple,
}

Parameter = bool | int | str | Decimal | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence of a rule with more to it: about one resource, milder, or about an unknown.

    `line` is where in the resource's file it applies, where that is not the resource's own line.
    """

    message: str
    about: Resource | None = None
    severity: Severity | None = None
    state: State = "broken"
    line: int | None = None


def warn(message: str) -> Remark:
    """A sentence that never blocks, whatever the rule's severity."""
    return Remark(message, severity="warn")


def unknown(message: str, about: Resource | None = None) -> Remark:
    """A sentence about something that is not known, which is neither a pass nor a breach."""
    return Remark(message, about=about, state="unknown")


Check = Callable[..., Iterable[str | Remark]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as the registry holds it; `parameters` are name and default, by name.

    `fix` has the values that mend what the rule finds, by their paths in ARM's JSON; it is empty
    where only a person can tell what to do.
    """

    id: str
    severity: Severity
    applies_to: tuple[str, ...]
    title: str
    rationale: str
    remedy: str
    references: tuple[str, ...]
    parameters: dict[str, Parameter]
    needs: AbstractSet[str]
    check: Check
    fix: Mapping[str, Any] = field(default_factory=dict)

    @property
    def of_environment(self) -> bool:
        """Whether the rule looks at all resources at once."""
        return ENVIRONMENT in self.applies_to

    @property
    def of_estate(self) -> bool:
        """Whether the rule looks at what exists, and so at nothing that a program declares."""
        return ESTATE in self.applies_to

    @property
    def of_training(self) -> bool:
        """Whether the rule looks at jobs and their files alone, and so at nothing of a program."""
        return set(self.applies_to) <= {TRAINING_FILE, JOB}

    @property
    def of_program(self) -> bool:
        """Whether anything that a program declares can be of concern to the rule."""
        return not (self.of_estate or self.of_training or PROJECT in self.applies_to)

    def concerns(self, resource: Resource) -> bool:
        """Whether the rule is asked about a resource by itself."""
        named = any(resource.is_a(each) for each in self.applies_to)
        return named and (resource.exists or not self.of_estate)


class Registry:
    """Rules by id; a test may hold its own."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}

    def rule(
        self,
        id: str,  # noqa: A002 - the word that rules, findings and settings use for it
        *,
        severity: Severity,
        applies_to: str | tuple[str, ...],
        remedy: str,
        references: tuple[str, ...],
        fix: Mapping[str, Any] | None = None,
    ) -> Callable[[Check], Check]:
        """Register a function as a rule.

        The function is called with a Resource (or, for ENVIRONMENT, a tuple of all of them) and
        yields a sentence, or a Remark, for each thing that is wrong. Its docstring is the rule's
        text: the first line says what must hold, the rest says why. Keywords named in GIVEN are
        handed in, others are parameters for settings. `fix` has the values that always mend it.
        """

        def register(check: Check) -> Check:
            name = getattr(check, "__name__", "?")
            assert name == id.replace("-", "_"), f"the rule {id} is the function {name}"
            if id in self._rules or id in {CRASHED, VOID}:
                raise BadConfig(f"Two rules are called {id}.", "Give one of them another id.")
            title, _, why = inspect.cleandoc(check.__doc__ or "").partition("\n")
            self._rules[id] = Rule(
                id=id,
                severity=severity,
                applies_to=(applies_to,) if isinstance(applies_to, str) else applies_to,
                title=title,
                rationale=why.strip(),
                remedy=remedy,
                references=references,
                parameters=_parameters(id, check),
                needs=_keywords(check).keys() & GIVEN,
                check=check,
                fix=fix or {},
            )
            return check

        return register

    def rules(self) -> tuple[Rule, ...]:
        """Every rule, by id."""
        return tuple(self._rules[key] for key in sorted(self._rules))


_REGISTRY: Final = Registry()
rule = _REGISTRY.rule


@cache
def read_rules() -> tuple[Rule, ...]:
    """Every rule in ftops_policies/rules, one file each, by id."""
    package = importlib.import_module("ftops_policies.rules")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return _REGISTRY.rules()


def _keywords(check: Check) -> dict[str, inspect.Parameter]:
    signature = inspect.signature(check).parameters
    keyword = inspect.Parameter.KEYWORD_ONLY
    return {name: each for name, each in signature.items() if each.kind is keyword}


def _parameters(rule_id: str, check: Check) -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    for name, each in _keywords(check).items():
        if name in GIVEN:
            continue
        kind = KINDS.get(str(each.annotation))
        fits = kind is not None and isinstance(each.default, kind)
        assert fits, f"{name} of the rule {rule_id} needs a default, and a type of {list(KINDS)}"
        default: Parameter = each.default
        found[name] = default
    return found


def parameter_of(default: Parameter, value: Any) -> Parameter | None:
    """A value from settings as the type that a parameter's default has; None when it is not.

    Money may be written as a number or, exactly, as text; a list of names is a list of text.
    """
    if isinstance(default, bool) or isinstance(value, bool):
        return value if isinstance(default, bool) and isinstance(value, bool) else None
    if isinstance(default, int):
        return _whole(value)
    if isinstance(default, Decimal):
        return _money(value)
    if isinstance(default, tuple):
        listed = isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
        return tuple(value) if listed else None
    return value if isinstance(value, str) else None


def _whole(value: Any) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and value >= 0 else None


def _money(value: Any) -> Decimal | None:
    if not isinstance(value, int | float | str):
        return None
    try:
        money = Decimal(str(value))
    except ArithmeticError:
        return None
    return money if money.is_finite() and money >= 0 else None
