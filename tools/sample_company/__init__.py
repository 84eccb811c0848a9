"""A made-up company: the raw tables of its customers, subscriptions and use.

The sample in the repository, and a load test, through the same code (customers are simulated in
chunks, each chunk as numpy arrays):

    python -m tools.sample_company --prefix raw_ --out seeds/sample
    python -m tools.sample_company --format parquet --customers 1000000 --out build/load

What is planted (`planted.PLANTED`; the factors multiply a monthly hazard of leaving of 1.2 %;
a contract gathers the hazard of its whole term and lets go only at its end):

| cause            | factor             | where it shows                                       |
|------------------|--------------------|------------------------------------------------------|
| not_onboarded    | 4.0                | onboarding_events: steps missing or late             |
| low_use          | 6.0                | sessions: hardly any in the month before             |
| dormant          | 0.2                | sessions: none any more, renewed automatically       |
| price_rise       | 3.0                | subscription_items: in the three months after one    |
| detractor        | 2.2 per std. dev.  | survey_responses: low NPS                            |
| teammate_share   | 0.75 per use, to 6 | feature_events: its count in the first 60 days       |
| slow_support     | 1.6                | support_tickets: answered after more than a day      |
| community        | 1.0                | community_activities: none                           |
| template_publish | 1.0                | feature_events: none                                 |
| campaign_type    | 1.0                | campaign_touches: none                               |

Onboarding also makes trials convert: 52 % without it, 75 % with it, 88 % within 24 hours.
"""
