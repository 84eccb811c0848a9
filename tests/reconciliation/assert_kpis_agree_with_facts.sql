-- What kpi_ marts count by month comes from the single things: each in its month, none left out.

with

reported as (
    select min(period_start) as first_on
    from {{ ref('customer_success', 'dim_periods') }}
    where period_grain = 'month'
),

facts as (
    {% for name, fact, day, condition in [
        ('due_customers', 'fct_onboarding', 'deadline_on', "status in ('completed', 'missed')
            and deadline_on <= " ~ as_of_date()),
        ('first_value_customers', 'fct_onboarding', 'signed_up_on', 'first_value_on is not null'),
        ('trials_converted', 'fct_trials', 'trial_ended_on', 'is_converted'),
        ('surveys_answered', 'fct_survey_responses', 'sent_on',
            "survey_type = 'nps' and responded_on is not null"),
        ('csat_answers', 'fct_survey_responses', 'responded_on', "survey_type = 'csat'"),
        ('tickets_opened', 'fct_support_tickets', 'opened_on', 'true'),
        ('sla_met_tickets', 'fct_support_tickets', 'opened_on', 'is_within_sla'),
        ('observed_upsells', 'fct_plan_changes', add_days('changed_on', 90),
            "change_type = 'upsell' and " ~ add_days('changed_on', 90) ~ ' <= ' ~ as_of_date()),
    ] -%}
    select
        '{{ name }}' as counted,
        count(*) as things
    from {{ ref('customer_success', fact) }}
    cross join reported
    where {{ day }} >= reported.first_on and {{ condition }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

kpis as (
    {% for name, mart in [
        ('due_customers', 'kpi_onboarding'), ('first_value_customers', 'kpi_onboarding'),
        ('trials_converted', 'kpi_onboarding'), ('surveys_answered', 'kpi_nps'),
        ('csat_answers', 'kpi_nps'), ('tickets_opened', 'kpi_support'),
        ('sla_met_tickets', 'kpi_support'), ('observed_upsells', 'kpi_growth'),
    ] -%}
    select
        '{{ name }}' as counted,
        sum({{ name }}) as things
    from {{ ref('customer_success', mart) }}
    where period_grain = 'month' and segment_type = 'all'
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    facts.counted,
    facts.things as fact_things,
    kpis.things as kpi_things
from facts
inner join kpis on facts.counted = kpis.counted
where facts.things <> kpis.things
