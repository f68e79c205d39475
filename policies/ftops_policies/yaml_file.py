"""Reading a YAML file of ours: a missing file, bad syntax and a key written twice each say so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ftops_catalog.errors import BadConfig


def read_yaml(path: Path) -> Any:
    """The value in a file; BadConfig names the file and the line of what is wrong."""
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
        return yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a SafeLoader
    except (OSError, UnicodeDecodeError) as fault:
        raise BadConfig(f"{path} cannot be read: {fault}.", "Check the path.") from fault
    except (yaml.YAMLError, ValueError, RecursionError) as fault:  # PyYAML lets a bad date through
        mark = getattr(fault, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark else ""
        problem = getattr(fault, "problem", None) or "it is not YAML"
        raise BadConfig(f"{path}{line}: {problem}.", "Mend the file's YAML.") from fault
