"""Conditions that only Azure can tell: does it answer, is the sign-in good, what is visible."""

from __future__ import annotations

import os
from collections.abc import Callable

from ftops.answer import rfc3339
from ftops.azure.arm import Arm
from ftops.azure.pulumi_sign_in import try_pulumi_sign_in
from ftops.azure.session import MANAGEMENT, Session, refusals
from ftops.condition import Condition, State, failed
from ftops.sign_in import CREDENTIALS, recognise_ways
from ftops_catalog.arm_type import read_arm_types
from ftops_catalog.errors import FtopsError

PROVIDERS_VERSION = "2021-04-01"
GIVEN = frozenset({"microsoft.resources", "microsoft.authorization"})
"""Registered in every subscription."""
NEEDED = "Microsoft.CognitiveServices"
SECRET = "a client secret lives long and can be copied; OIDC and managed identity have none"  # noqa: S105 - a sentence about secrets


def read_conditions(session: Session) -> tuple[Condition, ...]:
    """One condition per question; a question that failed does not stop the next."""
    questions: dict[str, Callable[[Session], Condition]] = {
        "clock": _clock,
        "sign-in": _sign_in,
        "pulumi sign-in": _pulumi_sign_in,
        "providers": _providers,
        "accounts": _accounts,
    }
    return tuple(_ask(name, question, session) for name, question in questions.items())


def _ask(name: str, question: Callable[[Session], Condition], session: Session) -> Condition:
    try:
        return question(session)
    except FtopsError as error:
        return failed(name, error)


def _clock(session: Session) -> Condition:
    return Condition("clock", "ok", f"Azure Resource Manager says {rfc3339(session.now)}")


def _sign_in(session: Session) -> Condition:
    """A token was given; by whom, the SDK's chain of credentials remembers."""
    try:
        with refusals("signing in"):
            session.credential.get_token(f"{MANAGEMENT}/.default")
    except FtopsError as error:
        ways = ", ".join(recognise_ways(os.environ)) or "nothing"
        found = f"{error.message}; this shell shows {ways}"
        return Condition("sign-in", failed("sign-in", error).state, found, error.hint)
    # The SDK has no public name for it; where it is gone, the way is not known and not guessed.
    served = type(getattr(session.credential, "_successful_credential", None)).__name__
    found = f"a token for Azure Resource Manager by {CREDENTIALS.get(served, 'an unknown way')}"
    secret = served == "EnvironmentCredential" and not session.target.is_sandbox
    return Condition("sign-in", "warn" if secret else "ok", found, SECRET if secret else "")


def _pulumi_sign_in(session: Session) -> Condition:
    way = try_pulumi_sign_in().way
    secret = way == "client secret" and not session.target.is_sandbox
    return Condition(
        "pulumi sign-in", "warn" if secret else "ok", f"a token by {way}", SECRET if secret else ""
    )


def _providers(session: Session) -> Condition:
    """Whether the subscription may hold the types that the program makes."""
    wanted = {
        record.type.partition("/")[0].lower(): record.type.partition("/")[0]
        for record in read_arm_types().types
    }
    with Arm(session) as arm:
        path = f"/subscriptions/{session.target.subscription_id}/providers"
        items = arm.items(path, PROVIDERS_VERSION)
    states = {str(each["namespace"]).lower(): each.get("registrationState") for each in items}
    return judge_providers([name for key, name in wanted.items() if key not in GIVEN], states)


def judge_providers(wanted: list[str], states: dict[str, str | None]) -> Condition:
    """Cognitive Services must be registered; the rest is needed by what an environment declares.

    `states` has Azure's registration state by namespace in lower case; one that Azure does not
    list is not known.
    """
    untold = sorted(name for name in wanted if not states.get(name.lower()))
    closed = sorted(
        name for name in wanted if name not in untold and states[name.lower()] != "Registered"
    )
    if untold:
        return Condition("providers", "UNVERIFIED", f"Azure does not tell of {', '.join(untold)}")
    if not closed:
        return Condition("providers", "ok", f"{len(wanted)} registered")
    hint = "; ".join(f"az provider register --namespace {name}" for name in closed)
    state: State = "missing" if NEEDED in closed else "warn"
    return Condition("providers", state, f"not registered: {', '.join(closed)}", hint)


def _accounts(session: Session) -> Condition:
    with refusals("listing Cognitive Services accounts"):
        names = sorted(str(account.name) for account in session.cognitive.accounts.list())
    found = f"{len(names)} visible: {', '.join(names)}" if names else "none yet; `ftops up dev`"
    return Condition("accounts", "ok", found)
