"""What a deployment decides: the policies that the definitions leave to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

SEGMENTS = (
    "plan",
    "product",
    "acquisition_channel",
    "country_code",
    "industry",
    "company_size",
    "csm_owner",
    "signup_fiscal_year",
)
# Segments of the KPIs of support only.
TICKET_SEGMENTS = ("ticket_priority", "ticket_channel")


@dataclass(frozen=True)
class Policy:
    """The policies of one build, named as the vars of dbt_project.yml, with their defaults."""

    as_of_date: date
    reporting_timezone: str = "Asia/Tokyo"
    source_timezone: str | Mapping[str, str] = "UTC"
    reporting_currency: str = "JPY"
    fiscal_year_start_month: int = 4
    reporting_start_date: date | None = None
    max_reporting_years: int = 15
    churn_recognition: str = "service_end"
    mrr_gap_days: int = 1
    renewal_grace_days: int = 30
    dormant_days: int = 30
    winback_days: int = 180
    gross_margin: float = 0.8
    monthly_discount_rate: float = 0.01
    ltv_max_lifetime_months: int = 60
    survival_min_at_risk: int = 30
    trial_conversion_days: int = 30
    low_usage_minutes: int = 20
    low_usage_weeks: int = 3
    ladder_days: int = 60
    health_nps_days: int = 180
    health_payment_days: int = 60
    health_engagement_days: int = 90
    health_open_ticket_days: int = 7
    renewal_alert_days: int = 90
    bill_shock_ratio: float = 1.3
    bill_shock_minutes_growth: float = 0.1
    validation_horizon_days: int = 90
    early_days: int = 60
    magic_min_customers: int = 30
    segments: tuple[str, ...] = SEGMENTS
    customer_columns: tuple[str, ...] = ()
    max_segment_values: int = 200

    @property
    def general_segments(self) -> tuple[str, ...]:
        """The segments of every KPI."""
        return tuple(name for name in self.segments if name not in TICKET_SEGMENTS)

    def source_timezone_of(self, table: str) -> str:
        """The time zone of a raw table's moments that say none."""
        zone = self.source_timezone
        return zone if isinstance(zone, str) else zone.get(table, "UTC")
