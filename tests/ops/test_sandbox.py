"""The `sandbox` verbs, typed as a user types them, each a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ftops import sandbox

FIELDS = {"pid", "http", "https", "proxy", "ca", "state"}

Typed = subprocess.CompletedProcess[str]
Type = Callable[..., Typed]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose name needs quoting."""
    return tmp_path_factory.mktemp("sandbox verbs") / "it's here"


@pytest.fixture(scope="module")
def type_(state: Path) -> Type:
    """Types `ftops sandbox …` on the module's folder, or on another."""

    def run(*words: str, on: Path | None = None) -> Typed:
        command = [sys.executable, "-m", "ftops", "sandbox", *words, "--state", str(on or state)]
        return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)

    return run


@pytest.fixture(scope="module")
def running(type_: Type) -> Iterator[dict[str, Any]]:
    """What a detached start printed."""
    typed = type_("start", "--detach", "--port", "0", "--at", "-30d")
    assert typed.returncode == 0, typed.stderr
    yield json.loads(typed.stdout)
    type_("stop")


def _refused(typed: Typed, exit_code: int, *words: str) -> None:
    assert typed.returncode == exit_code, typed.stdout + typed.stderr
    assert "Traceback" not in typed.stderr
    assert "Error: " in typed.stderr
    assert "Hint: " in typed.stderr
    for word in words:
        assert word in typed.stderr


def test_start_prints_one_object_of_exactly_its_fields(
    running: dict[str, Any], state: Path
) -> None:
    assert running.keys() == FIELDS
    assert running["state"] == str(state)
    assert Path(running["ca"]).read_text(encoding="ascii").startswith("-----BEGIN CERTIFICATE")


def test_a_second_start_says_so_and_prints_the_same(running: dict[str, Any], type_: Type) -> None:
    again = type_("start", "--detach")

    assert again.returncode == 0
    assert json.loads(again.stdout) == running
    assert "already runs" in again.stderr


def test_status_tells_where_it_is(running: dict[str, Any], type_: Type) -> None:
    found = json.loads(type_("status", "--output", "json").stdout)

    assert found["schema"] == "ftops/sandbox-status/v1"
    assert found["http"] == running["http"]
    assert found["accounts"] == 0


def test_the_clock_is_shown_advanced_and_sped_up(running: dict[str, Any], type_: Type) -> None:
    assert running["pid"]
    before = json.loads(type_("clock", "--output", "json").stdout)["now"]
    after = json.loads(type_("clock", "--advance", "48h", "--output", "json").stdout)["now"]
    fast = json.loads(type_("clock", "--speed", "60", "--output", "json").stdout)
    slow = json.loads(type_("clock", "--speed", "1", "--output", "json").stdout)

    assert after[:10] > before[:10]
    assert (fast["speed"], slow["speed"]) == (60, 1)


def test_a_clock_that_makes_no_sense_is_refused(running: dict[str, Any], type_: Type) -> None:
    assert running["pid"]
    _refused(type_("clock", "--advance", "soon"), 2, "soon")
    _refused(type_("clock", "--speed", "-1"), 2, "speed")


def test_env_lines_survive_eval_and_point_everything_at_the_sandbox(
    running: dict[str, Any], type_: Type, state: Path
) -> None:
    lines = type_("env").stdout
    shown = subprocess.run(
        ["/bin/sh", "-c", f"{lines}\nenv -0"], capture_output=True, text=True, check=True
    )
    found = dict(line.split("=", 1) for line in shown.stdout.split("\0") if "=" in line)

    assert found["FTOPS_SANDBOX"] == running["http"]
    assert found["HTTPS_PROXY"] == found["https_proxy"] == running["proxy"]
    assert found["NO_PROXY"] == found["no_proxy"] == "localhost,127.0.0.1"
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"):
        assert found[name] == running["ca"]
    for name in ("SUBSCRIPTION_ID", "TENANT_ID", "CLIENT_ID", "CLIENT_SECRET"):
        assert found[f"AZURE_{name}"] == found[f"ARM_{name}"]
    assert found["PATH"].split(os.pathsep)[0] == str(state / "bin")
    assert found["PULUMI_BACKEND_URL"] == f"file://{state}/pulumi"
    assert Path(found["AZURE_CONFIG_DIR"]).is_dir()
    assert (state / "pulumi").is_dir()


def test_env_is_an_object_too_and_has_explicit_addresses(
    running: dict[str, Any], type_: Type
) -> None:
    plain = json.loads(type_("env", "--output", "json").stdout)
    explicit = json.loads(type_("env", "--endpoints", "--output", "json").stdout)

    assert plain["FTOPS_SANDBOX"] == explicit["FTOPS_SANDBOX"] == running["http"]
    assert "HTTPS_PROXY" not in explicit
    assert explicit["AZURE_AUTHORITY_HOST"].startswith("https://localhost:")
    assert explicit["ARM_METADATA_HOSTNAME"].startswith("localhost:")


def test_the_plugins_launcher_starts_this_python(running: dict[str, Any], state: Path) -> None:
    launcher = state / "bin" / "pulumi-resource-azure-native"

    assert running["pid"]
    assert os.access(launcher, os.X_OK)
    assert sys.executable in launcher.read_text(encoding="utf-8")


def test_a_port_in_use_is_told_with_a_way_out(
    running: dict[str, Any], type_: Type, tmp_path: Path
) -> None:
    port = running["http"].rpartition(":")[2]

    for mode in (["--detach"], []):
        _refused(type_("start", "--port", port, *mode, on=tmp_path / "other"), 4, port, "--port 0")


@pytest.mark.parametrize("verb", ["status", "stop", "env", "clock"])
def test_no_sandbox_is_told_with_a_way_to_start_one(type_: Type, verb: str, tmp_path: Path) -> None:
    _refused(type_(verb, on=tmp_path), 4, "ftops sandbox start", "--detach")


def test_a_start_that_is_no_time_is_bad_usage(type_: Type, tmp_path: Path) -> None:
    _refused(type_("start", "--detach", "--at", "yesterday", on=tmp_path / "s"), 2, "yesterday")


def test_a_folder_that_cannot_be_made_is_told(type_: Type, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    _refused(type_("start", "--detach", on=tmp_path / "file" / "s"), 4, "--state")


def test_stop_start_and_reset_keep_what_they_say(type_: Type, tmp_path: Path) -> None:
    there = tmp_path / "s"
    first = json.loads(type_("start", "--detach", "--at", "-3d", on=there).stdout)
    assert type_("stop", on=there).returncode == 0
    assert sandbox.read_running(there) is None
    _refused(type_("start", "--detach", "--at", "-9d", on=there), 4, "reset")
    second = json.loads(type_("start", "--detach", on=there).stdout)
    kept = json.loads(type_("reset", "--yes", "--output", "json", on=there).stdout)
    assert type_("stop", on=there).returncode == 0
    gone = json.loads(type_("reset", "--yes", "--output", "json", on=there).stdout)
    third = type_("start", "--detach", "--at", "-9d", on=there)
    assert type_("stop", on=there).returncode == 0

    assert first["ca"] == second["ca"]
    assert (kept["clock"], gone["clock"]) == ("kept", "forgotten")
    assert third.returncode == 0


def test_in_the_foreground_it_ends_with_ctrl_c(tmp_path: Path) -> None:
    import signal

    there = tmp_path / "s"
    command = [sys.executable, "-m", "ftops", "sandbox", "start", "--state", str(there)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert json.loads(child.stdout.readline()).keys() == FIELDS
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=120)

    assert child.returncode == 0, errors
    assert sandbox.read_running(there) is None
    assert not (there / "sandbox.json").exists()


def test_a_file_left_by_a_crash_is_no_sandbox(tmp_path: Path) -> None:
    line = json.dumps({"pid": os.getpid()} | dict.fromkeys(FIELDS - {"pid"}, "x"))
    (tmp_path / "sandbox.json").write_text(line, encoding="utf-8")

    assert sandbox.read_running(tmp_path) is None


def test_a_shells_path_does_not_grow_when_env_is_evaluated_twice(
    running: dict[str, Any],
) -> None:
    here = sandbox.Running(**running)

    once = sandbox.variables(here, "/usr/bin:/bin")["PATH"]

    assert sandbox.variables(here, once)["PATH"] == once
