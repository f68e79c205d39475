"""The operators between the pipes, each from a table to a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ftops_sandbox.graph.expression import Expression, Reader
from ftops_sandbox.graph.lexicon import Token, cut
from ftops_sandbox.graph.refusal import QueryError, unsupported
from ftops_sandbox.graph.scalar import AGGREGATES, order_key, text_of

Record = dict[str, Any]
Named = tuple[str, Expression]


@dataclass(frozen=True)
class Table:
    """`columns` maps each name to its type; `limited` when the query itself cut the rows."""

    columns: Mapping[str, str]
    rows: list[Record]
    limited: bool = False


Operator = Callable[[Reader, Table], Table]


def run(query: str, tables: Mapping[str, Callable[[], Table]], default: str) -> Table:
    """What a query answers; QueryError for what cannot be read. A query may begin with an operator.

    `tables` are made when named, by their names in lower case.
    """
    reader = Reader(cut(query))
    name = default
    first = reader.token
    if first.kind == "word" and first.text.casefold() not in OPERATORS:
        name = reader.take().text.casefold()
        if name not in tables:
            raise unsupported("table or operator", first.text, first.place)
    table = tables[name]()
    if first.kind != "end" and reader.token is first and not first.is_mark("|"):
        table = _apply(reader, table)
    while reader.takes("|"):
        table = _apply(reader, table)
    if reader.token.kind != "end":
        raise reader.failure()
    return table


def _apply(reader: Reader, table: Table) -> Table:
    token = reader.token
    if token.kind != "word":
        raise reader.failure()
    operator = OPERATORS.get(reader.take().text.casefold())
    if operator is None:
        raise unsupported("operator", token.text, token.place)
    reader.columns = table.columns
    return operator(reader, table)


def _where(reader: Reader, table: Table) -> Table:
    test = reader.expression()
    return replace(table, rows=[row for row in table.rows if test.read(row)])


def _project(reader: Reader, table: Table) -> Table:
    named = _named_list(reader)
    rows = [{name: one.read(row) for name, one in named} for row in table.rows]
    return replace(table, columns={name: one.type for name, one in named}, rows=rows)


def _project_away(reader: Reader, table: Table) -> Table:
    gone = {name for name, _ in _named_list(reader)}
    columns = {name: kind for name, kind in table.columns.items() if name not in gone}
    return replace(table, columns=columns, rows=[_pick(row, columns) for row in table.rows])


def _extend(reader: Reader, table: Table) -> Table:
    named = _named_list(reader)
    columns = {**table.columns, **{name: one.type for name, one in named}}
    rows = [{**row, **{name: one.read(row) for name, one in named}} for row in table.rows]
    return replace(table, columns=columns, rows=rows)


def _distinct(reader: Reader, table: Table) -> Table:
    projected = _project(reader, table)
    seen = {text_of(list(row.values())): row for row in reversed(projected.rows)}
    return replace(projected, rows=list(seen.values())[::-1])


def _order(reader: Reader, table: Table) -> Table:
    _by(reader)
    rows = list(table.rows)
    for key, descends in reversed(_orders(reader)):
        rows.sort(key=lambda row: order_key(key.read(row)), reverse=descends)
    return replace(table, rows=rows)


def _limit(reader: Reader, table: Table) -> Table:
    return replace(table, rows=table.rows[: _whole(reader)], limited=True)


def _top(reader: Reader, table: Table) -> Table:
    count = _whole(reader)
    ordered = _order(reader, table)
    return replace(ordered, rows=ordered.rows[:count], limited=True)


def _count(_reader: Reader, table: Table) -> Table:
    return replace(table, columns={"Count": "integer"}, rows=[{"Count": len(table.rows)}])


def _summarize(reader: Reader, table: Table) -> Table:
    sums: list[tuple[str, str, Expression | None]] = []
    while not reader.token.is_word("by") and not _ends(reader):
        if sums:
            reader.require(",")
        sums.append(_aggregate(reader))
    groups: list[Named] = []
    if reader.token.is_word("by"):
        reader.take()
        groups = _named_list(reader)
    if not sums and not groups:
        raise reader.failure()
    columns = {name: one.type for name, one in groups}
    columns |= {name: AGGREGATES[function][0] for name, function, _ in sums}
    found: dict[tuple[str, ...], tuple[list[Any], list[Record]]] = {}
    for row in table.rows:
        values = [one.read(row) for _, one in groups]
        found.setdefault(tuple(map(text_of, values)), (values, []))[1].append(row)
    if not groups:
        found.setdefault((), ([], []))
    rows = [_folded(values, members, groups, sums) for values, members in found.values()]
    return replace(table, columns=columns, rows=rows)


def _folded(
    values: list[Any],
    members: list[Record],
    groups: list[Named],
    sums: list[tuple[str, str, Expression | None]],
) -> Record:
    folded = {name: value for (name, _), value in zip(groups, values, strict=True)}
    for name, function, over in sums:
        inputs = [over.read(row) if over else None for row in members]
        folded[name] = AGGREGATES[function][1](inputs)
    return folded


def _aggregate(reader: Reader) -> tuple[str, str, Expression | None]:
    """A name, which aggregate, and over what."""
    name = ""
    if reader.after.is_mark("="):
        name = reader.word()
        reader.take()
    token = reader.token
    function = reader.word().casefold()
    if function not in AGGREGATES:
        raise unsupported("aggregate", token.text, token.place)
    reader.require("(")
    over = None if reader.token.is_mark(")") else reader.expression()
    if (over is None) != (function == "count"):
        raise QueryError("ParserFailure", token.text, place=token.place)
    reader.require(")")
    return name or f"{function}_{over.name if over else ''}", function, over


def _named_list(reader: Reader) -> list[Named]:
    found: list[Named] = []
    while True:
        found.append(_named(reader, len(found) + 1))
        if not reader.takes(","):
            return found


def _named(reader: Reader, place: int) -> Named:
    given = ""
    if reader.token.kind == "word" and reader.after.is_mark("="):
        given = reader.word()
        reader.take()
    expression = reader.expression()
    return given or expression.name or f"Column{place}", expression


def _orders(reader: Reader) -> list[tuple[Expression, bool]]:
    """Keys with whether they descend, which is Kusto's default."""
    found: list[tuple[Expression, bool]] = []
    while True:
        key, descends = reader.expression(), True
        if reader.token.is_word("asc", "desc"):
            descends = reader.take().text.casefold() == "desc"
        if reader.token.is_word("nulls"):
            raise unsupported("order", "nulls", reader.token.place)
        found.append((key, descends))
        if not reader.takes(","):
            return found


def _by(reader: Reader) -> None:
    if not reader.token.is_word("by"):
        raise reader.failure()
    reader.take()


def _whole(reader: Reader) -> int:
    token: Token = reader.take()
    if not isinstance(token.value, int):
        raise QueryError("ParserFailure", token.text, place=token.place)
    return token.value


def _ends(reader: Reader) -> bool:
    return reader.token.kind == "end" or reader.token.is_mark("|")


def _pick(row: Record, columns: Mapping[str, str]) -> Record:
    return {name: row.get(name) for name in columns}


OPERATORS: Mapping[str, Operator] = {
    "where": _where,
    "project": _project,
    "project-away": _project_away,
    "extend": _extend,
    "distinct": _distinct,
    "order": _order,
    "sort": _order,
    "limit": _limit,
    "take": _limit,
    "top": _top,
    "count": _count,
    "summarize": _summarize,
}
