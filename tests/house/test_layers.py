"""Imports point one way; each SDK has one importer; the sandbox shares nothing with us."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE_ROOTS = ("catalog", "stacks", "policies", "ops", "sandbox")

# Higher may import lower or equal; the first prefix that fits decides.
RANKS = (
    ("ftops.cli", 5),
    ("ftops.__main__", 5),
    ("ftops.reference", 5),
    ("ftops.commands", 4),
    ("ftops.azure", 3),
    ("ftops.engine", 3),
    ("ftops.github", 3),
    ("ftops_stacks", 3),
    ("ftops_policies", 1),
    ("ftops_catalog", 0),
    ("ftops", 2),
)
SDK_IMPORTERS = {
    "azure": ("ftops.azure",),
    "openai": ("ftops.azure",),
    "pulumi": ("ftops.engine", "ftops_stacks"),
    "pulumi_azure_native": ("ftops.engine", "ftops_stacks"),
    "pulumi_policy": ("ftops_policies.pack",),
}


def _modules() -> Iterator[tuple[str, Path]]:
    for root in SOURCE_ROOTS:
        for path in sorted((ROOT / root).glob("ftops*/**/*.py")):
            parts = path.relative_to(ROOT / root).with_suffix("").parts
            yield ".".join(parts).removesuffix(".__init__"), path


MODULES = dict(_modules())


def _imports(module: str, path: Path) -> set[str]:
    found: set[str] = set()
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            start = ".".join(above) if node.level else ""
            origin = ".".join(part for part in (start, node.module or "") if part)
            found |= {origin} | {f"{origin}.{alias.name}" for alias in node.names}
    return found


def _rank(module: str) -> int | None:
    for prefix, rank in RANKS:
        if module == prefix or module.startswith(f"{prefix}."):
            return rank
    return None


@pytest.mark.parametrize("module", [name for name in MODULES if _rank(name) is not None])
def test_a_module_imports_only_what_lies_below_it(module: str) -> None:
    own = _rank(module)
    assert own is not None
    above = {name for name in _imports(module, MODULES[module]) if (_rank(name) or 0) > own} - {
        module
    }

    assert not above, f"{module} imports upwards: {sorted(above)}"


def test_the_sandbox_and_we_import_nothing_of_each_other() -> None:
    for module, path in MODULES.items():
        ours = {name.split(".")[0] for name in _imports(module, path) if name.startswith("ftops")}
        if module.startswith("ftops_sandbox"):
            assert ours <= {"ftops_sandbox"}, f"{module} imports {ours}"
        else:
            assert "ftops_sandbox" not in ours, f"{module} imports the sandbox"


@pytest.mark.parametrize("sdk", SDK_IMPORTERS)
def test_an_sdk_has_one_importer(sdk: str) -> None:
    for module, path in MODULES.items():
        heads = {name.split(".")[0] for name in _imports(module, path)}
        if sdk in heads:
            assert module.startswith(SDK_IMPORTERS[sdk]), f"{module} imports {sdk}"


def test_core_nouns_read_no_clock_and_open_no_socket() -> None:
    clocks = {"datetime.now", "datetime.utcnow", "time.time", "date.today"}
    for module, path in MODULES.items():
        if _rank(module) not in {0, 1, 2} or module.startswith("ftops_sandbox"):
            continue
        heads = {name.split(".")[0] for name in _imports(module, path)}
        calls = {
            ast.unparse(node.func)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
        }
        assert not heads & {"socket", "httpx", "requests", "urllib3"}, f"{module} opens sockets"
        assert not calls & clocks, f"{module} reads a clock: {calls & clocks}"
