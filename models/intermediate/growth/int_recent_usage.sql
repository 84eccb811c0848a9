-- Mean usage score over the last complete weeks, for customers that are active on the as-of date.
-- Of weeks on whose Sunday the customer was active, a week without usage counts as 0.

{%- set whole_weeks = 8 %}
{%- set this_monday = period_start('week', add_days(as_of_date(), 1)) %}

with

scores as (
    select * from {{ ref('customer_success', 'fct_usage_scores') }}
),

active_spans as (
    select * from {{ ref('customer_success', 'int_active_spans') }}
),

activity as (
    select * from {{ ref('customer_success', 'int_customer_activity') }}
    where is_active
),

weeks as (
    {%- for week in range(whole_weeks) %}
    select {{ add_days(this_monday, -1 - 7 * week) }} as sunday
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

sundays as (
    select
        active_spans.customer_id,
        count(*) as active_sundays
    from active_spans
    inner join weeks
        on weeks.sunday >= active_spans.from_on
            and (active_spans.to_on is null or weeks.sunday < active_spans.to_on)
    group by active_spans.customer_id
),

recent_scores as (
    select
        customer_id,
        sum(cast(usage_score as numeric(18, 10))) as usage_score_sum
    from scores
    where week_start >= {{ add_days(this_monday, -7 * whole_weeks) }}
    group by customer_id
),

recent_usage as (
    select
        activity.customer_id,
        activity.current_plan_id as plan_id,
        activity.current_mrr,
        {% if landed_tables(['sessions', 'feature_events']) -%}
        {{ ratio('coalesce(recent_scores.usage_score_sum, 0)', 'sundays.active_sundays') }}
        {%- else -%}
        cast(null as {{ type_double() }})
        {%- endif %} as usage_score
    from activity
    left join sundays on activity.customer_id = sundays.customer_id
    left join recent_scores on activity.customer_id = recent_scores.customer_id
)

select * from recent_usage
