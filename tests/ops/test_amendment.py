"""An amendment changes what is meant, and no other value or comment of a file."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.amendment import add_entry, change_entry
from ftops.stack_file import parse_stack_file
from ftops_catalog.errors import BadConfig

ACCOUNT = ("config", "ftops:accounts", 0)
FIRST = (*ACCOUNT, "deployments", 0)
NEW: dict[str, Any] = {"name": "new", "capacity": 5, "readiness": {"approvedBy": "ana"}}

words = st.text(alphabet="abcdefXYZ019 .:#'\"{}[]&*!|>%@`-_,?é", max_size=12)
comments = st.lists(words.map(lambda text: f"# {text}"), max_size=2)
scalars = st.one_of(
    st.integers(min_value=0, max_value=10**6).map(str),
    st.sampled_from(["Standard", '"2025-04-14"', "'it''s'", "true", "1.5", '"a # b"', "{}", "~"]),
)
names = st.lists(st.from_regex(r"[a-z][a-z0-9]{1,6}", fullmatch=True), max_size=3, unique=True)


@st.composite
def entries(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Deployments of an account: their names, and lines with comments in any place."""
    found = draw(names)
    lines: list[str] = []
    for name in found:
        lines += [f"        {each}" for each in draw(comments)]
        lines.append(f"        - name: {name}{draw(st.sampled_from(['', '  # a comment']))}")
        for key in draw(st.lists(st.sampled_from(["sku", "capacity", "tag"]), unique=True)):
            lines += [f"          {each}" for each in draw(comments)]
            lines.append(f"          {key}: {draw(scalars)}{draw(st.sampled_from(['', ' # b']))}")
        lines += draw(st.sampled_from([[], [""], ["# at the edge"]]))
    return found, lines


@st.composite
def files(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A stack file, and the names of its first account's deployments."""
    found, lines = draw(entries())
    head = ["# the file", "config:", *draw(comments), "  other:key: [1,  2]   # kept"]
    middle = ["  ftops:accounts:", "    - name:   oai   # the account"]
    listed = ["      deployments:", *lines] if found else draw(st.sampled_from(EMPTY))
    after = [
        "    - {name: second, tags: {a:  b}}",
        "  # before tags",
        "  ftops:tags:",
        "    a: 'b'",
    ]
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    text = newline.join([*head, *middle, *listed, *after])
    return text + draw(st.sampled_from(["", newline])), found


EMPTY = [[], ["      deployments:  # none yet"], ["      deployments: []  # none"]]


def _config(text: str) -> Any:
    return parse_stack_file("env", "stacks/Pulumi.env.yaml", text).config


def _lost(before: str, after: str) -> list[str]:
    """The lines of a text that are not, in their order, among those of another."""
    left = iter(after.splitlines())
    return [line for line in before.splitlines() if line not in left]


def _comments(text: str) -> list[str]:
    """Every comment that the generated files hold, in order."""
    return re.findall(r"(?m)(?:^| )(#(?: .*)?)$", text)


@given(files())
def test_an_entry_comes_to_the_others_and_nothing_else_is_touched(
    file: tuple[str, list[str]],
) -> None:
    text, found = file
    after = add_entry(text, ACCOUNT, "deployments", NEW)
    before, now = _config(text), _config(after)

    assert [each["name"] for each in now["accounts"][0]["deployments"]] == [*found, "new"]
    assert now["accounts"][0]["deployments"][-1] == NEW
    now["accounts"][0]["deployments"].pop()
    assert (now["accounts"][0].pop("deployments") or []) == (
        before["accounts"][0].pop("deployments", None) or []
    )
    assert now == before
    assert sorted(_comments(after)) == sorted(_comments(text))
    assert not found or _lost(text, after) == []


@given(
    files().filter(lambda file: bool(file[1])),
    st.dictionaries(
        st.sampled_from(["sku", "capacity", "tag", "source", "readiness"]),
        st.one_of(st.none(), st.integers(1, 9), words, st.just({"approvedBy": "ana", "n": 3})),
        min_size=1,
    ),
)
def test_a_change_sets_and_takes_away_what_is_named_and_keeps_the_rest(
    file: tuple[str, list[str]], values: dict[str, Any]
) -> None:
    text, _ = file
    after = change_entry(text, FIRST, values)
    before, now = _config(text), _config(after)
    kept = before["accounts"][0]["deployments"][0]
    wanted = {**kept, **values}

    assert now["accounts"][0]["deployments"][0] == {
        key: value for key, value in wanted.items() if value is not None or key not in values
    }
    now["accounts"][0]["deployments"][0] = kept
    assert now == before
    assert ("\r\n" in after) == ("\r\n" in text)


@pytest.mark.parametrize(
    ("before", "after"),
    [("[{name: a, capacity: 1}]", "[{name: a, capacity: 1}, {name: b, capacity: 2}]"),
     ("[]", "[{name: b, capacity: 2}]")],
)  # fmt: skip
def test_an_entry_in_brackets_stays_in_brackets(before: str, after: str) -> None:
    text = f"config: {{ftops:accounts: [{{name: x, deployments: {before}}}]}}"
    added = add_entry(text, ACCOUNT, "deployments", {"name": "b", "capacity": 2})

    assert added == text.replace(before, after)


def test_what_an_anchor_names_keeps_its_name() -> None:
    shared = "config:\n  ftops:accounts:\n  - tags: &all\n      a: b\n"
    text = f"{shared}    deployments:\n    - tags: *all\n"

    assert change_entry(text, FIRST, {"name": "a"}) == f"{text}      name: a\n"


def test_a_comment_of_what_comes_next_is_not_taken_for_one_of_the_list() -> None:
    text = (
        "config:\n  ftops:accounts:\n    - deployments:\n        - name: a  # one\n        # in\n"
    )
    below = "  # of the tags\n  ftops:tags:\n    a: b\n"

    added = add_entry(text + below, ACCOUNT, "deployments", {"name": "b"})
    assert added == f"{text}        - name: b\n{below}"


@pytest.mark.parametrize("text", ["config: {a: b}\n\t# c\n\tx: y", "a: [1"])
def test_a_text_that_the_library_cannot_read_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(BadConfig, match=r"line \d"):
        change_entry(text, ("a",), {"b": "c"})


LAYOUTS = {
    "two": """\
config:
  ftops:accounts:
    - name:   oai  # a
      deployments:
        - name: one
          tags: {a:  b}
  ftops:tags:   {c: d}
""",
    "four": """\
config:
    ftops:accounts:
    -   name:   oai  # a
        deployments:
        # b
        -   name: one
            tags: {a:  b}
            # c

    ftops:tags:   {c: d}
""",
    "level": """\
config:
  ftops:accounts:
  - name: "oai"

    deployments:
    - name: 'one'   # d
  # e
  ftops:tags: {c:   d}
""",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_file_keeps_its_layout_and_the_entry_takes_it_on(layout: str) -> None:
    text = LAYOUTS[layout]
    after = add_entry(text, ACCOUNT, "deployments", NEW)
    changed = change_entry(after, FIRST, {"capacity": 7})
    [dash] = [line for line in after.splitlines() if line.endswith("name: new")]
    [first] = [line for line in text.splitlines() if "name:" in line and "one" in line]

    assert _lost(text, after) == []
    assert dash.index("name") == first.index("name")
    assert _lost(after, changed) == []
    assert len(changed.splitlines()) == len(after.splitlines()) + 1


def test_a_key_in_front_leaves_its_dash_to_the_next_one() -> None:
    text = "config:\n  ftops:accounts:\n  - deployments:\n    - source: x\n      name: a\n"

    assert change_entry(text, FIRST, {"source": None}) == text.replace("source: x\n      ", "")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Standard", "Standard"),
        ("0f00", '"0f00"'),
        ("2026-11-21", '"2026-11-21"'),
        ("No", '"No"'),
        ("a: b # c", '"a: b # c"'),
        ("", '""'),
        (Decimal("0.310"), "0.31"),
        (Decimal(3), '"3"'),
        (Decimal("0.12345678901234567891"), '"0.12345678901234567891"'),
    ],
)
def test_a_value_is_quoted_where_a_reader_could_take_it_for_another(
    value: Any, written: str
) -> None:
    text = "config:\n  ftops:accounts:\n  - deployments:\n    - name: a\n"

    assert change_entry(text, FIRST, {"key": value}) == f"{text}      key: {written}\n"
