"""What campaigns send to customers, and what customers do in the community."""

from .history import History
from .quality import Row

ATTRIBUTES = ("campaign_name", "campaign_type", "incentive_type")
REACTIONS = ("delivered", "opened", "clicked", "responded")


def fct_campaign_touches(history: History) -> list[Row]:
    """Everything that was sent, with the days on which customers reacted."""
    campaigns = {row["campaign_id"]: row for row in history.used["campaigns"]}
    return [
        {
            "touch_id": row["touch_id"],
            "campaign_id": row["campaign_id"],
            # Where campaigns are absent, so is what they were.
            **{name: campaigns.get(row["campaign_id"], {}).get(name) for name in ATTRIBUTES},
            "customer_id": row["customer_id"],
            "sent_on": sent_on,
            **{f"{name}_on": history.known_day(row[f"{name}_at"]) for name in REACTIONS},
        }
        for row, sent_on in history.dated_rows("campaign_touches", "sent_at")
    ]


def fct_community_activities(history: History) -> list[Row]:
    """Everything that was done in the community."""
    return [
        {
            "activity_id": row["activity_id"],
            "customer_id": row["customer_id"],
            "activity_type": row["activity_type"],
            "occurred_on": occurred_on,
        }
        for row, occurred_on in history.dated_rows(
            "community_activities", "occurred_at", or_nobody=True
        )
    ]
