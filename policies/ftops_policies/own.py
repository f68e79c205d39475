"""Rules of a project's own, `policies/rules/*.py`, which join those that are installed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Final

from ftops_catalog.errors import BadConfig, FtopsError
from ftops_policies.rule import read_rules

FOLDER: Final = "rules"
_read: Final[set[Path]] = set()


def join_own_rules(policies: Path) -> None:
    """Registers every rule in a folder's `rules/`, once; BadConfig names the file that fails."""
    for file in sorted((policies / FOLDER).glob("*.py")):
        place = file.resolve()
        if place not in _read and not file.name.startswith("_"):
            _read.add(place)
            read_rules()  # the installed ones come first, so that a double is the project's
            _execute(place)
            read_rules.cache_clear()


def join_project_rules(start: Path) -> None:
    """The same for the project around a folder, if it lies in one."""
    for folder in (start, *start.parents):
        if (folder / "Pulumi.yaml").is_file():
            join_own_rules(folder / "policies")
            return


def _execute(file: Path) -> None:
    name = f"ftops_own_rules_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None, "a .py file has a loader"
    assert spec.loader is not None, "a .py file has a loader"
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    fault: Exception | None = None
    try:
        spec.loader.exec_module(module)
    except FtopsError as error:
        raise BadConfig(f"{file.name}: {error.message}", error.hint) from error
    except Exception as error:  # noqa: BLE001 - a person's file may raise anything
        fault = error
    if fault:
        said = f"{type(fault).__name__}: {fault}".partition("\n")[0]
        hint = "ftops policy new writes one that works."
        raise BadConfig(f"{_place(file, fault)} is no rule: {said}.", hint) from fault


def _place(file: Path, fault: Exception) -> str:
    """The file, and the last line of it that was reached."""
    line, trace = getattr(fault, "lineno", None), fault.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == str(file):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"{file.name}:{line}" if line else file.name
