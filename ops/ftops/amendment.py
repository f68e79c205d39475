"""An amendment of a YAML text: values are set where they stand, every other character stays.

Libraries that keep comments write the whole file anew, and move the comment below a list with its
last entry. Here the parser tells where each value stands, and only that is cut and written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import yaml

from ftops.stack_file import KeyPath

PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./@+-]*")
WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Plain words that one reader of YAML or another takes for something else than text."""
STEP = 2

Values = Mapping[str, Any]
"""Text, whole numbers, Decimals and mappings of them; None takes a key away."""
Edit = tuple[int, int, str]
"""What stands from one place up to another gives way to a text."""


def add_entry(text: str, path: KeyPath, key: str, values: Values) -> str:
    """The text with one more entry in the list `key` of the mapping at a path."""
    mapping = _at(_root(text), path)
    assert isinstance(mapping, yaml.MappingNode), "entries are added to a mapping's list"
    found = _pair(mapping, key)
    return _applied(text, _adding(text, mapping, key, found, values))


def change_entry(text: str, path: KeyPath, values: Values) -> str:
    """The text with the mapping at a path changed; what `values` does not name stays."""
    mapping = _at(_root(text), path)
    assert isinstance(mapping, yaml.MappingNode), "what is changed is a mapping"
    return _applied(text, _changing(text, mapping, values))


def _root(text: str) -> yaml.Node:
    # The reader in Python: its marks count characters, whatever they are.
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    assert node is not None, "the text has been read before"
    return node


def _at(node: yaml.Node, path: KeyPath) -> yaml.Node:
    for step in path:
        if isinstance(step, int):
            node = node.value[step]
            continue
        assert isinstance(node, yaml.MappingNode), "a key is looked for in a mapping"
        pair = _pair(node, step)
        assert pair, f"{step} has been read before"
        node = pair[1]
    return node


def _pair(mapping: yaml.MappingNode, key: str) -> tuple[yaml.Node, yaml.Node] | None:
    return next((pair for pair in mapping.value if pair[0].value == key), None)


def _applied(text: str, edits: Iterator[Edit]) -> str:
    """Edits from the last to the first; those at one place in the order in which they came."""
    numbered = sorted(enumerate(edits), key=lambda each: (each[1][0], each[0]), reverse=True)
    newline = "\r\n" if "\r\n" in text else "\n"
    for _, (start, end, put) in numbered:
        text = text[:start] + put.replace("\n", newline) + text[end:]
    return text


def _adding(
    text: str,
    mapping: yaml.MappingNode,
    key: str,
    found: tuple[yaml.Node, yaml.Node] | None,
    values: Values,
) -> Iterator[Edit]:
    kept = {name: value for name, value in values.items() if value is not None}
    if mapping.flow_style and found is None:
        yield from _flow_end(mapping, f"{key}: [{_flow(kept)}]")
    elif found is None:
        column = mapping.value[0][0].start_mark.column
        lines = [f"{key}:", *_item(kept, STEP)]
        yield _below(text, mapping, column, lines)
    elif isinstance(found[1], yaml.SequenceNode) and found[1].value:
        listed = found[1]
        if listed.flow_style:
            yield from _flow_end(listed, _flow(kept))
        else:
            # The list's own mark may be its anchor's.
            dash = text.rfind("-", 0, listed.value[0].start_mark.index)
            column = dash - text.rfind("\n", 0, dash) - 1
            yield _below(text, listed, column, _item(kept, 0))
    elif mapping.flow_style:
        yield found[1].start_mark.index, found[1].end_mark.index, f"[{_flow(kept)}]"
    else:
        # `key:` or `key: []`: what comes after the colon goes, the entry comes below.
        colon = text.index(":", found[0].end_mark.index) + 1
        yield colon, max(colon, found[1].end_mark.index), ""
        yield _below(text, found[0], found[0].start_mark.column, _item(kept, STEP))


def _changing(text: str, mapping: yaml.MappingNode, values: Values) -> Iterator[Edit]:
    if mapping.flow_style:
        yield mapping.start_mark.index, mapping.end_mark.index, _flow_changed(text, mapping, values)
        return
    added: dict[str, Any] = {}
    for key, value in values.items():
        found = _pair(mapping, key)
        if found is None:
            added |= {} if value is None else {key: value}
        elif value is None:
            yield _cut(text, mapping, found)
        elif isinstance(value, Mapping) and isinstance(found[1], yaml.MappingNode):
            gone = {each.value: None for each, _ in found[1].value if each.value not in value}
            yield from _changing(text, found[1], {**value, **gone})
        elif isinstance(value, Mapping):
            yield _cut(text, mapping, found)
            added[key] = value
        elif found[1].value != (f"{value:f}" if isinstance(value, Decimal) else str(value)):
            yield _put(text, found, value)
    if added:
        column = mapping.value[0][0].start_mark.column
        yield _below(text, mapping, column, _block(added))


def _put(text: str, pair: tuple[yaml.Node, yaml.Node], value: Any) -> Edit:
    """A value in the place of another one, the comment behind it kept."""
    key, old = pair
    if not old.end_mark.index > old.start_mark.index:
        colon = text.index(":", key.end_mark.index) + 1
        return colon, colon, f" {_scalar(value)}"
    end = "\n" if getattr(old, "style", None) in {"|", ">"} else ""
    return old.start_mark.index, old.end_mark.index, f"{_scalar(value)}{end}"


def _cut(text: str, mapping: yaml.MappingNode, pair: tuple[yaml.Node, yaml.Node]) -> Edit:
    """A key with its lines; the first key of an entry leaves its dash to the next one."""
    key, value = pair
    following = mapping.value[mapping.value.index(pair) + 1 :]
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    if text[start : key.start_mark.index].strip() and following:
        return key.start_mark.index, following[0][0].start_mark.index, ""
    return start, _line_end(text, max(_last_line(value), key.end_mark.line)), ""


def _below(text: str, node: yaml.Node, column: int, lines: Sequence[str]) -> Edit:
    """Lines after all that a node says, and after the comments below that are as far in as it."""
    place = _line_end(text, _last_line(node))
    while match := re.compile(r"[ ]*(?=#)").match(text, place):
        if match.end() - match.start() < column:
            break
        place = _line_end(text, text.count("\n", 0, place))
    written = "".join(f"{' ' * column}{line}\n" for line in lines)
    if place and text[place - 1] != "\n":
        return place, place, f"\n{written}".rstrip("\n")
    return place, place, written


def _line_end(text: str, line: int) -> int:
    """The place after a line, counted from 0, and its line break."""
    place = -1
    for _ in range(line + 1):
        place = text.find("\n", place + 1)
        if place < 0:
            return len(text)
    return place + 1


def _last_line(node: yaml.Node) -> int:
    """The last line on which a node says anything; a block's own mark lies beyond its comments."""
    line: int = node.end_mark.line
    if isinstance(node, yaml.ScalarNode):
        return line - 1 if node.style in {"|", ">"} and node.end_mark.column == 0 else line
    if getattr(node, "flow_style", None) or not node.value:
        return line
    if isinstance(node, yaml.MappingNode):
        parts = (each for pair in node.value for each in pair)
    else:
        parts = iter(node.value)
    return max(map(_last_line, parts))


def _flow_end(node: yaml.Node, put: str) -> Iterator[Edit]:
    """One more part at the end of `[...]` or `{...}`."""
    last = node.value[-1] if node.value else None
    if last is None:
        yield node.end_mark.index - 1, node.end_mark.index - 1, put
    else:
        place = (last[1] if isinstance(last, tuple) else last).end_mark.index
        yield place, place, f", {put}"


def _flow_changed(text: str, mapping: yaml.MappingNode, values: Values) -> str:
    kept = {
        str(key.value): text[key.start_mark.index : value.end_mark.index]
        for key, value in mapping.value
    }
    for key, value in values.items():
        if value is None:
            kept.pop(key, None)
        else:
            kept[key] = f"{key}: {_flow_value(value)}"
    return "{" + ", ".join(kept.values()) + "}"


def _flow(values: Values) -> str:
    return "{" + ", ".join(f"{key}: {_flow_value(value)}" for key, value in values.items()) + "}"


def _flow_value(value: Any) -> str:
    return _flow(value) if isinstance(value, Mapping) else _scalar(value)


def _item(values: Values, column: int) -> list[str]:
    """An entry of a list as lines, its dash at a column."""
    first, *rest = _block(values)
    return [f"{' ' * column}- {first}", *(f"{' ' * (column + STEP)}{line}" for line in rest)]


def _block(values: Values) -> list[str]:
    lines = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            lines += [f"{key}:", *(f"{' ' * STEP}{line}" for line in _block(value))]
        else:
            lines.append(f"{key}: {_scalar(value)}")
    return lines


def _scalar(value: Any) -> str:
    """A value as each reader of YAML understands it: what could be anything but text is quoted."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Decimal):
        digits = f"{value:f}"
        exact = Decimal(str(float(value))) == value and not float(value).is_integer()
        return digits if exact else json.dumps(digits)
    text = str(value)
    plain = PLAIN.fullmatch(text) and text.casefold() not in WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)
