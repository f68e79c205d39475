"""One signed-in session: the SDK clients of a target, and ARM's own clock."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING

from ftops.target import Kind, Target, parse_target
from ftops_catalog.errors import CloudRefused, NotReady

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
    from azure.monitor.querymetrics import MetricsClient
    from openai import OpenAI

CLOCK_DRIFT_MAX = timedelta(minutes=5)
DATA_SCOPE = "https://cognitiveservices.azure.com/.default"
TELLS_PAUSED = "2025-12-01"
"""The first version of Resource Manager that says whether a deployment is paused."""
MANAGEMENT = "https://management.azure.com"
"""Azure's public names serve both targets: the sandbox is reached through its proxy."""


@dataclass(frozen=True)
class Session:
    """Clients are made when first asked for, since each import costs a tenth of a second."""

    target: Target

    @cached_property
    def credential(self) -> TokenCredential:
        import logging

        from azure.identity import DefaultAzureCredential

        # A failed sign-in is one sentence of ours; the SDK logs a paragraph for each way it tried.
        logging.getLogger("azure.identity").setLevel(logging.CRITICAL)
        return DefaultAzureCredential()

    @cached_property
    def cognitive(self) -> CognitiveServicesManagementClient:
        from azure.mgmt.cognitiveservices import (
            CognitiveServicesManagementClient,
        )

        return CognitiveServicesManagementClient(
            self.credential, self.target.subscription_id, api_version=TELLS_PAUSED
        )

    def metrics(self, region: str) -> MetricsClient:
        """The batch metrics client of one region."""
        from azure.monitor.querymetrics import MetricsClient

        return MetricsClient(f"https://{region}.metrics.monitor.azure.com", self.credential)

    def openai(self, endpoint: str) -> OpenAI:
        """The data plane of one account; `endpoint` is the account's own, as ARM gives it."""
        from azure.identity import get_bearer_token_provider
        from openai import OpenAI

        token = get_bearer_token_provider(self.credential, DATA_SCOPE)
        return OpenAI(base_url=f"{endpoint.rstrip('/')}/openai/v1", api_key=token)

    @cached_property
    def now(self) -> datetime:
        """ARM's own Date: the instant every verdict and charge of this command speaks of.

        Raises NotReady where Azure's clock and this machine's differ by more than five minutes.
        """
        import httpx

        with refusals("asking Azure Resource Manager for the time"):
            # Unauthenticated on purpose: even the refusal carries the Date.
            answer = httpx.get(f"{MANAGEMENT}/subscriptions?api-version=2022-12-01", timeout=30)
        moment = parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)
        drift = abs(datetime.now(UTC) - moment)
        if not self.target.is_sandbox and drift > CLOCK_DRIFT_MAX:
            raise NotReady(
                f"this machine's clock is {drift} off Azure's",
                "set the clock (timedatectl set-ntp true) and run it again",
            )
        return moment


def open_session(wanted: Kind | None = None) -> Session:
    """The session of this shell; raises NotReady where the shell points nowhere."""
    return Session(parse_target(os.environ, wanted=wanted))


@contextmanager
def refusals(doing: str) -> Iterator[None]:
    """Turns what the SDKs raise while `doing` something into one CloudRefused or NotReady."""
    import httpx
    from azure.core import exceptions as azure

    try:
        yield
    except azure.ClientAuthenticationError as error:
        raise CloudRefused(
            f"{doing}: Azure did not accept the sign-in", "az login", azure_code=_code(error)
        ) from error
    except azure.HttpResponseError as error:
        raise CloudRefused(f"{doing}: {_sentence(error)}", azure_code=_code(error)) from error
    except _refused() as error:
        code = str(getattr(error, "code", None) or "")
        raise CloudRefused(f"{doing}: {_said(error)}", azure_code=code) from error
    except (azure.ServiceRequestError, azure.ServiceResponseError, httpx.TransportError) as error:
        raise NotReady(f"{doing}: nothing answered", NO_ANSWER) from error
    except _silent() as error:
        raise NotReady(f"{doing}: nothing answered", NO_ANSWER) from error


NO_ANSWER = "ftops doctor tells what this shell points at"
Errors = tuple[type[Exception], ...]


def _refused() -> Errors:
    """The openai SDK's refusals. Python asks for them only once something was raised.

    Where nobody imported that SDK nobody can raise them, and importing it costs half a second.
    """
    openai = sys.modules.get("openai")
    return (openai.APIStatusError,) if openai else ()


def _silent() -> Errors:
    """The openai SDK's word for no answer; asked for as `_refused` is."""
    openai = sys.modules.get("openai")
    return (openai.APIConnectionError,) if openai else ()


def _code(error: object) -> str:
    inner = getattr(error, "error", None)
    return str(getattr(inner, "code", "") or "")


def _sentence(error: object) -> str:
    inner = getattr(error, "error", None)
    text = getattr(inner, "message", None) or getattr(error, "message", "")
    return str(text).strip().splitlines()[0] if text else "Azure refused"


def _said(error: object) -> str:
    body = getattr(error, "body", None)
    if isinstance(body, dict) and body.get("message"):
        return str(body["message"])
    return str(getattr(error, "message", "Azure refused"))
