-- How many customers had each value of an indicator at a month's end, and how many of them churned
-- within validation_horizon_days. Months whose outcome is known; values to two decimals, so that a
-- month has no more rows than there are values, however many customers there are.

{%- set horizon = var('validation_horizon_days') | int %}

with

months as (
    select closing_on as month_end
    from {{ ref('int_periods') }}
    where period_grain = 'month'
        and is_complete
        and closing_on <= {{ add_days(as_of_date(), -horizon) }}
),

scores as (
    select * from {{ ref('int_health_scores') }}
),

churns as (
    select * from {{ ref('int_churns') }}
),

churned_customers as (
    select distinct
        months.month_end,
        churns.customer_id
    from months
    inner join churns
        on months.month_end < churns.churned_on
            and churns.churned_on <= {{ add_days('months.month_end', horizon) }}
),

indicators as (
    {% for indicator in indicators() -%}
    select '{{ indicator }}' as indicator_code
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

observations as (
    select
        scores.month_end,
        indicators.indicator_code,
        -- by way of a decimal, which halves can be told of
        cast(cast(case indicators.indicator_code
            {%- for indicator in indicators() %}
            when '{{ indicator }}' then scores.{{ indicator }}
            {%- endfor %}
        end as numeric(18, 8)) as numeric(18, 2)) as indicator_value,
        case when churned_customers.customer_id is not null then 1 else 0 end as churned
    from scores
    inner join months on scores.month_end = months.month_end
    left join churned_customers
        on scores.month_end = churned_customers.month_end
            and scores.customer_id = churned_customers.customer_id
    cross join indicators
),

indicator_values as (
    select
        month_end,
        indicator_code,
        indicator_value,
        count(*) as observations,
        sum(churned) as churned
    from observations
    where indicator_value is not null
    group by month_end, indicator_code, indicator_value
)

select * from indicator_values
