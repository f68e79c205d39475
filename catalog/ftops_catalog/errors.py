"""The errors a user may meet; every layer raises these and one boundary prints them."""

from __future__ import annotations


class FtopsError(Exception):
    """Something a person can act on: one sentence and what to type next.

    `code` is stable kebab case for programs; `exit_code` is the process's answer.
    """

    code = "error"
    exit_code = 4

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Blocked(FtopsError):
    """The answer is no: findings, bad data, over budget, or a plan beyond its limit."""

    code = "blocked"
    exit_code = 1


class BadUsage(FtopsError):
    """The command was used wrongly; a file that is not there counts as that."""

    code = "bad-usage"
    exit_code = 2


class CloudRefused(FtopsError):
    """Azure or Pulumi said no; `azure_code` is Azure's own word for why."""

    code = "cloud-refused"
    exit_code = 3

    def __init__(self, message: str, hint: str = "", *, azure_code: str = "") -> None:
        super().__init__(message, hint)
        self.azure_code = azure_code


class BadConfig(FtopsError):
    """A file that describes what should be is unreadable, or says something unknown."""

    code = "bad-config"


class Conflict(FtopsError):
    """Someone else is changing the same thing."""

    code = "conflict"


class NotReady(FtopsError):
    """The world is not as required: no sandbox, no sign-in, a clock that is off."""

    code = "not-ready"
