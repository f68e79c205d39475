"""A project of an AI Services account."""

from __future__ import annotations

from typing import Annotated

from ftops.declared.part import Fits, Part


class Project(Part):
    """A workspace for one team inside an account of kind AIServices."""

    name: Annotated[str, Fits(r"[A-Za-z0-9][A-Za-z0-9-]{1,63}", "2 to 64 of a-z 0-9 -")]
    """The last part of the project's address."""
    display_name: str | None = None
    """What people see."""
    description: str | None = None
    """What it is for."""
