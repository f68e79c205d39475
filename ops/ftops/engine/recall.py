"""Listings kept by the content of what they were made of, so that nothing is run for them twice."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from ftops_policies.resource import UNKNOWN, Resource

FOLDER: Final = Path(".ftops") / "listings"
FORMAT: Final = 2
KEPT_MAX: Final = 64
MARK: Final = {"ftops:unknown": True}
"""Stands for UNKNOWN in a file; no body of ARM has such a key."""

SDKS: Final = ("pulumi", "pulumi_azure_native")
OURS: Final = ("ftops", "ftops_stacks", "ftops_catalog", "ftops_policies")
PROJECT: Final = ("Pulumi.yaml", "__main__.py")


def recall_resources(name: str, root: Path, store: Path | None = None) -> list[Resource]:
    """What `list_resources` answers, from an earlier run where nothing that it read has changed.

    Kept below `store`, or the project itself, readable for its owner alone. What is kept and
    cannot be read, or was made of anything else, is made again. A program that asks the clock,
    the environment's variables or a network is not seen to change: it has `--fresh`.
    """
    from ftops.stack_file import read_stack_file

    read_stack_file(name, root)
    file = _file(name, root, store)
    kept = _read(file, root)
    return kept if kept is not None else _refresh(name, root, file)


def refresh_resources(name: str, root: Path, store: Path | None = None) -> list[Resource]:
    """The same, run now whatever is kept, and kept for the next time."""
    return _refresh(name, root, _file(name, root, store))


def _refresh(name: str, root: Path, file: Path) -> list[Resource]:
    from ftops.engine.listing import list_resources

    with _watching(root) as opened:
        found = list_resources(name, root)
    beside = {path: _digest(root / path) for path in sorted(opened)}
    _write(file, found, beside)
    return found


def _file(name: str, root: Path, store: Path | None) -> Path:
    """Where the listing is kept of all that is as it is now."""
    return (store or root) / FOLDER / f"{_key(name, root)}.json"


def _key(name: str, root: Path) -> str:
    """A digest of the stack file, the project's Python and what is installed."""
    whole = hashlib.sha256(f"{FORMAT} {sys.version}".encode())
    own = [Path(place) for module in OURS if (place := _place(module))]
    for folder in own:
        for path in _files(folder, ()):
            stat = path.stat()
            whole.update(f"{path} {stat.st_mtime_ns} {stat.st_size}\n".encode())
    for sdk in SDKS:
        whole.update(f"{_version(sdk)}\n".encode())
    listed = [root / each for each in PROJECT]
    listed += [path for path in _files(root, own) if path.suffix == ".py"]
    for path in sorted({*listed, root / "stacks" / f"Pulumi.{name}.yaml"}):
        whole.update(f"{path.relative_to(root)} {_digest(path)}\n".encode())
    return whole.hexdigest()


def _place(module: str) -> str | None:
    spec = importlib.util.find_spec(module)
    places = spec.submodule_search_locations if spec else None
    return next(iter(places), None) if places else None


def _version(module: str) -> str:
    """The names of a distribution's folder, version included: quicker than asking for metadata."""
    place = _place(module)
    if place is None:
        return "none"
    names = (entry.name for entry in os.scandir(Path(place).parent))
    wanted = (f"{module}-", f"{module.replace('_', '-')}-")
    return " ".join(sorted(each for each in names if each.lower().startswith(wanted)))


def _files(folder: Path, without: Sequence[Path]) -> Iterator[Path]:
    """Every file of a folder in order; what is hidden, installed or named in `without` is none."""
    for place, folders, names in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(
            each
            for each in folders
            if not each.startswith(".")
            and each not in {"__pycache__", "node_modules", "venv"}
            and here / each not in without
        )
        yield from (here / each for each in sorted(names) if not each.endswith(".pyc"))


def _digest(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


_watched: Final[dict[str, set[str]]] = {}
_hooked: Final[list[bool]] = []


@contextmanager
def _watching(root: Path) -> Iterator[set[str]]:
    """What a run opens below the project beside its Python; modules of its own are forgotten.

    The same module may be another one in another revision of the project.
    """
    if not _hooked:
        sys.addaudithook(_note)
        _hooked.append(True)
    before, start = set(sys.modules), f"{root}{os.sep}"
    opened = _watched.setdefault(start, set())
    try:
        yield opened
    finally:
        _watched.pop(start, None)
        for module in set(sys.modules) - before:
            file = str(getattr(sys.modules[module], "__file__", None) or "")
            # An environment of Python's often lies in the project, and is not of the project.
            installed = f"{os.sep}site-packages{os.sep}" in file
            if file.startswith(start) and not installed and not module.startswith("ftops"):
                del sys.modules[module]


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event != "open" or not _watched or not isinstance(arguments[0], str):
        return
    for start, opened in list(_watched.items()):
        path = os.path.join(start, arguments[0])  # noqa: PTH118 - Path may not be made in a hook
        inner = path.removeprefix(start)
        hidden = inner.startswith(".") or f"{os.sep}." in inner
        if path.startswith(start) and not hidden and not inner.endswith((".py", ".pyc")):
            opened.add(inner)


def _read(file: Path, root: Path) -> list[Resource] | None:
    """A listing that is kept; None where there is none, it is damaged, or something changed."""
    try:
        whole = json.loads(file.read_text(encoding="utf-8"), object_hook=_known)
        if whole["format"] != FORMAT:
            return None
        if any(_digest(root / path) != digest for path, digest in whole["beside"].items()):
            return None
        found: list[Resource] = []
        for row in whole["resources"]:
            place = row.pop("parent")
            found.append(Resource(**row, parent=None if place is None else found[place]))
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return None
    return found


def _write(file: Path, found: Sequence[Resource], beside: Mapping[str, str | None]) -> None:
    places = {id(each): index for index, each in enumerate(found)}
    assert all(each.parent is None or id(each.parent) in places for each in found), "parents lead"
    rows = [
        {
            **{name: getattr(each, name) for name in ("type", "name", "body", "id", "urn")},
            "file": each.file,
            "line": each.line,
            "protect": each.protect,
            "parent": places[id(each.parent)] if each.parent else None,
        }
        for each in found
    ]
    whole = {"format": FORMAT, "beside": dict(beside), "resources": rows}
    try:
        text = json.dumps(whole, default=_plain)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # mkstemp makes it for its owner alone: a body may hold what a stack file keeps as a secret.
        handle, made = tempfile.mkstemp(dir=file.parent, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as draft:
            draft.write(text)
        Path(made).replace(file)
        _prune(file.parent)
    except (OSError, TypeError, ValueError):
        return  # a folder that cannot be written, or a value of no JSON: the next run lists anew


def _prune(folder: Path) -> None:
    kept = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    for path in kept[:-KEPT_MAX]:
        path.unlink(missing_ok=True)


def _plain(value: object) -> Any:
    if value is UNKNOWN:
        return MARK
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    msg = f"{type(value).__name__} has no JSON form"
    raise TypeError(msg)


def _known(value: dict[str, Any]) -> Any:
    return UNKNOWN if value == MARK else value
