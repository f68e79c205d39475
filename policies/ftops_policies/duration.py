"""Durations as people write them in settings: `90m`, `24h`, `14d`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

_DURATION: Final = re.compile(r"([0-9]{1,6})([smhdw])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(text: str) -> timedelta | None:
    """A duration such as `24h`; None when the text is not one."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        return None
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
