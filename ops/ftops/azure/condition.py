"""Conditions that only Azure can tell: does it answer, is the sign-in good, what is visible."""

from __future__ import annotations

from collections.abc import Callable

from ftops.answer import rfc3339
from ftops.azure.session import MANAGEMENT, Session, refusals
from ftops.condition import Condition, failed
from ftops_catalog.errors import FtopsError


def read_conditions(session: Session) -> tuple[Condition, ...]:
    """One condition per question; a question that failed does not stop the next."""
    questions: dict[str, Callable[[Session], str]] = {
        "clock": _clock,
        "sign-in": _sign_in,
        "accounts": _accounts,
    }
    return tuple(_ask(name, question, session) for name, question in questions.items())


def _ask(name: str, question: Callable[[Session], str], session: Session) -> Condition:
    try:
        return Condition(name, "ok", question(session))
    except FtopsError as error:
        return failed(name, error)


def _clock(session: Session) -> str:
    return f"Azure Resource Manager says {rfc3339(session.now)}"


def _sign_in(session: Session) -> str:
    with refusals("signing in"):
        session.credential.get_token(f"{MANAGEMENT}/.default")
    return "a token for Azure Resource Manager"


def _accounts(session: Session) -> str:
    with refusals("listing Cognitive Services accounts"):
        names = sorted(str(account.name) for account in session.cognitive.accounts.list())
    return f"{len(names)} visible: {', '.join(names)}" if names else "none yet; `ftops up dev`"
