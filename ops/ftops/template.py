"""The template of a team's project: its files, made from what the team answered."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.resources import files as resources
from typing import Any

from ftops_catalog.errors import BadConfig, BadUsage

ENVIRONMENTS = ("dev", "staging", "prod")
"""In the order in which a change reaches them."""

FILES = (
    "Pulumi.yaml",
    "__main__.py",
    "policies/PulumiPolicy.yaml",
    "policies/__main__.py",
    "policies/requirements.txt",
    "policies/settings.yaml",
    ".github/workflows/judge.yml",
    ".github/workflows/preview.yml",
    ".github/workflows/preview-environment.yml",
    ".github/workflows/up.yml",
    ".github/workflows/up-environment.yml",
    ".gitignore",
    "README.md",
    "requirements.txt",
)
"""Besides one stack file for each environment, and the schema of those."""

SWEEP = ".github/workflows/sweep.yml"
"""Where there is an environment besides prod, in which nothing is swept."""

NAME = r"[a-z][a-z0-9-]{0,18}[a-z0-9]"
NAME_CHARACTERS_MAX = 20
TAG_CHARACTERS_MAX = 256


@dataclass(frozen=True)
class Answers:
    """What a project is made from; kept in its lock, so that an upgrade need not ask again.

    `requirement` is pip's line for ftops, where `{version}` stands for the version.
    """

    name: str
    owner: str
    location: str = "swedencentral"
    environments: tuple[str, ...] = ENVIRONMENTS
    requirement: str = "ftops=={version}"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "environments": list(self.environments)}


def default_name(folder: str) -> str:
    """A project's name out of its folder's, `ftops` where that has no letters for one."""
    words = (
        re.sub(r"[^a-z0-9]+", "-", folder.lower())
        .strip("-0123456789")[:NAME_CHARACTERS_MAX]
        .strip("-")
    )
    return words if re.fullmatch(NAME, words) else "ftops"


def check_answers(answers: Answers) -> Answers:
    """The same answers, as Azure writes them; BadUsage names the first that cannot be used."""
    from ftops_catalog.catalog import read_catalog

    if not re.fullmatch(NAME, answers.name):
        raise BadUsage(
            f"--name {answers.name!r} cannot begin the names of Azure resources",
            "2 to 20 lower-case letters, digits and hyphens, such as team-tuning",
        )
    if not answers.owner.isprintable() or not 0 < len(answers.owner) <= TAG_CHARACTERS_MAX:
        raise BadUsage("--owner is no value for a tag", "1 to 256 characters, such as ml-platform")
    if not answers.requirement.isprintable() or not answers.requirement.strip():
        raise BadUsage("--requirement is no line of a requirements file", "'ftops=={version}'")
    strangers = [each for each in answers.environments if each not in ENVIRONMENTS]
    if strangers or not answers.environments:
        raise BadUsage(f"there is no template for {strangers}", f"one of {', '.join(ENVIRONMENTS)}")
    try:
        location = read_catalog().region(answers.location).name
    except BadConfig as error:
        raise BadUsage(f"--location: {error.message}", error.hint) from error
    environments = tuple(each for each in ENVIRONMENTS if each in answers.environments)
    return Answers(answers.name, answers.owner, location, environments, answers.requirement)


def render(answers: Answers, version: str) -> dict[str, bytes]:
    """Every file of the project by its path, with `/` between folders."""
    from ftops.declared.schema import FILE, render_schema

    names = [*FILES, *(f"stacks/Pulumi.{name}.yaml" for name in answers.environments)]
    if set(answers.environments) - {"prod"}:
        names.append(SWEEP)
    requirement = answers.requirement.replace("{version}", version)
    values = {**answers.as_json(), "requirement": requirement, "version": version}
    filled = {name: _fill(name, values) for name in sorted(names)}
    # What an editor completes in the stack files; their first lines name it.
    return {**filled, FILE.as_posix(): render_schema().encode()}


def _fill(name: str, values: Mapping[str, str | Sequence[str]]) -> bytes:
    import jinja2

    # GitHub's own braces are `${{ }}`, and ours must not meet them.
    machine = jinja2.Environment(
        variable_start_string="<{",
        variable_end_string="}>",
        block_start_string="<%",
        block_end_string="%>",
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - YAML and Python, where HTML's escapes would be wrong
    )
    machine.filters["quoted"] = partial(json.dumps, ensure_ascii=False)
    # A package's data holds no dot files, so that no build leaves one out.
    file = resources("ftops") / "templates" / f"{name.removeprefix('.')}.jinja"
    return machine.from_string(file.read_text(encoding="utf-8")).render(values).encode()
