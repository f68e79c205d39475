"""A row of a catalog file, read key by key: every value typed, no key left unread."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from ftops_catalog.errors import BadConfig

Value = TypeVar("Value")
Record = TypeVar("Record")


class Row:
    """The keys of one TOML table; `where` names it in the sentence of an error.

    Each reader takes its key off the row; `close` then refuses what nobody asked for, so that
    a misspelt key is an error and not a silent unknown.
    """

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self.where = where
        self._left = dict(values)

    def optional(self, key: str, kind: type[Value]) -> Value | None:
        """The value, or None where the catalog says nothing: unknown is never a zero."""
        value = self._left.pop(key, None)
        if value is not None and type(value) is not kind:
            raise self.wrong(f"{key} is {value!r}, not {kind.__name__}")
        return value

    def required(self, key: str, kind: type[Value]) -> Value:
        value = self.optional(key, kind)
        if value is None:
            raise self.wrong(f"{key} is missing")
        return value

    def texts_or_none(self, key: str) -> tuple[str, ...] | None:
        values = self.optional(key, list)
        if values is None:
            return None
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(f"{key} holds more than strings")
        return tuple(values)

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.texts_or_none(key)
        if values is None:
            raise self.wrong(f"{key} is missing")
        return values

    def counts(self, key: str) -> tuple[int, ...]:
        values = self.required(key, list)
        if not all(type(value) is int for value in values):
            raise self.wrong(f"{key} holds more than whole numbers")
        return tuple(values)

    def money_or_none(self, key: str) -> Decimal | None:
        """An amount is written as a string, so that no binary float ever touches it."""
        text = self.optional(key, str)
        if text is None:
            return None
        try:
            amount = Decimal(text)
        except InvalidOperation:
            raise self.wrong(f"{key} is {text!r}, not an amount") from None
        if not amount.is_finite() or amount < 0:
            raise self.wrong(f"{key} is {text!r}, not an amount")
        return amount

    def money(self, key: str) -> Decimal:
        amount = self.money_or_none(key)
        if amount is None:
            raise self.wrong(f"{key} is missing")
        return amount

    def day_or_none(self, key: str) -> date | None:
        return self.optional(key, date)

    def day(self, key: str) -> date:
        return self.required(key, date)

    def word(self, key: str, words: tuple[str, ...]) -> str:
        """One of a closed list of words."""
        word = self.required(key, str)
        if word not in words:
            raise self.wrong(f"{key} is {word!r}, not one of {', '.join(words)}")
        return word

    def table(self, key: str) -> Row:
        return Row(self.required(key, dict), f"{self.where}, {key}")

    def rows(self, key: str) -> tuple[Row, ...]:
        """The tables of an array, each named by its place in the file."""
        values = self.required(key, list)
        if not all(isinstance(value, dict) for value in values):
            raise self.wrong(f"{key} holds more than tables")
        return tuple(
            Row(value, f"{self.where}, {key} {number}") for number, value in enumerate(values, 1)
        )

    @property
    def unread(self) -> tuple[str, ...]:
        """The keys that nobody has read yet."""
        return tuple(self._left)

    def close(self) -> None:
        if self._left:
            raise self.wrong(f"nobody reads {', '.join(sorted(self._left))}")

    def wrong(self, what: str) -> BadConfig:
        """The error that names this row."""
        return BadConfig(f"{self.where}: {what}.", "Correct the catalog file or reinstall ftops.")


def read_rows(path: Path) -> Row:
    """A catalog file as one row of tables."""
    try:
        return Row(tomllib.loads(path.read_text("utf-8")), path.name)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"The catalog file {path.name} cannot be read: {error}."
        raise BadConfig(message, "Reinstall ftops.") from error


def read_table(path: Path, key: str, parse: Callable[[Row], Record]) -> tuple[Record, ...]:
    """A file that is one array of tables, each parsed to a record."""
    file = read_rows(path)
    records = tuple(parse(row) for row in file.rows(key))
    file.close()
    return records
