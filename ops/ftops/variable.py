"""The environment variables that ftops itself reads or sets; Azure's own keep Azure's names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """One variable and what it says, as `docs/commands.md` prints it."""

    name: str
    meaning: str


VARIABLES = (
    Variable("FTOPS_ACCOUNT", "The account that data-plane commands use when none is named."),
    Variable("FTOPS_LEDGER", "Where the ledger of deletions and restores is kept."),
    Variable("FTOPS_SANDBOX", "The local Azure's plain http address; set by `ftops sandbox env`."),
)
