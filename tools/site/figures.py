"""Writes figures as people read them; `static/site.js` writes the same texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

NOTHING = "–"


@dataclass(frozen=True)
class Unit:
    """How figures of a unit are written; languages name it.

    Attributes:
        decimals: Digits after the point on tiles; tables show two more of a percentage.
        shift: Powers of ten by which the point moves: 2 makes a percentage of a share.
    """

    decimals: int
    shift: int = 0


# By the name that dim_kpis.unit has, and what else the marts count. `sum` is money summed over
# customers, in millions; `currency` is money per customer or order.
UNITS: Mapping[str, Unit] = {
    "currency": Unit(0),
    "sum": Unit(2, -6),
    "rate": Unit(1, 2),
    "ratio": Unit(2),
    "points": Unit(1),
    "score": Unit(1),
    "days": Unit(1),
    "months": Unit(1),
    "minutes": Unit(0),
    "customers": Unit(0),
    "tickets": Unit(0),
    "contracts": Unit(0),
    "answers": Unit(0),
    "rows": Unit(0),
    "count": Unit(0),
}
OTHER = Unit(2)  # a unit of the catalogue that is not among them

# The unit of columns that are no KPI of the catalogue; empty for text.
COLUMNS: Mapping[str, str] = {
    "opening_mrr": "sum",
    "new_mrr": "sum",
    "reactivation_mrr": "sum",
    "expansion_mrr": "sum",
    "transferred_in_mrr": "sum",
    "contraction_mrr": "sum",
    "churn_mrr": "sum",
    "transferred_out_mrr": "sum",
    "cohort_month": "",
    "months_since": "count",
    "cohort_customers": "customers",
    "retained_customers": "customers",
    "cohort_mrr": "sum",
    "retained_mrr": "sum",
    "mrr_retention_rate": "rate",
    "tenure_month": "count",
    "at_risk": "customers",
    "churned": "customers",
    "hazard": "rate",
    "survival": "rate",
    "manually_renewed_contracts": "contracts",
    "auto_renewed_contracts": "contracts",
    "promoters": "answers",
    "passives": "answers",
    "detractors": "answers",
    "indicator_code": "",
    "window_end": "",
    "observations": "count",
    "auc": "ratio",
    "auc_low": "ratio",
    "auc_high": "ratio",
    "worst_fifth_churn_rate": "rate",
    "best_fifth_churn_rate": "rate",
    "verdict": "",
    "behaviour_code": "",
    "threshold": "count",
    "customers_above": "customers",
    "customers_below": "customers",
    "retained_rate_above": "rate",
    "retained_rate_below": "rate",
    "mcc": "ratio",
    "is_significant": "",
    "alert_type": "",
    "alerts": "count",
    "table_name": "",
    "is_present": "",
    "origin": "",
    "raw_rows": "rows",
    "used_rows": "rows",
    "superseded_rows": "rows",
    "deleted_rows": "rows",
    "rejected_rows": "rows",
    "reason": "",
    "rejections": "count",
    "policy_name": "",
    "policy_value": "",
}


def number(
    value: float | int | Decimal | None,
    unit: Unit,
    more: int = 0,
    decimal: str = ".",
    thousands: str = ",",
) -> str:
    """A figure without its unit.

    Args:
        value: The mart's figure; None where there is none.
        unit: Its unit, which says digits and shift of the point.
        more: Digits beside those of the unit.
        decimal: What stands before the fraction.
        thousands: What stands between thousands.

    Returns:
        Text such as `6,880,192` or `94.8`; a dash for None. Halves are rounded away from zero on
        the shortest decimal notation, as browsers do.
    """
    if value is None:
        return NOTHING
    exact = Decimal(str(value)).scaleb(unit.shift)
    rounded = exact.quantize(Decimal(1).scaleb(-unit.decimals - more), ROUND_HALF_UP)
    written = f"{rounded if rounded else abs(rounded):,f}"
    signs = {",": thousands, ".": decimal, "-": "−"}
    return "".join(signs.get(sign, sign) for sign in written)
