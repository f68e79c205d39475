"""Content filters of an account, and the lists of words that they block."""

from __future__ import annotations

from typing import Annotated, Literal

from ftops.declared.part import Fits, Flag, Part

FilterName = Annotated[
    str, Fits(r"(?!(?i:microsoft\.))[A-Za-z0-9][A-Za-z0-9_.-]{1,63}", "2 to 64 of a-z 0-9 - _ .")
]
Source = Literal["Prompt", "Completion"]
Level = Literal["Low", "Medium", "High"]
Mode = Literal["Default", "Blocking", "Deferred", "Asynchronous_filter"]


class ContentFilter(Part):
    """What happens to one kind of content on its way in or out."""

    name: str
    """Hate, Sexual, Selfharm, Violence, Jailbreak, Indirect Attack, Profanity and so on."""
    source: Source
    """What is looked at: the prompt or the completion."""
    severity_threshold: Level | None = None
    """From which severity on it is filtered; Low is the strictest. Not for kinds without one."""
    blocking: Flag = True
    """Whether it is kept back, or only annotated."""
    enabled: Flag = True
    """Whether it is looked for at all."""


class ListUse(Part):
    """A list of this account that a filter blocks."""

    blocklist_name: FilterName
    """One of the account's `raiBlocklists`."""
    source: Source
    """What is looked at."""
    blocking: Flag = True
    """Whether it is kept back, or only annotated."""


class RaiPolicy(Part):
    """A content filter that deployments name as their `raiPolicyName`."""

    name: FilterName
    """What deployments call it; names that begin with `Microsoft.` are Microsoft's."""
    base_policy_name: str = "Microsoft.DefaultV2"
    """What holds where the filter says nothing: Microsoft's default."""
    mode: Mode = "Blocking"
    """Blocking waits for the verdict before anything is streamed."""
    content_filters: tuple[ContentFilter, ...] = ()
    """What differs from the base."""
    custom_blocklists: tuple[ListUse, ...] = ()
    """Lists that are blocked besides."""


class BlocklistItem(Part):
    """One term or pattern."""

    name: FilterName
    """What people call the item."""
    pattern: str
    """The term, or a regular expression."""
    is_regex: Flag = False
    """Whether the pattern is a regular expression."""


class RaiBlocklist(Part):
    """A list of terms that a content filter may block."""

    name: FilterName
    """What filters call it."""
    description: str | None = None
    """What it is for."""
    items: tuple[BlocklistItem, ...] = ()
    """Its terms."""
