"""Pages agree with the code, links lead somewhere, the README's set-up is two commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ftops.reference import EXIT_CODES, render

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_command_page_is_what_the_commands_say() -> None:
    assert (ROOT / "docs/commands.md").read_text(encoding="utf-8") == render(), "run `make docs`"


def test_the_exit_codes_of_the_errors_are_the_documented_ones() -> None:
    from ftops_catalog import errors

    kinds = [errors.Blocked, errors.BadUsage, errors.CloudRefused, errors.BadConfig]
    assert [kind.exit_code for kind in kinds] == [code for code, _ in EXIT_CODES[1:5]]
    assert errors.Conflict.exit_code == errors.NotReady.exit_code == errors.BadConfig.exit_code


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{_name(page)} links to {target}"


def test_the_readme_shows_its_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert re.search(r"^make demo\b", readme, re.MULTILINE)
    assert re.search(r"^make test\b", readme, re.MULTILINE)


def test_every_command_in_the_pages_exists() -> None:
    from ftops.cli import COMMANDS

    known = {row.path for row in COMMANDS} | {row.path.split()[0] for row in COMMANDS}
    for page in PAGES:
        text = "\n".join(
            re.findall(r"```(?:sh|bash|console)\n(.*?)```", page.read_text(), re.DOTALL)
        )
        for one, two in re.findall(r"^(?:\$ )?ftops ([a-z]+)(?: ([a-z]+))?", text, re.MULTILINE):
            assert one in known or f"{one} {two}" in known, f"{_name(page)} types ftops {one} {two}"
