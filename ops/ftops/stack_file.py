"""One environment's stack file, `stacks/Pulumi.<env>.yaml`: its values and the line of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftops_catalog.errors import BadConfig, BadUsage, NotReady
from ftops_catalog.hint import did_you_mean

if TYPE_CHECKING:
    import yaml

KeyPath = tuple[str | int, ...]
"""Where a value lies: `("accounts", 0, "name")`."""

PROJECT = "ftops"
FOLDER = "stacks"
SETTINGS = Path("policies/settings.yaml")
"""What each environment allows, as a path in the project."""
BYTES_MAX = 1_000_000
DEPTH_MAX = 20
ENTRIES_MAX = 50_000


@dataclass(frozen=True)
class StackFile:
    """What a stack file says under `config`, for this project alone.

    `config` has the keys without their `ftops:` prefix; `lines` counts from 1.
    `file` is the path as a person would type it from the project's root.
    """

    name: str
    file: str
    config: Mapping[str, Any] = field(repr=False)
    lines: Mapping[KeyPath, int] = field(repr=False)


def find_root(start: Path) -> Path:
    """The project's folder: the nearest one with a Pulumi.yaml, from `start` upwards."""
    for folder in (start, *start.parents):
        if (folder / "Pulumi.yaml").is_file():
            return folder
    raise NotReady(
        f"there is no Pulumi.yaml in {start} or above it",
        "cd into your project, or write one: ftops init DIR",
    )


def list_environments(root: Path) -> list[str]:
    """The names of the stack files of a project, sorted."""
    return sorted(
        path.name.removeprefix("Pulumi.").removesuffix(".yaml")
        for path in (root / FOLDER).glob("Pulumi.?*.yaml")
    )


def read_stack_file(name: str, root: Path) -> StackFile:
    """Reads an environment's stack file; BadUsage where there is none of that name."""
    file = f"{FOLDER}/Pulumi.{name}.yaml"
    path = root / file
    if not re.fullmatch(r"[\w.-]+", name) or not path.is_file():
        raise BadUsage(
            f"there is no environment {name!r}: {file} does not exist",
            did_you_mean(name, list_environments(root)),
        )
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(f"{file} cannot be read: {error}", "check the file") from error
    return parse_stack_file(name, file, text)


def parse_stack_file(name: str, file: str, text: str) -> StackFile:
    """A stack file from its text; BadConfig names the line that is not YAML as Pulumi reads it."""
    whole, lines = parse_values(file, text)
    config = (whole.get("config") or {}) if isinstance(whole, dict) else None
    if not isinstance(config, dict):
        raise BadConfig(f"{file} has no mapping under `config`", "see docs/environments.md")
    return StackFile(name, file, _ours(config), dict(_our_lines(lines)))


def parse_values(file: str, text: str) -> tuple[Any, Mapping[KeyPath, int]]:
    """The values of YAML as Pulumi reads it, with their lines; BadConfig names a bad line."""
    import yaml

    if len(text) > BYTES_MAX:
        raise BadConfig(f"{file} has more than a million characters", "is it the right file?")
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "the text"
        raise BadConfig(f"{file}{line}: this is not YAML: {problem}", "mend the line") from error
    except RecursionError as error:
        raise BadConfig(f"{file} nests too deeply", "is it the right file?") from error
    reading = _Reading(file)
    return (reading.value(node, ()) if node else {}), reading.lines


def _ours(config: Mapping[str, Any]) -> dict[str, Any]:
    prefix = f"{PROJECT}:"
    return {
        key.removeprefix(prefix): value for key, value in config.items() if key.startswith(prefix)
    }


def _our_lines(lines: Mapping[KeyPath, int]) -> Iterator[tuple[KeyPath, int]]:
    prefix = f"{PROJECT}:"
    for path, line in lines.items():
        match path:
            case ("config", str(key), *rest) if key.startswith(prefix):
                yield (key.removeprefix(prefix), *rest), line
            case _:
                pass


class _Reading:
    """Makes values from YAML nodes by YAML 1.2's rules, as Pulumi does, and notes their lines.

    PyYAML's own constructors follow YAML 1.1: an unquoted 2025-04-14 becomes a date there.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[KeyPath, int] = {}

    def value(self, node: yaml.Node, path: KeyPath) -> Any:
        import yaml

        self.lines.setdefault(path, node.start_mark.line + 1)
        # An alias may hold itself, or a few of them a billion values.
        if len(path) > DEPTH_MAX or len(self.lines) > ENTRIES_MAX:
            raise BadConfig(f"{self.file} nests too deeply", "is it the right file?")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode), "a node is a mapping, a sequence or a scalar"
        return node.value if node.style else _scalar(node.value)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        import yaml

        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise BadConfig(f"{self.file}:{line}: a key is not a word", "write `key: value`")
            key = str(key_node.value)
            if key in found:
                raise BadConfig(f"{self.file}:{line}: {key} is written twice", "keep one of them")
            self.lines[*path, key] = line
            found[key] = self.value(value_node, (*path, key))
        return found


def _scalar(text: str) -> Any:
    if text in {"", "~", "null"}:
        return None
    if text in {"true", "false"}:
        return text == "true"
    if re.fullmatch(r"[-+]?[0-9]{1,18}", text):
        return int(text)
    if re.fullmatch(r"[-+]?[0-9]+\.[0-9]+", text):
        return float(text)
    return text
