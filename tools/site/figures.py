"""Writes figures as people read them; `static/site.js` writes the same texts."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from tools.site.words import Unit

NOTHING = "–"


def number(value: float | int | Decimal | None, unit: Unit, more: int = 0) -> str:
    """A figure without its unit.

    Args:
        value: The mart's figure; None where there is none.
        unit: Its unit, which says digits and shift of the point.
        more: Digits beside those of the unit.

    Returns:
        Text such as `6,880,192` or `94.8`; a dash for None. Halves are rounded away from zero on
        the shortest decimal notation, as browsers do.
    """
    if value is None:
        return NOTHING
    exact = Decimal(str(value)).scaleb(unit.shift)
    rounded = exact.quantize(Decimal(1).scaleb(-unit.decimals - more), ROUND_HALF_UP)
    return f"{rounded if rounded else abs(rounded):,f}".replace("-", "−")
