"""Reading a YAML file of ours: a missing file, bad syntax and a key written twice each say so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftops_catalog.errors import BadConfig
from ftops_policies.where import KeyPath

if TYPE_CHECKING:
    import yaml

Lines = dict[KeyPath, int]


def read_yaml(path: Path) -> Any:
    """The value in a file; BadConfig names the file and the line of what is wrong."""
    return read_lines(path)[0]


def read_lines(path: Path) -> tuple[Any, Lines]:
    """The value in a file, and the line (from 1) of each key and each entry of a list."""
    import yaml

    class Loader(yaml.SafeLoader):
        """PyYAML keeps the last of two equal keys and says nothing; this one refuses."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
            keys: set[str] = set()
            for key, _ in node.value:
                if key.value in keys and isinstance(key, yaml.ScalarNode):
                    raise BadConfig(
                        f"{path} line {key.start_mark.line + 1}: {key.value!r} is written twice.",
                        "Keep one of the two.",
                    )
                keys.add(str(key.value))
            return super().construct_mapping(node, deep)

    try:
        loader = Loader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        value = loader.construct_document(node) if node else None
        return value, dict(_lines(node, (), set())) if node else {}
    except (OSError, UnicodeDecodeError) as fault:
        raise BadConfig(f"{path} cannot be read: {fault}.", "Check the path.") from fault
    except (yaml.YAMLError, ValueError, RecursionError) as fault:  # PyYAML lets a bad date through
        mark = getattr(fault, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark else ""
        problem = getattr(fault, "problem", None) or "it is not YAML"
        raise BadConfig(f"{path}{line}: {problem}.", "Mend the file's YAML.") from fault


def _lines(node: yaml.Node, path: KeyPath, seen: set[int]) -> Iterator[tuple[KeyPath, int]]:
    import yaml

    if id(node) in seen:  # an alias may hold itself, or a few of them a billion values
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*path, str(key.value))
            yield inner, key.start_mark.line + 1
            yield from _lines(value, inner, seen)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield (*path, index), value.start_mark.line + 1
            yield from _lines(value, (*path, index), seen)
