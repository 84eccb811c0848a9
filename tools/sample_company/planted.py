"""What is planted: the causes of leaving, and what has nothing to do with it."""

from typing import Final, NamedTuple


class Effect(NamedTuple):
    """One planted influence on the monthly hazard of leaving.

    Attributes:
        factor: what the hazard is multiplied by (1 = no influence).
        where: the raw tables in which the behaviour shows.
        applies: when the factor applies.
    """

    factor: float
    where: str
    applies: str


BASE_HAZARD: Final = 0.012
"""Monthly probability of leaving of an onboarded, well-used, contented account."""

PLANTED: Final[dict[str, Effect]] = {
    "not_onboarded": Effect(4.0, "onboarding_events", "steps not done in time"),
    "low_use": Effect(6.0, "sessions", "the month before had hardly any use"),
    "dormant": Effect(0.2, "sessions", "none any more after four months: a forgotten account"),
    "price_rise": Effect(3.0, "subscription_items", "in the three months after a price rise"),
    "detractor": Effect(2.2, "survey_responses", "per standard deviation of discontent"),
    "teammate_share": Effect(0.75, "feature_events", "per share in the first 60 days, up to 6"),
    "slow_support": Effect(1.6, "support_tickets", "in the two months after an answer > 24 h"),
    "community": Effect(1.0, "community_activities", "never"),
    "template_publish": Effect(1.0, "feature_events", "never"),
    "campaign_type": Effect(1.0, "campaign_touches", "never"),
}
