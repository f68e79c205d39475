"""What to type next after a name that the catalog does not know."""

from __future__ import annotations

from collections.abc import Iterable

MANY = 12


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A sentence with the nearest known name, or with the names if they are few."""
    from difflib import get_close_matches

    names = {candidate.lower(): candidate for candidate in known}
    near = get_close_matches(name.strip().lower(), names, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {names[near[0]]}?"
    if len(names) > MANY:
        return "Type `ftops catalog --help` to see how to list what is known."
    return f"Known: {', '.join(sorted(names.values()))}."
