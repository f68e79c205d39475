"""A catalog file that is wrong is refused where it is read, with the row and the key named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ftops_catalog import Catalog, read_catalog
from ftops_catalog.catalog import DATA
from ftops_catalog.errors import BadConfig


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def read_all(folder: Path) -> Catalog:
    catalog = read_catalog(folder)
    assert catalog.prices
    assert catalog.limits
    assert catalog.policies
    return catalog


def test_an_untouched_copy_is_read(folder: Path) -> None:
    assert read_all(folder).models == read_catalog().models


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("prices.toml", 'usd = "3.3"', 'usd = "free"', "block 1, prices 1: usd is 'free'"),
        ("prices.toml", 'usd = "3.3"', 'usd = "-1"', "usd is '-1', not an amount"),
        ("prices.toml", 'usd = "3.3"', 'usd = "NaN"', "usd is 'NaN', not an amount"),
        ("prices.toml", 'usd = "3.3"', "usd = 3.3", "usd is 3.3, not str"),
        ("prices.toml", 'usd = "3.3", ', "", "usd is missing"),
        ("prices.toml", 'per = "1M tokens"', 'per = "1K"', "per is '1K', not one of hour"),
        ("prices.toml", 'scope = "global"', 'scope = "regional"', "two prices for"),
        ("prices.toml", 'meter = "', 'metre = "', "nobody reads metre"),
        ("models.toml", "max_example_tokens = 65536", "max_example_tokens = true", "not int"),
        ("models.toml", "retirement = 2027-04-14", 'retirement = "soon"', "not date"),
        ("models.toml", '"northcentralus"', '"northpole"', "northpole"),
        ("models.toml", 'methods = ["sft"]', "methods = [1]", "methods holds more than strings"),
        ("regions.toml", 'name = "eastus2"', 'name = "eastus"', "lists eastus twice"),
        ("regions.toml", "vision_training = true", "", "vision_training is missing"),
        ("skus.toml", 'status = "sourced"', 'status = "sure"', "status is 'sure', not one of"),
        ("skus.toml", 'sources = ["', 'sources = []  # ["', "sources is empty"),
        ("limits.toml", "count = 10\n", 'count = 10\ntext = "ten"\n', "a limit has one value"),
        ("policies.toml", 'default = "AuditIf', 'default = "NeverIf', "default is"),
        ("skus.toml", "[[sku]]", "[[sku]", "cannot be read"),
        ("skus.toml", "[[sku]]", "[[skuu]]", "nobody reads skuu"),
    ],
)
def test_a_wrong_row_is_named(folder: Path, file: str, old: str, new: str, words: str) -> None:
    spoil(folder, file, old, new)

    with pytest.raises(BadConfig) as refusal:
        read_all(folder)

    assert words in refusal.value.message
    assert refusal.value.hint


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "regions.toml").unlink()

    with pytest.raises(BadConfig, match=r"regions\.toml cannot be read"):
        read_all(folder)
