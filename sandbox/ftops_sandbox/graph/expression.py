"""Expressions: comparisons, and/or, paths into properties, and a few functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ftops_sandbox.graph.lexicon import Token
from ftops_sandbox.graph.refusal import QueryError, unsupported
from ftops_sandbox.graph.scalar import COMPARE, FUNCTIONS, MEMBER, Row

_DEPTH_MAX = 40


@dataclass(frozen=True)
class Expression:
    """`name` is what its column is called when no other name is given, "" for Kusto's default."""

    read: Callable[[Row], Any]
    type: str
    name: str = ""


class Reader:
    """The words of a query, read once from left to right; `columns` are those known here."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self.columns: Mapping[str, str] = {}

    @property
    def token(self) -> Token:
        return self._tokens[self._at]

    @property
    def after(self) -> Token:
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def take(self) -> Token:
        token = self.token
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def takes(self, mark: str) -> bool:
        """Steps over a mark when it is next."""
        if self.token.is_mark(mark):
            self.take()
            return True
        return False

    def require(self, mark: str) -> None:
        if not self.takes(mark):
            raise self.failure()

    def word(self) -> str:
        if self.token.kind != "word":
            raise self.failure()
        return self.take().text

    def failure(self) -> QueryError:
        """The next word does not belong here."""
        return QueryError("ParserFailure", self.token.text, place=self.token.place)

    def expression(self) -> Expression:
        """`a or b`: what binds least."""
        self._depth += 1
        if self._depth > _DEPTH_MAX:
            raise self.failure()
        found = self._joined("or", self._conjunction)
        self._depth -= 1
        return found

    def _conjunction(self) -> Expression:
        return self._joined("and", self._comparison)

    def _joined(self, word: str, inner: Callable[[], Expression]) -> Expression:
        parts = [inner()]
        while self.token.is_word(word):
            self.take()
            parts.append(inner())
        if len(parts) == 1:
            return parts[0]
        test = all if word == "and" else any
        return Expression(lambda row: test(bool(part.read(row)) for part in parts), "boolean")

    def _comparison(self) -> Expression:
        left = self._primary()
        sign = self.token.text.casefold()
        if sign in MEMBER:
            self.take()
            return self._member(left, sign)
        if sign in COMPARE and self.token.kind in ("mark", "word"):
            self.take()
            right, test = self._primary(), COMPARE[sign]
            return Expression(lambda row: test(left.read(row), right.read(row)), "boolean")
        ends = self.token.kind == "end" or self.token.text in ("|", ")", ",", "]", "=")
        if not ends and not self.token.is_word("and", "or", "by", "asc", "desc", "nulls"):
            raise unsupported("operator", self.token.text, self.token.place)
        return left

    def _member(self, left: Expression, sign: str) -> Expression:
        same, wanted = MEMBER[sign]
        values = self._arguments()
        return Expression(
            lambda row: any(same(left.read(row), one.read(row)) for one in values) is wanted,
            "boolean",
        )

    def _arguments(self) -> list[Expression]:
        self.require("(")
        found: list[Expression] = []
        while not self.takes(")"):
            if found:
                self.require(",")
            found.append(self.expression())
        return found

    def _primary(self) -> Expression:
        token = self.token
        if token.kind in ("text", "number"):
            self.take()
            kinds = {str: "string", int: "integer", float: "number"}
            return Expression(lambda _row: token.value, kinds[type(token.value)])
        if self.takes("("):
            inner = self.expression()
            self.require(")")
            return inner
        if token.is_word("true", "false"):
            self.take()
            return Expression(lambda _row: token.text.casefold() == "true", "boolean")
        if token.kind == "word":
            return self._call() if self.after.is_mark("(") else self._path()
        raise self.failure()

    def _call(self) -> Expression:
        token = self.take()
        if token.text.casefold() not in FUNCTIONS:
            raise unsupported("function", token.text, token.place)
        count, kind, function = FUNCTIONS[token.text.casefold()]
        given = self._arguments()
        if count is not None and len(given) != count:
            raise QueryError("ParserFailure", token.text, place=token.place)
        name = given[0].name if given else ""
        return Expression(lambda row: function(*(one.read(row) for one in given)), kind, name)

    def _path(self) -> Expression:
        token = self.take()
        column = self.column(token)
        steps: list[str | int] = []
        while self.token.is_mark(".") or self.token.is_mark("["):
            steps.append(self._step())
        name = "_".join(map(str, (column, *steps)))
        kind = "object" if steps else self.columns[column]
        return Expression(lambda row: _follow(row.get(column), steps), kind, name)

    def column(self, token: Token) -> str:
        """A column's proper name; QueryError for one that is not there."""
        for known in self.columns:
            if known.casefold() == token.text.casefold():
                return known
        raise QueryError(
            f"Failed to resolve column or scalar expression named '{token.text}'",
            token.text,
            place=token.place,
        )

    def _step(self) -> str | int:
        if self.takes("."):
            return self.word()
        self.require("[")
        token = self.take()
        if token.kind not in ("text", "number") or isinstance(token.value, float):
            raise QueryError("ParserFailure", token.text, place=token.place)
        self.require("]")
        step: str | int = token.value
        return step


def _follow(value: Any, steps: list[str | int]) -> Any:
    for step in steps:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
