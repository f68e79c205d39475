"""An amendment of a YAML text: values are set where they stand, order and comments stay."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from difflib import SequenceMatcher
from io import StringIO
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark, YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString
from ruamel.yaml.tokens import CommentToken
from ruamel.yaml.util import load_yaml_guess_indent

from ftops.stack_file import KeyPath
from ftops_catalog.errors import BadConfig

PLAIN: Final = re.compile(r"[A-Za-z/][A-Za-z0-9_./@+-]*")
WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Plain words that one reader of YAML or another takes for something else than text."""
COLUMNS_MAX: Final = 10_000

Values = Mapping[str, Any]
"""Text, whole numbers, Decimals and mappings of them; None takes a key away."""
Node = CommentedMap | CommentedSeq
Leaf = tuple[Node, Any]
"""The last thing that a node says, as what holds it and its key there."""


def add_entry(text: str, path: KeyPath, key: str, values: Values) -> str:
    """The text with one more entry in the list `key` of the mapping at a path."""
    amended = _Text(text)
    mapping, entry = amended.at(path), _node(values)
    listed = mapping.get(key)
    if listed:
        rest = _take(_last(listed), listed.lc.col)
        listed.append(entry)
    else:
        rest = "" if key in mapping else _take(_last(mapping), mapping.lc.col)
        mapping[key] = CommentedSeq([entry])
    _hang(_last(mapping[key]), rest)
    return amended.written()


def change_entry(text: str, path: KeyPath, values: Values) -> str:
    """The text with the mapping at a path changed; what `values` does not name stays."""
    amended = _Text(text)
    _change(amended.at(path), values)
    return amended.written()


class _Text:
    """A text read for one change; it is written again in the layout that it has."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.yaml = YAML()
        self.yaml.preserve_quotes = True
        self.yaml.width = COLUMNS_MAX
        self.yaml.explicit_start = text.startswith("---")
        plain = text.replace("\r\n", "\n")
        try:
            _, indent, offset = load_yaml_guess_indent(plain)
            self.document = self.yaml.load(plain)
        except YAMLError as error:
            line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
            raise BadConfig(f"line {line} cannot be changed", "mend its YAML") from error
        inner = next((each for each in _values(self.document) if _is_block(each)), None)
        steps = inner.lc.col if isinstance(inner, CommentedMap) else 0
        self.yaml.indent(mapping=steps or 2, sequence=indent or 2, offset=offset or 0)
        # What the library makes of the text by itself: a line that stays so keeps its own layout.
        self.plain = self._dumped()

    def at(self, path: KeyPath) -> CommentedMap:
        """The mapping at a path that has been read before."""
        node = self.document
        for step in path:
            node = node[step]
        assert isinstance(node, CommentedMap), "what is amended is a mapping"
        return node

    def written(self) -> str:
        """The whole text; BadConfig where the library would lose a comment of it."""
        after = self._dumped()
        own = self.text.replace("\r\n", "\n").splitlines(keepends=True)
        kept = _laid_out(own, self.plain, after)
        if kept is not None and _reads(kept) == _reads(after):
            after = kept
        if _comments(self.text) != _comments(after):
            raise BadConfig("a comment would be lost", "write the change by hand")
        if not self.text.endswith("\n"):
            after = after.rstrip("\n")
        return after.replace("\n", "\r\n") if "\r\n" in self.text else after

    def _dumped(self) -> str:
        stream = StringIO()
        self.yaml.dump(self.document, stream)
        return stream.getvalue()


def _values(node: Any) -> list[Any]:
    return list(node.values()) if isinstance(node, CommentedMap) else []


def _laid_out(own: Sequence[str], plain: str, after: str) -> str | None:
    """The text after a change, every line that the change leaves alone as a person laid it out.

    None where the library does not keep to the text's lines, so that none can be told apart.
    """
    before, changed = (each.splitlines(keepends=True) for each in (plain, after))
    if len(before) != len(own):
        return None
    lines: list[str] = []
    for tag, start, end, first, last in SequenceMatcher(
        None, before, changed, autojunk=False
    ).get_opcodes():
        lines += own[start:end] if tag == "equal" else changed[first:last]
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _reads(text: str) -> Any:
    """What a text says; None where it cannot be read."""
    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        return None


def _comments(text: str) -> Counter[str]:
    """The lines that are nothing but a comment."""
    lines = (line.strip() for line in text.splitlines())
    return Counter(line for line in lines if line.startswith("#"))


def _change(mapping: CommentedMap, values: Values) -> None:
    rest = _take(_last(mapping), mapping.lc.col)
    for key, value in values.items():
        old = mapping.get(key)
        if value is None:
            rest = _remove(mapping, key) + rest
        elif isinstance(value, Mapping) and isinstance(old, CommentedMap) and old:
            _change(old, {**dict.fromkeys(old.keys() - value.keys()), **value})
        elif old is None or str(old) != str(value):
            mapping[key] = _value(value)
    _hang(_last(mapping), rest)


def _remove(mapping: CommentedMap, key: str) -> str:
    """Takes a key away and answers with the comments that stood below it."""
    if key not in mapping:
        return ""
    keys = list(mapping)
    before = keys.index(key) - 1
    value = mapping[key]
    below = _take(_last(value) if _is_block(value) else (mapping, key), 0)
    del mapping[key]
    if before < 0:
        return below
    kept = mapping[keys[before]]
    _hang(_last(kept) if _is_block(kept) else (mapping, keys[before]), below)
    return ""


def _is_block(value: Any) -> bool:
    """Whether a value is written over lines of its own."""
    held = isinstance(value, CommentedMap | CommentedSeq) and len(value) > 0
    return held and not value.fa.flow_style()


def _last(node: Node) -> Leaf:
    key = next(reversed(node)) if isinstance(node, CommentedMap) else len(node) - 1
    return _last(node[key]) if _is_block(node[key]) else (node, key)


def _token(leaf: Leaf) -> CommentToken | None:
    """The comment behind a leaf, which holds all the lines below it, up to what is said next."""
    node, key = leaf
    slots: list[CommentToken | None] = node.ca.items.get(key) or [None] * 4
    return slots[_slot(node)]


def _slot(node: Node) -> int:
    return 2 if isinstance(node, CommentedMap) else 0


def _take(leaf: Leaf, column: int) -> str:
    """Cuts off the lines below a leaf from the first that is not as far in as a column."""
    token = _token(leaf)
    if token is None:
        return ""
    own, *lines = token.value.splitlines(keepends=True)
    kept = next((i for i, line in enumerate(lines) if not _is_within(line, column)), len(lines))
    token.value = "".join([own, *lines[:kept]])
    return "".join(lines[kept:])


def _is_within(line: str, column: int) -> bool:
    return bool(line.strip()) and len(line) - len(line.lstrip()) >= column > 0


def _hang(leaf: Leaf, lines: str) -> None:
    """Puts lines below a leaf."""
    if not lines:
        return
    token, (node, key) = _token(leaf), leaf
    if token is not None:
        token.value += lines
        return
    slots = node.ca.items.setdefault(key, [None] * 4)
    slots[_slot(node)] = CommentToken(f"\n{lines}", CommentMark(0), None)


def _node(values: Values) -> CommentedMap:
    return CommentedMap({key: _value(each) for key, each in values.items() if each is not None})


def _value(value: Any) -> Any:
    """A value as each reader of YAML understands it: what could be anything but text is quoted."""
    if isinstance(value, Mapping):
        return _node(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        short = float(value)
        exact = Decimal(str(short)) == value and not short.is_integer()
        return short if exact else DoubleQuotedScalarString(f"{value:f}")
    text = str(value)
    plain = PLAIN.fullmatch(text) and text.casefold() not in WORDS
    return text if plain else DoubleQuotedScalarString(text)
