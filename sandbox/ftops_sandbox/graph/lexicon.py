"""A query cut into words, with where each stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ftops_sandbox.graph.refusal import QueryError

_LENGTH_MAX = 20_000
_TOKEN = re.compile(
    r"(?P<space>\s+|//[^\n]*)"
    r"|(?P<text>'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")"
    r"|(?P<number>\d{1,15}(?:\.\d{1,15})?)(?!\w)"
    r"|(?P<word>!?[A-Za-z_]\w*(?:-(?:away|keep|rename|reorder|expand))?~?)"
    r"|(?P<mark>=~|!~|==|!=|<=|>=|[|(),=<>.\[\]+*/%{}:;$-])"
)


@dataclass(frozen=True)
class Token:
    """`kind` is text, number, word, mark or end."""

    kind: str
    text: str
    value: Any
    place: int

    def is_mark(self, text: str) -> bool:
        return self.kind == "mark" and self.text == text

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text.casefold() in words


def cut(query: str) -> list[Token]:
    """Every word of a query, and the end; QueryError at what is none."""
    if len(query) > _LENGTH_MAX:
        raise QueryError(f"The query is longer than {_LENGTH_MAX} characters.")
    tokens, place = [], 0
    while place < len(query):
        match = _TOKEN.match(query, place)
        if not match or match.lastgroup is None:
            raise QueryError("ParserFailure", query[place], place=place)
        if match.lastgroup != "space":
            text = match[0]
            tokens.append(Token(match.lastgroup, text, _value(match.lastgroup, text), place))
        place = match.end()
    return [*tokens, Token("end", "<EOF>", None, len(query))]


def _value(kind: str, text: str) -> Any:
    if kind == "text":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    if kind == "number":
        return float(text) if "." in text else int(text)
    return text
