"""One line of a preflight: what was asked, and whether the answer is yes, no or nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "blocked", "UNVERIFIED"]


@dataclass(frozen=True)
class Check:
    """`topic` is what is asked, `subject` what of; `place` is the line that declares it.

    UNVERIFIED is not ok: nobody could tell, or the answer was empty.
    """

    topic: str
    subject: str
    state: State
    reason: str
    hint: str = ""
    place: str = ""


def ok(topic: str, subject: str, reason: str, place: str = "") -> Check:
    return Check(topic, subject, "ok", reason, place=place)


def blocked(topic: str, subject: str, reason: str, hint: str, place: str = "") -> Check:
    return Check(topic, subject, "blocked", reason, hint, place)


def unverified(topic: str, subject: str, reason: str, hint: str = "", place: str = "") -> Check:
    return Check(topic, subject, "UNVERIFIED", reason, hint, place)
