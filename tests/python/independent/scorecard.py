"""The scorecard: every KPI with the periods before it and its target."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from .calendar import previous_start, year_ago_start
from .config import Config
from .quality import Row

KEY = ("period_grain", "period_start", "period_end", "is_complete", "segment_type", "segment_value")


def dim_kpis(config: Config) -> list[Row]:
    """The catalogue as it stands in the seed."""
    return [
        {name: text or None for name, text in kpi.items()} | {"sort_order": int(kpi["sort_order"])}
        for kpi in config.kpi_catalog
    ]


def _number(row: Row, column: str) -> float | None:
    """A column of a mart as a double; null where the catalogue names none."""
    value = row[column] if column else None
    return None if value is None else float(value)


def _target(config: Config, kpi_code: str, row: Row) -> float | None:
    """The target for a row: of those that have started, the one that started last, if it lasts."""
    started = [
        target
        for target in config.kpi_targets
        if target["kpi_code"] == kpi_code
        and all(
            target[name] == row[name] for name in ("period_grain", "segment_type", "segment_value")
        )
        and date.fromisoformat(target["starts_on"]) <= row["period_start"]
    ]
    if not started:
        return None
    latest = max(started, key=lambda target: target["starts_on"])
    if latest["ends_on"] and row["period_start"] > date.fromisoformat(latest["ends_on"]):
        return None
    return float(latest["target_value"])


def _judged(direction: str, value: float | None, target: float | None) -> Row:
    if target is None:
        return {"target_value": None, "attainment": None, "status": "no_target"}
    judged: Row = {"target_value": target, "attainment": None, "status": None}
    if value is None:
        return judged
    if direction == "higher":
        judged["status"] = "achieved" if value >= target else "missed"
        judged["attainment"] = value / target if target > 0 else None
    else:
        judged["status"] = "achieved" if value <= target else "missed"
        judged["attainment"] = target / value if value > 0 else None
    return judged


def kpi_scorecard(config: Config, marts: Mapping[str, list[Row]]) -> list[Row]:
    """Every KPI and row of its mart.

    Args:
        config: The config seeds: catalogue and targets.
        marts: The rows of the kpi_ marts.

    Returns:
        The rows of the scorecard.
    """
    values: dict[tuple[Any, ...], float | None] = {}
    rows = []
    for kpi in config.kpi_catalog:
        for row in marts[kpi["mart_name"]]:
            value = _number(row, kpi["value_column"])
            place = (row["segment_type"], row["segment_value"], row["period_grain"])
            values[kpi["kpi_code"], *place, row["period_start"]] = value
            rows.append(
                {"kpi_code": kpi["kpi_code"]}
                | {name: row[name] for name in KEY}
                | {
                    "numerator": _number(row, kpi["numerator_column"]),
                    "denominator": _number(row, kpi["denominator_column"]),
                    "value": value,
                }
                | _judged(kpi["direction"], value, _target(config, kpi["kpi_code"], row))
            )
    for row in rows:
        grain, start = row["period_grain"], row["period_start"]
        series = (row["kpi_code"], row["segment_type"], row["segment_value"], grain)
        row["previous_value"] = values.get((*series, previous_start(grain, start)))
        row["year_ago_value"] = values.get((*series, year_ago_start(grain, start)))
    return rows
