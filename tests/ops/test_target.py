"""The target is read off the shell, and half a sandbox is refused."""

from __future__ import annotations

import pytest

from ftops.target import parse_target
from ftops_catalog.errors import NotReady

SANDBOX = {
    "FTOPS_SANDBOX": "http://127.0.0.1:8401",
    "HTTPS_PROXY": "http://127.0.0.1:8402",
    "https_proxy": "http://127.0.0.1:8402",
    "AZURE_SUBSCRIPTION_ID": "22222222-2222-2222-2222-222222222222",
}


def test_a_shell_with_the_sandboxs_variables_points_at_the_sandbox() -> None:
    target = parse_target(SANDBOX, wanted="sandbox")

    assert target.is_sandbox
    assert target.sandbox_url == "http://127.0.0.1:8401"


def test_a_shell_with_a_subscription_alone_points_at_azure() -> None:
    assert parse_target({"AZURE_SUBSCRIPTION_ID": "s"}).kind == "azure"


@pytest.mark.parametrize("missing", ["HTTPS_PROXY", "https_proxy"])
def test_a_sandbox_without_its_proxy_is_refused(missing: str) -> None:
    environ = {name: value for name, value in SANDBOX.items() if name != missing}

    with pytest.raises(NotReady, match="HTTPS_PROXY"):
        parse_target(environ)


def test_a_company_proxy_is_not_the_sandboxs() -> None:
    with pytest.raises(NotReady):
        parse_target(SANDBOX | {"HTTPS_PROXY": "http://proxy.example:3128"})


def test_an_empty_shell_points_nowhere_and_the_hint_says_both_ways() -> None:
    with pytest.raises(NotReady) as refusal:
        parse_target({})

    assert "ftops sandbox start" in refusal.value.hint
    assert "az login" in refusal.value.hint


@pytest.mark.parametrize(("environ", "wanted"), [(SANDBOX, "azure"), ({}, "sandbox")])
def test_the_wrong_target_is_refused(environ: dict[str, str], wanted: str) -> None:
    with pytest.raises(NotReady, match="points at"):
        parse_target(environ, wanted="azure" if wanted == "azure" else "sandbox")
