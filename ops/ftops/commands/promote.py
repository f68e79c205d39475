"""`ftops promote`: a tuned model into the stack file of the environment that shall serve it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftops.answer import Answer, Table, emit, output_option

if TYPE_CHECKING:
    from ftops.engine.promoting import Weighed
    from ftops.promotion import Promoted, Promotion

COLUMNS = ("severity", "where", "finding")

ANSWER = (
    "promotion.environment",
    "promotion.file",
    "promotion.account",
    "promotion.name",
    "promotion.model",
    "promotion.source",
    "promotion.action",
    "promotion.was",
    "promotion.written",
    "diff",
    "usd_per_hour",
    "unpriced",
    "before_usd_per_hour",
    "findings[].rule",
    "findings[].severity",
    "findings[].state",
    "findings[].message",
    "fixed[].rule",
    "fixed[].message",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("promote")
@click.argument("what", metavar="MODEL|JOB|DEPLOYMENT")
@click.argument("environment", metavar="ENV")
@click.option("--account", help="The stack file's account that shall serve it, if it has several.")
@click.option("--name", help="What callers name; that of DEPLOYMENT, or the model's suffix.")
@click.option("--sku", help="How it is served and billed; Standard, or what the file says.")
@click.option("--capacity", type=click.IntRange(1), help="In units of the SKU; 10, or as it is.")
@click.option(
    "--evaluation",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What `ftops compare --save` wrote.",
)
@click.option("--measure", help="Which measure of the evaluation counts; its first one.")
@click.option("--approved-by", metavar="NAME", help="Who answers for it.")
@click.option("--base-model", help="What a checkpoint was tuned from: its id does not tell.")
@click.option(
    "--from",
    "home",
    metavar="ACCOUNT",
    envvar="FTOPS_ACCOUNT",
    help="The account where it was trained, if the subscription has several.",
)
@click.option("--yes", is_flag=True, help="Write it.")
@output_option
def command(what: str, environment: str, yes: bool, output: str, **options: Any) -> None:
    """Write a tuned model into an environment's stack file, for a pull request.

    Shows the change, what the rules say of it and the price per hour; with --yes it is written.
    A rule that newly blocks ends it with 1, and nothing is written. Nothing is deployed: `ftops
    up` or `pulumi up` does that, once the change is merged.

    What the file says elsewhere stays, its comments too. The same words twice change nothing;
    another model under the same name replaces the one that is there. A model that was trained in
    another account gets it as `source`. Azure is asked only where the evaluation does not tell
    where the model is.

    \b
    Examples:
      ftops promote latest prod --evaluation evaluation.json --approved-by ana@contoso.com
      ftops promote sarcastic prod --account oai-prod-se --capacity 50 --yes
      ftops promote ftjob-0123456789abcdef0123456789abcdef prod --name support --sku GlobalStandard
    """
    from ftops.engine.promoting import weigh
    from ftops.promotion import promote
    from ftops.stack_file import SETTINGS, find_root
    from ftops.writing import write_whole
    from ftops_policies import read_settings

    root, now = find_root(Path.cwd()), datetime.now(UTC)
    asked = _asked(root, environment, what, options)
    made = promote(asked.text, asked.stack, asked.promotion, now.date())
    settings = read_settings(root / SETTINGS).environment(environment)
    weighed = weigh(root, asked.stack.file, made.after, settings, now)
    written = yes and not weighed.blocks and made.after != made.before
    if written:
        write_whole(root / asked.stack.file, made.after, expected=made.before)
    if output == "table" and made.after != made.before:
        click.echo(made.diff(asked.stack.file))
    emit(_answer(asked, made, weighed, now, written=written), output)


@dataclass(frozen=True)
class Asked:
    """The stack file as it is, and what shall be written into it."""

    text: str
    stack: Any
    promotion: Promotion


def _asked(root: Path, environment: str, what: str, options: dict[str, Any]) -> Asked:
    from ftops.environment import parse_stack
    from ftops.evaluation import read_evaluation
    from ftops.experiment import parse_name
    from ftops.promotion import Promotion, evidence, find_entry, source_of
    from ftops.stack_file import parse_stack_file, read_stack_file
    from ftops_catalog.catalog import read_catalog

    catalog = read_catalog()
    file = read_stack_file(environment, root).file
    text = (root / file).read_bytes().decode()
    stack = parse_stack_file(environment, file, text)
    declared = parse_stack(stack, catalog)
    account = find_entry(stack, options["account"])
    path, by = options["evaluation"], options["approved_by"]
    evaluation = read_evaluation(path) if path else None
    model, home, called = _tuned(what, options["home"], evaluation)
    promotion = Promotion(
        account=account,
        name=parse_name(options["name"] or called, model),
        model=model,
        base_model=options["base_model"],
        source=source_of(account, home, declared),
        sku=catalog.sku(options["sku"]).name if options["sku"] else None,
        capacity=options["capacity"],
        approved_by=by,
        evaluation=evidence(evaluation, options["measure"], model, catalog) if evaluation else None,
    )
    return Asked(text, stack, promotion)


def _tuned(what: str, home: str | None, evaluation: Any) -> tuple[str, str, str | None]:
    """The model, the account that has it and its name there: the evaluation may tell, or Azure."""
    if evaluation and evaluation.account_id and evaluation.tuned_model == what:
        return what, evaluation.account_id, None
    from ftops.azure.promoting import find_tuned
    from ftops.azure.session import open_session

    found = find_tuned(open_session(), home, what)
    return found.model, found.account_id, found.name


def _answer(
    asked: Asked, made: Promoted, weighed: Weighed, now: datetime, *, written: bool
) -> Answer:
    promotion, after = asked.promotion, weighed.after
    body = {
        "promotion": {
            "environment": asked.stack.name,
            "file": asked.stack.file,
            "account": promotion.account,
            "name": promotion.name,
            "model": promotion.model,
            "source": promotion.source,
            "action": made.action,
            "was": made.was,
            "written": written,
        },
        "diff": made.diff(asked.stack.file),
        "usd_per_hour": after.usd_per_hour,
        "unpriced": after.unpriced,
        "before_usd_per_hour": weighed.before.usd_per_hour,
        "findings": [each.finding.as_json() for each in weighed.new],
        "fixed": [each.finding.as_json() for each in weighed.fixed],
    }
    found = [entry.finding for entry in weighed.new]
    rows = [(each.mark, each.place, f"{each.rule}: {each.sentence}") for each in found]
    table = Table(COLUMNS, rows, title="new findings", empty="no new findings")
    notes = _notes(asked, made, weighed, written=written)
    return Answer("promote", now, body, [table], notes, int(weighed.blocks))


def _notes(asked: Asked, made: Promoted, weighed: Weighed, *, written: bool) -> list[str]:
    name, file = asked.promotion.name, asked.stack.file
    said = {
        "added": f"{name} is new in {file}",
        "replaced": f"{name} served {made.was}, which is replaced",
        "changed": f"{name} serves the same model, and changes otherwise",
        "unchanged": f"{name} is in {file} already, as asked for",
    }[made.action]
    lower = f", {weighed.after.unpriced} of unknown price beside" if weighed.after.unpriced else ""
    price = f"{weighed.before.usd_per_hour} -> {weighed.after.usd_per_hour} USD per hour{lower}"
    if weighed.blocks:
        end = "a rule blocks it: nothing was written; ftops policy explain RULE tells what to do"
    elif made.action == "unchanged":
        end = "nothing was written"
    elif written:
        end = f"{file} is written: open a pull request; ftops up {asked.stack.name} deploys it"
    else:
        end = "nothing was written: add --yes"
    return [said, price, end]
