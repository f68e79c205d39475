"""Conditions: what a machine lacks is said with what to type, and unknown is not ok."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ftops.azure.condition import judge_providers
from ftops.backend import Backend, Reach, ask_backend, judge_backend, read_backend
from ftops.condition import failed, judge_catalog, judge_project, judge_python, judge_target
from ftops.pulumi_cli import judge_cli, judge_plugin, list_plugins, read_version
from ftops.secrets_provider import judge_secrets, read_secrets
from ftops.sign_in import parse_pulumi_sign_in, recognise_ways
from ftops_catalog.errors import CloudRefused, NotReady

BLOB = "azblob://state?storage_account=team"
VAULT = "azurekeyvault://team.vault.azure.net/keys/pulumi"
CLIENT = {"ARM_TENANT_ID": "t", "ARM_CLIENT_ID": "c"}
ASKED = {"ACTIONS_ID_TOKEN_REQUEST_URL": "https://x", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "y"}


@pytest.mark.parametrize(
    ("version", "state"),
    [((3, 10), "missing"), ((3, 11), "ok"), ((3, 13), "ok"), ((3, 14), "warn")],
)
def test_python_3_11_is_the_oldest_and_3_13_the_newest_that_was_tried(
    version: tuple[int, int], state: str
) -> None:
    assert judge_python(version).state == state


@pytest.mark.parametrize(
    ("program", "version", "state"),
    [
        (None, None, "warn"),
        ("/opt/bin/pulumi", "v3.260.0", "ok"),
        ("/opt/bin/pulumi", "v4.0.0", "ok"),
        ("/opt/bin/pulumi", "v3.99.1", "warn"),
        ("/opt/bin/pulumi", None, "UNVERIFIED"),
        ("/opt/bin/pulumi", "something else", "UNVERIFIED"),
    ],
)
def test_the_pulumi_cli_is_ok_when_its_version_is_known_and_new_enough(
    program: str | None, version: str | None, state: str
) -> None:
    assert judge_cli(program, version).state == state


def test_a_program_that_is_no_pulumi_tells_no_version(tmp_path: Path) -> None:
    assert read_version(str(tmp_path)) is None
    assert read_version("/bin/false") is None


@pytest.mark.parametrize(
    ("stand_in", "installed", "wanted", "on_sandbox", "state"),
    [
        ("/state/bin/plugin", [], "3.29.0", True, "ok"),
        (None, ["3.29.0"], "3.29.0", True, "missing"),
        ("/state/bin/plugin", ["3.29.0"], "3.29.0", False, "missing"),
        (None, ["3.29.0"], "3.29.0", False, "ok"),
        (None, ["3.11.0"], "3.29.0", False, "warn"),
        (None, ["3.29.0"], None, False, "UNVERIFIED"),
    ],
)
def test_the_plugin_is_the_stand_in_on_the_sandbox_and_the_real_one_on_azure(
    stand_in: str | None, installed: list[str], wanted: str | None, state: str, *, on_sandbox: bool
) -> None:
    assert judge_plugin(stand_in, installed, wanted, on_sandbox=on_sandbox).state == state


def test_installed_plugins_are_read_from_the_folder_of_the_cli(tmp_path: Path) -> None:
    (tmp_path / "plugins/resource-azure-native-v3.29.0").mkdir(parents=True)
    (tmp_path / "plugins/resource-azure-native-v3.29.0.lock").touch()
    (tmp_path / "plugins/resource-random-v4.0.0").mkdir()

    assert list_plugins({"PULUMI_HOME": str(tmp_path)}) == ["3.29.0"]
    assert list_plugins({"HOME": str(tmp_path)}) == []


def test_a_backend_is_found_in_the_order_in_which_the_cli_looks(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    assert read_backend(home, tmp_path).url == ""

    (tmp_path / ".pulumi").mkdir()
    (tmp_path / ".pulumi/credentials.json").write_text('{"current": "file://~"}')
    assert read_backend(home, tmp_path) == Backend("file://~", "pulumi login")

    token = {**home, "PULUMI_ACCESS_TOKEN": "x"}
    assert read_backend(token, tmp_path).url == "https://api.pulumi.com"

    (tmp_path / "Pulumi.yaml").write_text(f"name: x\nbackend: {{url: '{BLOB}'}}\n")
    assert read_backend(token, tmp_path) == Backend(BLOB, "Pulumi.yaml")
    stated = {**home, "PULUMI_BACKEND_URL": "s3://x"}
    assert read_backend(stated, tmp_path) == Backend("s3://x", "PULUMI_BACKEND_URL")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"current": 1}', "\xff"])
def test_a_damaged_login_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text(text, encoding="latin-1")

    assert read_backend({"PULUMI_HOME": str(tmp_path)}, tmp_path).url == ""


@pytest.mark.parametrize(
    ("url", "environ", "reach", "on_sandbox", "state"),
    [
        (BLOB, {}, Reach(3), False, "ok"),
        (BLOB, {}, Reach(0), False, "ok"),
        (BLOB, {}, Reach(None, "403"), False, "UNVERIFIED"),
        (BLOB, {}, None, False, "warn"),
        (BLOB, {"AZURE_STORAGE_KEY": "k"}, Reach(3), False, "warn"),
        ("azblob://state", {"AZURE_STORAGE_ACCOUNT": "team"}, Reach(1), False, "ok"),
        ("azblob://state", {}, Reach(1), False, "missing"),
        ("azblob://?storage_account=team", {}, Reach(1), False, "missing"),
        ("file:///state", {}, Reach(None), True, "ok"),
        ("file:///state", {}, Reach(None), False, "warn"),
        ("https://api.pulumi.com", {}, Reach(None), False, "warn"),
        ("s3://bucket", {}, Reach(None), False, "warn"),
        ("ftp://x", {}, Reach(None), False, "missing"),
        ("", {}, Reach(None), False, "missing"),
        ("", {}, None, False, "warn"),
    ],
)
def test_state_is_ok_in_a_storage_account_that_answered(
    url: str, environ: Mapping[str, str], reach: Reach | None, state: str, *, on_sandbox: bool
) -> None:
    backend = Backend(url, "PULUMI_BACKEND_URL")

    assert judge_backend(backend, environ, reach, on_sandbox=on_sandbox).state == state


def test_a_cli_that_fails_leaves_the_backend_unreached(tmp_path: Path) -> None:
    program = tmp_path / "pulumi"
    program.write_text("#!/bin/sh\necho 'error: 403 AuthorizationPermissionMismatch' >&2; exit 255")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)

    said = "error: 403 AuthorizationPermissionMismatch"
    assert ask_backend(str(program), tmp_path, {}) == Reach(None, said)
    assert ask_backend(str(tmp_path), tmp_path, {}).stacks is None


@pytest.mark.parametrize(
    ("stack", "on_sandbox", "state"),
    [
        ({"secretsprovider": VAULT}, False, "ok"),
        ({"secretsprovider": VAULT}, True, "warn"),
        ({"secretsprovider": "passphrase"}, False, "warn"),
        ({"encryptionsalt": "v1:x"}, False, "warn"),
        ({"encryptionsalt": "v1:x"}, True, "ok"),
        ({}, False, "warn"),
        ({"secretsprovider": "awskms://x"}, False, "warn"),
        ({"secretsprovider": 7}, False, "warn"),
    ],
)
def test_secrets_are_ok_under_a_key_of_a_vault(
    stack: Mapping[str, Any], state: str, *, on_sandbox: bool
) -> None:
    assert judge_secrets("prod", stack, on_sandbox=on_sandbox).state == state


def test_each_stack_file_is_looked_at_and_a_broken_one_is_not_ok(tmp_path: Path) -> None:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks/Pulumi.prod.yaml").write_text(f"secretsprovider: {VAULT}\n")
    (tmp_path / "stacks/Pulumi.dev.yaml").write_text("a: [\n")
    (tmp_path / "stacks/Pulumi.x.yaml").write_text("- a\n")
    found = {each.name: each.state for each in read_secrets(tmp_path, on_sandbox=False)}

    assert found == {
        "secrets dev": "UNVERIFIED",
        "secrets prod": "ok",
        "secrets x": "UNVERIFIED",
    }


@pytest.mark.parametrize(
    ("environ", "way", "lacking"),
    [
        ({}, "az login", 0),
        (CLIENT, "az login", 0),
        ({**CLIENT, "ARM_CLIENT_SECRET": "s"}, "client secret", 0),
        ({"ARM_CLIENT_SECRET": "s"}, "client secret", 2),
        ({**CLIENT, "ARM_CLIENT_CERTIFICATE_PATH": "p"}, "client certificate", 0),
        ({**CLIENT, **ASKED, "ARM_USE_OIDC": "true"}, "oidc", 0),
        ({**CLIENT, "ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN": "x"}, "oidc", 0),
        ({**CLIENT, "ARM_USE_OIDC": "true"}, "oidc", 1),
        ({**ASKED, "ARM_USE_OIDC": "true"}, "oidc", 2),
        ({"ARM_USE_MSI": "true"}, "managed identity", 0),
    ],
)
def test_the_way_that_pulumi_signs_in_follows_from_its_variables(
    environ: Mapping[str, str], way: str, lacking: int
) -> None:
    found = parse_pulumi_sign_in(environ)

    assert (found.way, len(found.lacking)) == (way, lacking)


def test_what_a_shell_shows_of_a_sign_in_is_named(tmp_path: Path) -> None:
    environ = {
        "HOME": str(tmp_path),
        "AZURE_TENANT_ID": "t",
        "AZURE_CLIENT_ID": "c",
        "AZURE_FEDERATED_TOKEN_FILE": "f",
        "IDENTITY_ENDPOINT": "http://x",
    }
    assert recognise_ways(environ) == ["OIDC (workload identity)", "managed identity"]

    (tmp_path / ".azure").mkdir()
    profile = json.dumps({"subscriptions": [{"id": "x"}]})
    (tmp_path / ".azure/azureProfile.json").write_text(profile, encoding="utf-8-sig")
    assert recognise_ways({"HOME": str(tmp_path)}) == ["az login"]
    assert recognise_ways({"HOME": str(tmp_path / "elsewhere")}) == []


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ({"microsoft.cognitiveservices": "Registered", "microsoft.network": "Registered"}, "ok"),
        ({"microsoft.cognitiveservices": "Registered", "microsoft.network": "Registering"}, "warn"),
        ({"microsoft.cognitiveservices": "NotRegistered", "microsoft.network": "x"}, "missing"),
        ({"microsoft.cognitiveservices": "Registered"}, "UNVERIFIED"),
        ({"microsoft.cognitiveservices": None, "microsoft.network": "Registered"}, "UNVERIFIED"),
        ({}, "UNVERIFIED"),
    ],
)
def test_a_provider_that_azure_does_not_tell_of_is_unverified(
    states: dict[str, str | None], state: str
) -> None:
    wanted = ["Microsoft.CognitiveServices", "Microsoft.Network"]

    assert judge_providers(wanted, states).state == state


def test_a_shell_that_points_nowhere_lacks_a_target_with_a_hint() -> None:
    condition = judge_target({})

    assert condition.state == "missing"
    assert "ftops sandbox start" in condition.hint


@pytest.mark.parametrize(
    ("today", "state"), [(date(2026, 12, 20), "ok"), (date(2026, 12, 21), "warn")]
)
def test_a_catalog_older_than_a_month_says_so(today: date, state: str) -> None:
    assert judge_catalog(date(2026, 11, 20), today).state == state


def test_a_project_is_known_by_its_environments(tmp_path: Path) -> None:
    assert judge_project(tmp_path).state == "warn"
    (tmp_path / "Pulumi.yaml").touch()
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks/Pulumi.dev.yaml").touch()

    assert judge_project(tmp_path).found == "environments dev"


def test_a_refused_question_is_unverified_and_what_is_not_there_is_missing() -> None:
    assert failed("accounts", CloudRefused("no")).state == "UNVERIFIED"
    assert failed("target", NotReady("no")).state == "missing"


def test_a_machine_with_nothing_is_told_what_it_lacks(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ftops", "doctor", "--output", "json"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    answer = json.loads(done.stdout)
    states = {each["condition"]: each["state"] for each in answer["conditions"]}

    assert done.returncode == 1
    assert (states["target"], states["sign-in"], states["project"]) == (
        *("missing", "UNVERIFIED", "warn"),
    )
