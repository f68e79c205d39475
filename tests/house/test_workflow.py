"""What runs on a push is what the Makefile has, the clients and the Pulumi CLI included."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def _jobs() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text())
    jobs: dict[str, Any] = read["jobs"]
    return jobs


def test_every_job_has_a_machine_a_time_limit_and_steps_that_do_something() -> None:
    for name, job in _jobs().items():
        assert job["runs-on"], name
        assert job["timeout-minutes"] <= 60, name
        assert all(("run" in step) != ("uses" in step) for step in job["steps"]), name


def test_every_target_that_a_job_makes_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    said = "\n".join(step.get("run", "") for job in _jobs().values() for step in job["steps"])
    made = set(re.findall(r"^make ([a-z-]+)", said, re.MULTILINE))

    assert {"test-clients"} <= made <= targets
    assert (ROOT / ".ci/run").exists()
    assert ".ci/run" in said


def test_the_installed_clients_are_kept_from_run_to_run() -> None:
    steps = _jobs()["clients"]["steps"]
    [cache] = [step["with"] for step in steps if step.get("uses", "").startswith("actions/cache@")]

    assert cache["path"] == ".ftops/clients"
    assert "hashFiles('requirements/clients-*.txt')" in cache["key"]


def test_one_job_has_the_pulumi_cli() -> None:
    job = _jobs()["check"]
    added = [one for one in job["strategy"]["matrix"]["include"] if one.get("pulumi") == "with"]
    [action] = [s for s in job["steps"] if s.get("uses", "").startswith("pulumi/actions@")]

    assert added
    assert action["if"] == "matrix.pulumi == 'with'"


def test_each_target_says_in_the_makefile_what_it_is_for() -> None:
    phony = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[0].split()
    silent = {"lint", "types", "clean"}

    for target in set(phony) - silent:
        assert re.search(rf"^{target}:.*## \S", MAKEFILE, re.MULTILINE), target
