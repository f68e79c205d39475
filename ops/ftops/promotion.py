"""A promotion: a tuned model written into the stack file of the environment that shall serve it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import unified_diff
from typing import TYPE_CHECKING, Any, Literal

from ftops.amendment import add_entry, change_entry
from ftops.estate import CHECKPOINT_MARK, root_model
from ftops.evaluation import Evaluation, Measured
from ftops.experiment import is_tuned
from ftops.stack_file import PROJECT, StackFile, parse_stack_file
from ftops_catalog.errors import BadConfig, BadUsage, Conflict
from ftops_catalog.hint import did_you_mean

if TYPE_CHECKING:
    from ftops.environment import Environment
    from ftops_catalog.catalog import Catalog

Action = Literal["added", "replaced", "changed", "unchanged"]
"""`replaced`: the deployment served another model. `changed`: the same one, otherwise."""

SKU = "Standard"
CAPACITY = 10
KEYS = ("model", "baseModel", "source", "sourceAccount", "sku", "capacity", "readiness")


@dataclass(frozen=True)
class Promotion:
    """What is to be written; None leaves what the file says, or its default.

    `account` is the name of an account of the file, `source` where the model was trained: an
    account of the file by its name, or an account's id; None is the account itself. `approved_by`
    answers for it; `evaluation` is what was reached, on how many examples of which file.
    """

    account: str
    name: str
    model: str
    base_model: str | None
    source: str | None
    sku: str | None
    capacity: int | None
    approved_by: str | None
    evaluation: Mapping[str, Any] | None


@dataclass(frozen=True)
class Promoted:
    """A stack file as it would be; `was` is the model that the deployment served before."""

    action: Action
    was: str | None
    before: str = field(repr=False)
    after: str = field(repr=False)

    def diff(self, file: str) -> str:
        """The change as a unified diff, empty where nothing changes."""
        before, after = self.before.splitlines(), self.after.splitlines()
        return "\n".join(unified_diff(before, after, file, file, lineterm=""))


def find_entry(stack: StackFile, name: str | None) -> str:
    """The name of the account of a stack file that is meant; BadUsage where that is not clear."""
    names = [str(each["name"]) for each in stack.config["accounts"]]
    if name is None:
        if len(names) == 1:
            return names[0]
        hint = f"say which one: --account, one of {', '.join(names)}"
        raise BadUsage(f"{stack.file} has {len(names)} accounts", hint)
    found = [each for each in names if each.casefold() == name.casefold()]
    if not found:
        raise BadUsage(f"{stack.file} has no account {name!r}", did_you_mean(name, names))
    return found[0]


def source_of(account: str, trained_in: str, environment: Environment) -> str | None:
    """What `source` says: nothing where the model is trained in the account that serves it.

    `trained_in` is the id of the account where it was trained. One of the environment is named.
    """
    parts = trained_in.casefold().split("/")
    group, name = parts[4:5], parts[-1]
    if group != [environment.resource_group.casefold()]:
        return trained_in
    here = environment.accounts_called(account)
    if [each.name.casefold() for each in here] == [name]:
        return None
    named = [each.name for each in environment.accounts if each.name.casefold() == name]
    return named[0] if named else trained_in


def choose_measure(evaluation: Evaluation, name: str | None) -> Measured:
    """The measure of a name, or the first one."""
    if name is None:
        return evaluation.measures[0]
    for each in evaluation.measures:
        if each.measure.casefold() == name.casefold():
            return each
    names = [each.measure for each in evaluation.measures]
    raise BadUsage(f"the evaluation has no measure {name!r}", did_you_mean(name, names))


def evidence(
    evaluation: Evaluation, measure: str | None, model: str, catalog: Catalog
) -> dict[str, Any]:
    """An evaluation as a stack file says it.

    Raises Conflict where it is of another model, or of a base that this one was not tuned from.
    """
    if evaluation.tuned_model.casefold() != model.casefold():
        said = f"the evaluation is of {evaluation.tuned_model}, not of {model}"
        raise Conflict(said, "compare the model that is to be promoted")
    root, base = root_model(model), evaluation.base_model
    known = catalog.find_model(root) if root else None
    other = catalog.find_model(base) if base else None
    if known and other and known.name != other.name:
        said = f"the evaluation's base is {other.name}, and the model was tuned from {known.name}"
        raise Conflict(said, f"compare it with a deployment of {known.name}")
    chosen = choose_measure(evaluation, measure)
    told = {"measure": chosen.measure, "heldOut": evaluation.held_out}
    scores = {"examples": evaluation.examples, "baseline": chosen.base, "score": chosen.tuned}
    return {**told, **{key: value for key, value in scores.items() if value is not None}}


def promote(text: str, stack: StackFile, promotion: Promotion, today: date) -> Promoted:
    """The stack file's text with the promotion in it; nothing else of it is another.

    `text` is what `stack` was parsed from. Raises Conflict where the name serves a base model,
    BadUsage for an evaluation that nobody approves, BadConfig where the file shares parts through
    an anchor, so that more would change than is meant.
    """
    accounts: Sequence[Mapping[str, Any]] = stack.config["accounts"]
    at = next(i for i, each in enumerate(accounts) if each["name"] == promotion.account)
    listed = accounts[at].get("deployments") or []
    key = promotion.name.casefold()
    place = next((i for i, each in enumerate(listed) if each["name"].casefold() == key), None)
    path = ("config", f"{PROJECT}:accounts", at)
    if place is None:
        values = {"name": promotion.name, **_wanted(promotion, {}, today)}
        after = _amended(stack.file, lambda: add_entry(text, path, "deployments", values))
        return _checked(Promoted("added", None, text, after), stack, promotion, at)
    old = listed[place]
    was = str(old["model"])
    if not is_tuned(was):
        hint = "choose another name for the tuned one: --name"
        raise Conflict(f"{promotion.name} serves the base model {was}", hint)
    wanted = _wanted(promotion, old, today)
    changed = {name: value for name, value in wanted.items() if not _same(value, old.get(name))}
    action: Action = "changed" if was.casefold() == promotion.model.casefold() else "replaced"
    if not changed:
        return Promoted("unchanged", was, text, text)
    entry = (*path, "deployments", place)
    after = _amended(stack.file, lambda: change_entry(text, entry, changed))
    return _checked(Promoted(action, was, text, after), stack, promotion, at)


def _amended(file: str, amend: Callable[[], str]) -> str:
    try:
        return amend()
    except BadConfig as error:
        raise BadConfig(f"{file}: {error.message}", error.hint) from error


def _wanted(promotion: Promotion, old: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Every key that a promotion decides about; None is a key that goes."""
    checkpoint = promotion.model.casefold().startswith(CHECKPOINT_MARK)
    same = str(old.get("model", "")).casefold() == promotion.model.casefold()
    known = promotion.base_model or (old.get("baseModel") if same else None)
    return {
        "model": promotion.model,
        "baseModel": known if checkpoint else None,
        "source": promotion.source,
        "sourceAccount": None,
        "sku": promotion.sku or old.get("sku") or SKU,
        "capacity": promotion.capacity or old.get("capacity") or CAPACITY,
        "readiness": _readiness(promotion, old.get("readiness") if same else None, today),
    }


def _readiness(
    promotion: Promotion, old: Mapping[str, Any] | None, today: date
) -> dict[str, Any] | None:
    """What is recorded; the same words on another day leave the day of the approval as it is."""
    held = old or {}
    proof = promotion.evaluation or held.get("evaluation")
    stands = _same(proof, held.get("evaluation"))
    by = promotion.approved_by or (held.get("approvedBy") if stands else None)
    if by is None:
        if proof is None:
            return None
        raise BadUsage("nobody answers for this evaluation", "say who approves it: --approved-by")
    kept = stands and by == held.get("approvedBy")
    on = held.get("approvedOn") if kept else today.isoformat()
    said = {"approvedBy": by, "approvedOn": on}
    return {**said, "evaluation": dict(proof)} if proof else said


def _same(one: Any, other: Any) -> bool:
    """Whether two values say the same, a number being as good as its digits in quotes."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, Decimal):
        try:
            return one == Decimal(str(other))
        except ArithmeticError:
            return False
    return bool(one == other)


def _checked(made: Promoted, stack: StackFile, promotion: Promotion, at: int) -> Promoted:
    """Looks that the text says what is wanted, and of all the rest what it said before."""
    try:
        after = parse_stack_file(stack.name, stack.file, made.after).config
    except BadConfig:
        after = {}
    before, _ = _taken_out(stack.config, at, promotion.name)
    rest, entry = _taken_out(after, at, promotion.name) if after else ({}, None)
    if rest != before or entry is None:
        raise BadConfig(
            f"{stack.file} cannot be changed in this one place alone",
            "write out what it shares through anchors (& and *), then run it again",
        )
    return made


def _taken_out(
    config: Mapping[str, Any], at: int, name: str
) -> tuple[Mapping[str, Any], Mapping[str, Any] | None]:
    """A stack's config without one deployment of one account, and that deployment."""
    account = dict(config["accounts"][at])
    listed = list(account.pop("deployments", None) or [])
    [*found] = (each for each in listed if str(each["name"]).casefold() == name.casefold())
    account["deployments"] = [each for each in listed if each not in found]
    accounts = [*config["accounts"][:at], account, *config["accounts"][at + 1 :]]
    return {**config, "accounts": accounts}, found[0] if len(found) == 1 else None
