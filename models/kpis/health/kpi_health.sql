with

periods as (
    select * from {{ ref('customer_success', 'dim_periods') }}
    where {{ is_grain_of('kpi_health') }}
),

totals_by_month as (
    select * from {{ ref('customer_success', 'int_health_totals') }}
),

health as (
    select
        periods.period_grain,
        periods.period_start,
        totals_by_month.segment_type,
        totals_by_month.segment_value,
        totals_by_month.scored_customers,
        totals_by_month.red_customers,
        totals_by_month.yellow_customers,
        totals_by_month.green_customers,
        totals_by_month.health_score_sum,
        totals_by_month.scored_mrr,
        totals_by_month.red_mrr
    from periods
    inner join totals_by_month on periods.closing_on = totals_by_month.month_end
),

keys as (
    {{ kpi_keys('periods', ['health']) }}
),

totals as (
    select
        keys.period_grain,
        keys.period_start,
        keys.period_end,
        keys.is_complete,
        keys.segment_type,
        keys.segment_value,
        {{ count_or_zero('health.scored_customers') }} as scored_customers,
        {{ count_or_zero('health.red_customers') }} as red_customers,
        {{ count_or_zero('health.yellow_customers') }} as yellow_customers,
        {{ count_or_zero('health.green_customers') }} as green_customers,
        cast(coalesce(health.health_score_sum, 0) as {{ type_double() }}) as health_score_sum,
        {{ amount_or_zero('health.scored_mrr') }} as scored_mrr,
        {{ amount_or_zero('health.red_mrr') }} as red_mrr
    from keys
    {{ join_kpi_sources('keys', ['health']) }}
),

final as (
    select
        *,
        {{ ratio('health_score_sum', 'scored_customers') }} as health_score,
        {{ ratio('red_customers', 'scored_customers') }} as red_customer_rate,
        {{ ratio('yellow_customers', 'scored_customers') }} as yellow_customer_rate,
        {{ ratio('green_customers', 'scored_customers') }} as green_customer_rate,
        {{ ratio('red_mrr', 'scored_mrr') }} as red_mrr_share
    from totals
    where {{ has_activity(['scored_customers']) }}
)

select * from final
