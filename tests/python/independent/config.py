"""What a company writes down in the config seeds: codes, rules, weights and hours."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

from .history import ChurnReasons


def _minutes(text: str) -> int:
    """Minutes after midnight of a time of day HH:MM, up to 24:00."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


@dataclass(frozen=True)
class OnboardingStep:
    """A step of an onboarding path; required when it is due some days after sign-up."""

    path_id: str
    product_id: str | None
    step_code: str
    within_days: int | None
    is_first_value: bool


@dataclass(frozen=True)
class Weight:
    """How much a component of the usage score counts, and where it is full."""

    weight: Fraction
    full_at: Fraction | None


@dataclass(frozen=True)
class Sla:
    """How long the first answer to a ticket may take."""

    minutes: int
    is_business_time: bool


@dataclass(frozen=True)
class Config:
    """All config seeds of one build.

    Attributes:
        churn_reasons: By reason_code: reason_group, is_graduated, is_involuntary.
        onboarding_rules: The steps of all paths.
        usage_score_weights: By component.
        feature_stages: By feature_code its stage on the ladder, None without one.
        business_hours: By ISO weekday when it opens and closes, in minutes after midnight; other
            weekdays are closed.
        holidays: Days that are closed whatever their weekday.
        support_sla: By priority; `other` for any other or none.
        related_products: By feature_code the product that its users could need, where there is one.
        health_score_weights: By component of the health score.
        health_bands: Bands of the health score and where each begins.
        kpi_catalog: The rows of the KPI catalogue, as text.
        kpi_targets: The rows of the targets, as text.
    """

    churn_reasons: ChurnReasons
    onboarding_rules: tuple[OnboardingStep, ...]
    usage_score_weights: Mapping[str, Weight]
    feature_stages: Mapping[str, int | None]
    business_hours: Mapping[int, tuple[int, int]]
    holidays: frozenset[date]
    support_sla: Mapping[str, Sla]
    related_products: Mapping[str, str]
    health_score_weights: Mapping[str, Fraction]
    health_bands: tuple[tuple[str, Fraction], ...]
    kpi_catalog: tuple[Mapping[str, str], ...]
    kpi_targets: tuple[Mapping[str, str], ...]

    def sla_of(self, priority: str | None) -> Sla:
        """The target for tickets of a priority, in whatever case it is written."""
        named = {name.lower(): sla for name, sla in self.support_sla.items()}
        return named.get((priority or "other").lower(), self.support_sla["other"])

    @classmethod
    def load(cls, folder: Path) -> "Config":
        """Read the seeds of a folder."""

        def rows(name: str) -> list[dict[str, str]]:
            with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))

        return cls(
            churn_reasons={
                row["reason_code"]: (
                    row["reason_group"],
                    row["is_graduated"] == "true",
                    row["is_involuntary"] == "true",
                )
                for row in rows("churn_reasons")
            },
            onboarding_rules=tuple(
                OnboardingStep(
                    row["path_id"],
                    row["product_id"] or None,
                    row["step_code"],
                    int(row["within_days"]) if row["within_days"] else None,
                    row["is_first_value"] == "true",
                )
                for row in rows("onboarding_rules")
            ),
            usage_score_weights={
                row["component"]: Weight(
                    Fraction(row["weight"]), Fraction(row["full_at"]) if row["full_at"] else None
                )
                for row in rows("usage_score_weights")
            },
            feature_stages={
                row["feature_code"]: int(row["ladder_stage"]) if row["ladder_stage"] else None
                for row in rows("feature_catalog")
            },
            business_hours={
                int(row["iso_weekday"]): (
                    _minutes(row["opens_at"]),
                    _minutes(row["closes_at"]),
                )
                for row in rows("business_hours")
            },
            holidays=frozenset(date.fromisoformat(row["holiday_on"]) for row in rows("holidays")),
            support_sla={
                row["priority"]: Sla(
                    int(row["first_response_minutes"]), row["is_business_time"] == "true"
                )
                for row in rows("support_sla")
            },
            related_products={
                row["feature_code"]: row["related_product_id"]
                for row in rows("feature_catalog")
                if row["related_product_id"]
            },
            health_score_weights={
                row["component"]: Fraction(row["weight"]) for row in rows("health_score_weights")
            },
            health_bands=tuple(
                (row["health_band"], Fraction(row["from_score"])) for row in rows("health_bands")
            ),
            kpi_catalog=tuple(rows("kpi_catalog")),
            kpi_targets=tuple(rows("kpi_targets")),
        )
