-- How many customers had each value of an indicator at a month's end, and how many of them churned
-- within validation_horizon_days, for months whose outcome is known. Values have two decimals, so
-- that the number of rows does not grow with the number of customers. Incremental by months, like
-- int_health_components.

{{ config(computed_by_partition('month_end', 'int_indicator_partitions')) }}

{%- set horizon = var('validation_horizon_days') | int %}

with

months as (
    select * from {{ ref('customer_success', 'int_indicator_partitions') }}
),

changed_months as (
    {{ changed_partitions('months', 'month_end', 'outcomes_hash') }}
),

scores as (
    select * from {{ ref('customer_success', 'fct_customer_health') }}
),

churns as (
    select * from {{ ref('customer_success', 'int_churns') }}
),

churned_customers as (
    select distinct
        changed_months.month_end,
        churns.customer_id
    from changed_months
    inner join churns
        on changed_months.month_end < churns.churned_on
            and churns.churned_on <= {{ add_days('changed_months.month_end', horizon) }}
),

indicators as (
    {% for indicator in indicators() -%}
    select '{{ indicator }}' as indicator_code
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

observations as (
    select
        changed_months.month_end,
        changed_months.outcomes_hash,
        indicators.indicator_code,
        -- cast via decimal so that halves round alike on all engines
        cast(cast(case indicators.indicator_code
            {%- for indicator in indicators() %}
            when '{{ indicator }}' then scores.{{ indicator }}
            {%- endfor %}
        end as numeric(18, 8)) as numeric(18, 2)) as indicator_value,
        case when churned_customers.customer_id is not null then 1 else 0 end as churned
    from scores
    inner join changed_months on scores.month_end = changed_months.month_end
    left join churned_customers
        on scores.month_end = churned_customers.month_end
            and scores.customer_id = churned_customers.customer_id
    cross join indicators
),

indicator_values as (
    select
        indicator_code,
        indicator_value,
        count(*) as observations,
        sum(churned) as churned,
        max(outcomes_hash) as outcomes_hash,
        -- last, because Spark keeps partition columns at the end
        month_end
    from observations
    where indicator_value is not null
    group by month_end, indicator_code, indicator_value
)

select * from indicator_values
