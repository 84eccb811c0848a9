with

periods as (
    select * from {{ ref('customer_success', 'dim_periods') }}
),

period_days as (
    select * from {{ ref('customer_success', 'int_period_days') }}
),

days as (
    select * from {{ ref('customer_success', 'int_reporting_days') }}
),

changes as (
    select * from {{ ref('customer_success', 'int_repeat_changes') }}
),

running_totals as (
    {{ running_totals('changes', ['ordering_customers', 'repeat_customers'], 'days') }}
),

to_date as (
    select
        periods.period_grain,
        periods.period_start,
        running_totals.segment_type,
        running_totals.segment_value,
        running_totals.ordering_customers,
        running_totals.repeat_customers
    from periods
    inner join running_totals on periods.closing_on = running_totals.day_on
),

observed as (
    {{ totals_by_period(
        'changes', 'changed_on', ['observed_customers_180d', 'repeat_customers_180d'], 'period_days'
    ) }}
),

keys as (
    {{ kpi_keys('periods', ['to_date', 'observed']) }}
),

totals as (
    select
        keys.period_grain,
        keys.period_start,
        keys.period_end,
        keys.is_complete,
        keys.segment_type,
        keys.segment_value,
        {{ count_or_zero('to_date.ordering_customers') }} as ordering_customers,
        {{ count_or_zero('to_date.repeat_customers') }} as repeat_customers,
        {{ count_or_zero('observed.observed_customers_180d') }} as observed_customers_180d,
        {{ count_or_zero('observed.repeat_customers_180d') }} as repeat_customers_180d
    from keys
    {{ join_kpi_sources('keys', ['to_date', 'observed']) }}
),

final as (
    select
        *,
        {{ ratio('repeat_customers', 'ordering_customers') }} as repeat_rate,
        {{ ratio('repeat_customers_180d', 'observed_customers_180d') }} as repeat_rate_180d
    from totals
    where {{ has_activity(['ordering_customers', 'repeat_customers', 'observed_customers_180d']) }}
)

select * from final
