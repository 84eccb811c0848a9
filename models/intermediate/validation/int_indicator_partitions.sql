-- The months whose outcome is known, each with a hash of the scores and of who churned within
-- validation_horizon_days.

{%- set horizon = var('validation_horizon_days') | int %}

with

known_months as (
    select closing_on as month_end
    from {{ ref('customer_success', 'dim_periods') }}
    where period_grain = 'month'
        and is_complete
        and closing_on <= {{ add_days(as_of_date(), -horizon) }}
),

health_months as (
    select * from {{ ref('customer_success', 'int_health_partitions') }}
),

churns as (
    select * from {{ ref('customer_success', 'int_churns') }}
),

hashed as (
    select
        {{ add_days('churned_on', -horizon) }} as from_on,
        {{ add_days('churned_on', -1) }} as last_on,
        {{ row_hash(['customer_id']) }} as row_hash
    from churns
),

month_sums as (
    {{ hashes_of_days('known_months', 'month_end', 'hashed') }}
),

month_hashes as (
    select
        known_months.month_end,
        health_months.scores_hash || ':'
        || coalesce(cast(month_sums.day_hash as {{ dbt.type_string() }}), '') as outcomes_hash
    from known_months
    inner join health_months on known_months.month_end = health_months.month_end
    left join month_sums on known_months.month_end = month_sums.month_end
)

select * from month_hashes
