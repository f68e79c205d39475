"""The command line's boundary: a sentence, a hint and an exit code, never a traceback."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from ftops.cli import Commands, main
from ftops_catalog.errors import BadConfig, Blocked, CloudRefused, FtopsError, NotReady


def _boundary(error: BaseException) -> Commands:
    @click.command()
    def fail() -> None:
        raise error

    class OneCommand(Commands):
        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
            return fail if cmd_name == "fail" else super().get_command(ctx, cmd_name)

    return OneCommand(name="ftops")


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (Blocked("the plan deletes 9 deployments, 5 is the limit", "raise the limit"), 1),
        (CloudRefused("deploying: no quota", azure_code="InsufficientQuota"), 3),
        (BadConfig("unknown region westpole", "did you mean westeurope?"), 4),
        (NotReady("no sandbox", "ftops sandbox start --detach"), 4),
    ],
)
def test_an_error_is_a_sentence_a_hint_and_an_exit_code(error: FtopsError, exit_code: int) -> None:
    done = CliRunner().invoke(_boundary(error), ["fail"])

    assert done.exit_code == exit_code
    assert done.stderr.startswith(f"Error: {error.message}")
    assert ("Hint: " + error.hint in done.stderr) == bool(error.hint)
    assert done.stdout == ""


def test_azures_own_code_is_quoted() -> None:
    refusal = CloudRefused("deploying: no quota", azure_code="InsufficientQuota")

    assert "(InsufficientQuota)" in CliRunner().invoke(_boundary(refusal), ["fail"]).stderr


def test_an_interrupt_says_that_the_command_can_be_run_again() -> None:
    done = CliRunner().invoke(_boundary(KeyboardInterrupt()), ["fail"])

    assert done.exit_code == 130
    assert "run again" in done.stderr


def test_an_unknown_command_is_used_wrongly() -> None:
    done = CliRunner().invoke(main, ["teardwn"])

    assert done.exit_code == 2
    assert "teardwn" in done.stderr


def test_help_lists_every_command_with_its_summary() -> None:
    done = CliRunner().invoke(main, ["--help"])

    assert done.exit_code == 0
    assert "teardown" in done.stdout
    assert "Judge every tuned deployment" in done.stdout
