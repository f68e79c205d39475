"""Taking declared resources that are there already into the state of the Pulumi CLI."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ftops.azure.arm import Arm
from ftops.azure.session import Session
from ftops.deleted_account import DeletedAccount
from ftops.engine.cli import Cli
from ftops.engine.listing import Foreseen, arm_request
from ftops.engine.program import Declared, run_program
from ftops.engine.state import resources
from ftops.progress import Progress
from ftops.stack_file import read_stack_file

if TYPE_CHECKING:
    from pulumi.automation._stack import ImportResource

STACK = "pulumi:pulumi:Stack"


def adopt(
    cli: Cli, root: Path, session: Session, accounts: Sequence[DeletedAccount], progress: Progress
) -> None:
    """Imports restored accounts, their groups, and what of them is declared and there."""
    name, target = cli.stack.name, session.target
    run = run_program(root, read_stack_file(name, root), Foreseen(target.subscription_id))
    known = {each["urn"] for each in resources(cli.state())}
    with Arm(session) as arm:
        found = [
            (each, path)
            for each, path in _of(accounts, run.declared, target.subscription_id)
            if each.urn not in known and arm.get(path, _version(each)) is not None
        ]
    if found:
        cli.take_in(list(_imports(found, known)), {label(urn): urn for urn in known})
        for each, _ in found:
            progress.say(f"{'imported':10} {each.name}")


def _of(
    accounts: Sequence[DeletedAccount], declared: Sequence[Declared], subscription_id: str
) -> Iterator[tuple[Declared, str]]:
    """The declared resources in accounts and the groups that hold them, parents first."""
    for each in declared:
        _, sent = arm_request(each, subscription_id)
        path = sent.path.casefold()
        ids = [account.id.casefold() for account in accounts]
        if any(f"{one}/".startswith(f"{path}/") or path.startswith(f"{one}/") for one in ids):
            yield each, sent.path


def _version(declared: Declared) -> str:
    from ftops_catalog.arm_type import read_arm_types

    return read_arm_types().token(declared.token).api_version


def _imports(found: Sequence[tuple[Declared, str]], known: set[str]) -> Iterator[ImportResource]:
    """What `pulumi import` reads: components come by name, and every parent before its children."""
    from pulumi.automation._stack import ImportResource

    named = {each.urn for each, _ in found} | known
    for each, path in found:
        if each.parent and f"::{STACK}::" not in each.parent and each.parent not in named:
            named.add(each.parent)
            kind = each.parent.split("::")[2].rsplit("$", 1)[-1]
            own = each.parent.rsplit("::", 1)[-1]
            yield ImportResource(
                type=kind, name=label(each.parent), logicalName=own, component=True
            )
        entry = ImportResource(
            type=each.token, name=label(each.urn), logicalName=each.name, id=path
        )
        if each.parent and f"::{STACK}::" not in each.parent:
            entry["parent"] = label(each.parent)
        yield entry


def label(urn: str) -> str:
    """A name for one run's import file: two resources may have one name, not one URN."""
    return urn.split("::", 2)[-1]
