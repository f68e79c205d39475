"""Quota: a number that Azure does not give is unknown, and never free."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.quota import of_model, parse_pool


def pool(
    name: str = "OpenAI.Standard.gpt4.1-mini-finetune", **numbers: object
) -> dict[str, object]:
    return {"name": {"value": name}, **numbers}


@pytest.mark.parametrize(
    ("used", "limit", "free"),
    [
        (10.0, 500.0, "490"),
        (0, 0, "0"),
        (8, 5, "0"),
        (None, 500, None),
        (1, None, None),
        ("1", 5, None),
    ],
)
def test_what_is_free_is_known_where_both_numbers_are(
    used: object, limit: object, free: str | None
) -> None:
    found = parse_pool(pool(currentValue=used, limit=limit), "swedencentral")

    assert found.free == (None if free is None else Decimal(free))
    assert found.tuned


def test_a_model_is_found_however_its_pools_spell_it() -> None:
    names = [
        "OpenAI.Standard.gpt4.1-mini",
        "OpenAI.DeveloperTier.gpt4.1-mini-finetune",
        "OpenAI.Standard.gpt4.1",
        "OpenAI.Standard.gpt-4o-mini",
    ]
    pools = [parse_pool(pool(name), "r") for name in names]

    assert [each.name for each in of_model(pools, "gpt-4.1-mini")] == names[:2]
    assert [each.name for each in of_model(pools, "GPT-4o-mini")] == names[3:]


@given(
    st.dictionaries(
        st.sampled_from(["name", "currentValue", "limit"]), st.none() | st.floats() | st.text()
    )
)
def test_reading_a_pool_never_fails(body: dict[str, object]) -> None:
    found = parse_pool(body, "r")

    assert found.free is None or found.free >= 0
