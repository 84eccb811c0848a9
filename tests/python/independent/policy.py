"""What a deployment decides: the settings that the definitions leave to it."""

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


@dataclass(frozen=True)
class Policy:
    """The settings of one build."""

    as_of_date: date
    reporting_timezone: str = "Asia/Tokyo"
    reporting_currency: str = "JPY"
    fiscal_year_start_month: int = 4
    reporting_start_date: date | None = None
    churn_recognition: str = "service_end"
    renewal_grace_days: int = 30
    gross_margin: float = 0.8
    monthly_discount_rate: float = 0.01
    ltv_max_lifetime_months: int = 60
    survival_min_at_risk: int = 30
    trial_conversion_days: int = 30
    low_usage_minutes: int = 20
    low_usage_weeks: int = 3
    ladder_days: int = 60
    segments: tuple[str, ...] = SEGMENTS
