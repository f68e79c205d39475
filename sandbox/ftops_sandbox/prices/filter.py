"""The price list's `$filter`: comparisons, contains, startswith and endswith, and/or/not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
Test = Callable[[Row], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)(?![\w-])|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<mark>[(),]))"
)
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
}
_FUNCTIONS: Mapping[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": str.startswith,
    "endswith": str.endswith,
}


@dataclass(frozen=True)
class Token:
    """`kind` is text, number, word or mark."""

    kind: str
    value: Any


def parse_filter(text: str, fields: Mapping[str, Any], *, fold: bool) -> Test:
    """A test for rows with these fields; `fold` compares texts in any letter case, as of old.

    ValueError for what cannot be read and for a field that the rows do not have.
    """
    return _Parser(list(_tokens(text)), fields, fold=fold).whole()


def _tokens(text: str) -> Iterator[Token]:
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if not match or match.lastgroup is None:
            raise ValueError(f"Syntax error at '{text[place:].strip()}'.")
        value: Any = match[match.lastgroup]
        if match.lastgroup == "text":
            value = value[1:-1].replace("''", "'")
        if match.lastgroup == "number":
            value = float(value)
        yield Token(match.lastgroup, value)
        place = match.end()


class _Parser:
    """Reads `or` of `and` of terms, the usual way down."""

    def __init__(self, tokens: list[Token], fields: Mapping[str, Any], *, fold: bool) -> None:
        self._tokens = tokens
        self._fields = fields
        self._fold = fold

    def whole(self) -> Test:
        test = self._any()
        if self._tokens:
            raise ValueError(f"Syntax error at '{self._tokens[0].value}'.")
        return test

    def _any(self) -> Test:
        tests = [self._all()]
        while self._skip("or"):
            tests.append(self._all())
        return lambda row: any(test(row) for test in tests)

    def _all(self) -> Test:
        tests = [self._term()]
        while self._skip("and"):
            tests.append(self._term())
        return lambda row: all(test(row) for test in tests)

    def _term(self) -> Test:
        if self._skip("not"):
            denied = self._term()
            return lambda row: not denied(row)
        if self._skip("("):
            inside = self._any()
            self._must(")")
            return inside
        word = self._take("word")
        if word.casefold() in _FUNCTIONS and self._tokens and self._tokens[0].value == "(":
            return self._function(_FUNCTIONS[word.casefold()])
        return self._comparison(word)

    def _function(self, function: Callable[[str, str], bool]) -> Test:
        self._must("(")
        field = self._field(self._take("word"))
        self._must(",")
        part = self._folded(self._take("text"))
        self._must(")")
        return lambda row: function(self._folded(str(row[field])), part)

    def _comparison(self, word: str) -> Test:
        field, verb = self._field(word), self._take("word").casefold()
        if verb not in _COMPARE:
            raise ValueError(f"'{verb}' is not an operator.")
        compare, wanted = _COMPARE[verb], self._literal()
        if isinstance(self._fields[field], str) != isinstance(wanted, str):
            raise ValueError(f"'{field}' cannot be compared with '{wanted}'.")
        return lambda row: compare(self._folded(row[field]), wanted)

    def _literal(self) -> Any:
        if not self._tokens:
            raise ValueError("The filter ends in the middle.")
        token = self._tokens.pop(0)
        if token.kind == "word" and token.value.casefold() in ("true", "false"):
            return token.value.casefold() == "true"
        if token.kind not in ("text", "number"):
            raise ValueError(f"Syntax error at '{token.value}'.")
        return self._folded(token.value)

    def _field(self, word: str) -> str:
        if word not in self._fields:
            raise ValueError(f"Could not find a property named '{word}'.")
        return word

    def _folded(self, value: Any) -> Any:
        return value.casefold() if self._fold and isinstance(value, str) else value

    def _skip(self, value: str) -> bool:
        token = self._tokens[0] if self._tokens else None
        if token and token.kind in ("word", "mark") and token.value.casefold() == value:
            self._tokens.pop(0)
            return True
        return False

    def _must(self, value: str) -> None:
        if not self._skip(value):
            raise ValueError(f"'{value}' is missing.")

    def _take(self, kind: str) -> str:
        if not self._tokens or self._tokens[0].kind != kind:
            found = self._tokens[0].value if self._tokens else "the end"
            raise ValueError(f"Syntax error at '{found}'.")
        return str(self._tokens.pop(0).value)
