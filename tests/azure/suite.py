"""The requests that are asked of real Azure and of the sandbox, with what each may cost at most."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from tests.azure.target import TAG

MODEL: Final = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
ARM: Final = "arm"
PLANE: Final = "plane"
ACCOUNT: Final = "{group}/providers/Microsoft.CognitiveServices/accounts/{name}"
PLACE: Final = "{subscription}/providers/Microsoft.CognitiveServices/locations/{location}"
ROW: Final = b'{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}'


@dataclass(frozen=True)
class Step:
    """One request: to Resource Manager or the data plane, and the most it can cost in US dollars.

    `{...}` in a path stands for what the run chose or an earlier answer gave; `keep` names what
    this answer gives (`{"file": "id"}`). `settles` waits for what was begun.
    """

    title: str
    plane: str
    method: str
    path: str
    body: Any = None
    upload: bytes = b""
    keep: dict[str, str] = field(default_factory=dict)
    settles: bool = False
    cost_max_usd: Decimal = Decimal(0)


_GROUP: Final = {"location": "{location}", "tags": {TAG: "{name}"}}
_DEPLOYED: Final = {
    "sku": {"name": "GlobalStandard", "capacity": 1},
    "properties": {"model": MODEL},
}
_MADE: Final = {
    "location": "{location}",
    "kind": "OpenAI",
    "sku": {"name": "S0"},
    "properties": {"customSubDomainName": "{name}"},
}
_ASKED: Final = {"messages": [{"role": "user", "content": "Say yes."}], "max_tokens": 5}

STEPS: Final = (
    Step("PUT resourceGroups", ARM, "PUT", "{group}", _GROUP),
    Step("GET accounts, absent", ARM, "GET", ACCOUNT),
    Step("PUT accounts, a bad kind", ARM, "PUT", ACCOUNT, {**_MADE, "kind": "Nothing"}),
    Step("PUT accounts", ARM, "PUT", ACCOUNT, _MADE, settles=True),
    Step("GET accounts", ARM, "GET", ACCOUNT),
    Step("PATCH accounts", ARM, "PATCH", ACCOUNT, {"tags": {"owner": "ftops"}}, settles=True),
    Step("POST accounts/listKeys", ARM, "POST", ACCOUNT + "/listKeys", keep={"key": "key1"}),
    Step("GET accounts/models", ARM, "GET", ACCOUNT + "/models"),
    Step("GET accounts/usages", ARM, "GET", ACCOUNT + "/usages"),
    Step("GET locations/usages", ARM, "GET", PLACE + "/usages"),
    Step("GET locations/models", ARM, "GET", PLACE + "/models"),
    Step(
        "PUT accounts/deployments, an absent model",
        ARM,
        "PUT",
        ACCOUNT + "/deployments/none",
        {**_DEPLOYED, "properties": {"model": {**MODEL, "name": "gpt-0"}}},
    ),
    Step(
        "PUT accounts/deployments, beyond the quota",
        ARM,
        "PUT",
        ACCOUNT + "/deployments/big",
        {**_DEPLOYED, "sku": {"name": "GlobalStandard", "capacity": 99_999_999}},
    ),
    # A base model of this SKU is paid by the token: it costs nothing while nobody asks.
    Step(
        "PUT accounts/deployments", ARM, "PUT", ACCOUNT + "/deployments/d", _DEPLOYED, settles=True
    ),
    Step("GET accounts/deployments (list)", ARM, "GET", ACCOUNT + "/deployments"),
    Step(
        "POST chat/completions",
        PLANE,
        "POST",
        "/deployments/d/chat/completions",
        _ASKED,
        cost_max_usd=Decimal("0.01"),
    ),
    Step("POST chat/completions, absent", PLANE, "POST", "/deployments/x/chat/completions", _ASKED),
    Step("POST files", PLANE, "POST", "/files", upload=b"\n".join([ROW] * 12), keep={"file": "id"}),
    Step("GET files", PLANE, "GET", "/files"),
    Step("GET files/{id}", PLANE, "GET", "/files/{file}", settles=True),
    Step("GET models", PLANE, "GET", "/models"),
    Step("GET fine_tuning/jobs", PLANE, "GET", "/fine_tuning/jobs"),
    # It is cancelled at once; the bound is what twelve short rows would cost if that came too late.
    Step(
        "POST fine_tuning/jobs",
        PLANE,
        "POST",
        "/fine_tuning/jobs",
        {"model": "gpt-4.1-mini-2025-04-14", "training_file": "{file}"},
        keep={"job": "id"},
        cost_max_usd=Decimal("0.25"),
    ),
    Step("POST fine_tuning/jobs/{id}/cancel", PLANE, "POST", "/fine_tuning/jobs/{job}/cancel"),
    Step("DELETE files/{id}", PLANE, "DELETE", "/files/{file}"),
    Step("DELETE accounts/deployments", ARM, "DELETE", ACCOUNT + "/deployments/d", settles=True),
    Step("DELETE accounts", ARM, "DELETE", ACCOUNT, settles=True),
)
"""No tuned model is deployed: that costs by the hour, and no cap could be kept in a crash."""


def most_usd(steps: tuple[Step, ...] = STEPS) -> Decimal:
    """What a run can cost at most."""
    return sum((step.cost_max_usd for step in steps), Decimal(0))
