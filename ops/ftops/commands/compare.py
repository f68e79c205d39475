"""`ftops compare`: a base and a tuned deployment, on the same held-out questions."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.training_option import home_account_option

if TYPE_CHECKING:
    from ftops.azure.comparing import Bout
    from ftops.comparison import Compared, Score

ANSWER = (
    "account",
    "base.deployment",
    "base.model",
    "tuned.deployment",
    "tuned.model",
    "examples[].line",
    "examples[].question",
    "examples[].expected",
    "examples[].base",
    "examples[].tuned",
    "examples[].base_chrf",
    "examples[].tuned_chrf",
    "examples[].base_f1",
    "examples[].tuned_f1",
    "scores.base.chrf",
    "scores.base.f1",
    "scores.base.prompt_tokens",
    "scores.base.completion_tokens",
    "scores.tuned.chrf",
    "scores.tuned.f1",
    "scores.tuned.prompt_tokens",
    "scores.tuned.completion_tokens",
    "scores.tuned_is_nearer",
    "scores.examples",
    "scores.measure",
    "held_out_sha256",
    "saved",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("compare")
@click.argument("base", metavar="BASE_DEPLOYMENT")
@click.argument("tuned", metavar="TUNED_DEPLOYMENT")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    required=True,
    help="Held-out chat examples, none of them in the training file.",
)
@click.option("--limit", type=click.IntRange(1), help="Ask only the first so many.")
@click.option(
    "--save",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the evaluation to a file, for `ftops promote --evaluation`.",
)
@home_account_option
@output_option
def command(
    base: str, tuned: str, data: Path, save: Path | None, output: str, **options: Any
) -> None:
    """Ask a base and a tuned deployment the same held-out questions.

    Shows question, expected answer and both replies side by side, and how like the expected
    wording each of them is. Likeness is no judge of quality: read the replies. The questions are
    calls like any other and are billed by token.

    \b
    Examples:
      ftops compare gpt-4.1-mini sarcastic --data held-out.jsonl
      ftops compare gpt-4.1-mini sarcastic --data held-out.jsonl --limit 3 --output json
      ftops compare gpt-4.1-mini sarcastic --data held-out.jsonl --save evaluation.json
    """
    from rich.console import Console
    from rich.progress import track

    from ftops.azure.comparing import open_bout
    from ftops.azure.session import open_session

    session = open_session()
    bout = open_bout(session, options["account"], (base, tuned), data, options["limit"])
    steps = track(
        bout.asked(), "asking", len(bout.questions), console=Console(stderr=True), transient=True
    )
    compared = list(steps)
    scores = _scored(compared)
    if save:
        _save(save, bout, scores, len(compared), session.now)
    body, tables, notes = _answer(bout, compared, scores)
    emit(
        Answer(
            "compare", session.now, {**body, "saved": str(save) if save else None}, tables, notes
        ),
        output,
    )


def _scored(compared: list[Compared]) -> tuple[Score, Score]:
    """The base's score and the tuned one's."""
    from ftops.comparison import score

    return (
        score([c.base_likeness for c in compared], [c.base for c in compared]),
        score([c.tuned_likeness for c in compared], [c.tuned for c in compared]),
    )


def _save(path: Path, bout: Bout, scores: tuple[Score, Score], asked: int, now: datetime) -> None:
    from ftops.evaluation import render_evaluation
    from ftops.writing import write_whole

    held_out = {"file": bout.data.name, "sha256": bout.digest, "examples": asked}
    text = render_evaluation(bout.account, (bout.base, bout.tuned), held_out, scores, now)
    write_whole(path, text)


def _answer(
    bout: Bout, compared: list[Compared], scored: tuple[Score, Score]
) -> tuple[dict[str, object], list[Table], list[str]]:
    from ftops.comparison import MEASURE

    scores = dict(zip((bout.base.name, bout.tuned.name), scored, strict=True))
    nearer = sum(c.tuned_likeness.chrf > c.base_likeness.chrf for c in compared)
    told = [asdict(each) for each in scores.values()]
    body: dict[str, object] = {
        "account": bout.account.name,
        "base": {"deployment": bout.base.name, "model": bout.base.model},
        "tuned": {"deployment": bout.tuned.name, "model": bout.tuned.model},
        "examples": [_example(each) for each in compared],
        "scores": {
            "base": told[0],
            "tuned": told[-1],
            "tuned_is_nearer": nearer,
            "examples": len(compared),
            "measure": MEASURE,
        },
        "held_out_sha256": bout.digest,
    }
    note = f"the tuned reply is nearer to the expected one in {nearer} of {len(compared)}"
    return body, [_side_by_side(bout, compared), _scores(scores)], [note, MEASURE]


def _example(each: Compared) -> dict[str, object]:
    return {
        "line": each.question.line,
        "question": each.question.text,
        "expected": each.question.expected,
        "base": each.base.text,
        "tuned": each.tuned.text,
        "base_chrf": each.base_likeness.chrf,
        "tuned_chrf": each.tuned_likeness.chrf,
        "base_f1": each.base_likeness.f1,
        "tuned_f1": each.tuned_likeness.f1,
    }


def _side_by_side(bout: Bout, compared: list[Compared]) -> Table:
    rows = [
        (each.question.text, each.question.expected, each.base.text, each.tuned.text)
        for each in compared
    ]
    return Table(("question", "expected", bout.base.name, bout.tuned.name), rows)


def _scores(scores: dict[str, Score]) -> Table:
    columns = ("deployment", "chrF", "F1", "prompt tokens", "completion tokens")
    rows = [
        (name, each.chrf, each.f1, each.prompt_tokens, each.completion_tokens)
        for name, each in scores.items()
    ]
    return Table(columns, rows)
