"""How much a run may still cost: what is asked of it is taken before anything is begun."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation


@dataclass
class Purse:
    """US dollars under a cap. What was taken is never given back, whatever it came to cost."""

    cap_usd: Decimal
    taken_usd: Decimal = field(default=Decimal(0))

    def take(self, cost_max_usd: Decimal | None) -> bool:
        """Whether so much may still be spent; an unknown price is more than any cap."""
        if cost_max_usd is None or not cost_max_usd.is_finite() or cost_max_usd < 0:
            return False
        if self.taken_usd + cost_max_usd > self.cap_usd:
            return False
        self.taken_usd += cost_max_usd
        return True


def price(text: object) -> Decimal | None:
    """A declared price; None for one that is not there or is no number of dollars."""
    if not isinstance(text, str):
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and found >= 0 else None
