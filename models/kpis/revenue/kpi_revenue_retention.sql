{%- set winback_days = var('winback_days') | int %}

with

periods as (
    select * from {{ ref('customer_success', 'dim_periods') }}
),

period_days as (
    select * from {{ ref('customer_success', 'int_period_days') }}
),

segments as (
    select * from {{ ref('customer_success', 'int_segments_by_day') }}
),

daily_totals as (
    select * from {{ ref('customer_success', 'int_mrr_totals_daily') }}
    where active_customers > 0
),

movements as (
    select * from {{ ref('customer_success', 'int_mrr_movement_totals') }}
),

transfers as (
    select * from {{ ref('customer_success', 'int_mrr_transfer_totals') }}
),

-- churns whose win-back window is over; by plan they are counted under the plan that was left
churns as (
    select
        *,
        {{ add_days('churned_on', -1) }} as last_active_on
    from {{ ref('customer_success', 'int_churns') }}
    where churned_on <= {{ add_days(as_of_date(), -winback_days) }}
),

opening as (
    select
        periods.period_grain,
        periods.period_start,
        daily_totals.segment_type,
        daily_totals.segment_value,
        daily_totals.active_customers,
        daily_totals.mrr
    from periods
    inner join daily_totals on daily_totals.day_on = {{ add_days('periods.period_start', -1) }}
),

closing as (
    select
        periods.period_grain,
        periods.period_start,
        daily_totals.segment_type,
        daily_totals.segment_value,
        daily_totals.active_customers,
        daily_totals.mrr
    from periods
    inner join daily_totals on periods.closing_on = daily_totals.day_on
),

winbacks as (
    {{ counted_by_period(
        'churns', day='churned_on', segmented_on='last_active_on',
        measures={
            'winback_eligible_churns': 'count(*)',
            'won_back_churns': count_where(
                'reactivated_on <= ' ~ add_days('churned_on', winback_days)
            ),
        },
        segments='segments', period_days='period_days',
    ) }}
),

keys as (
    {{ kpi_keys('periods', ['opening', 'closing', 'movements', 'transfers']) }}
),

totals as (
    select
        keys.period_grain,
        keys.period_start,
        keys.period_end,
        keys.is_complete,
        keys.segment_type,
        keys.segment_value,
        {{ count_or_zero('opening.active_customers') }} as opening_customers,
        {{ count_or_zero('movements.new_customers') }} as new_customers,
        {{ count_or_zero('movements.reactivated_customers') }} as reactivated_customers,
        {{ count_or_zero('movements.churned_customers') }} as churned_customers,
        {{ count_or_zero('closing.active_customers') }} as closing_customers,
        {{ count_or_zero('movements.intra_period_customers') }} as intra_period_customers,
        {{ count_or_zero('transfers.transferred_in_customers') }} as transferred_in_customers,
        {{ count_or_zero('transfers.transferred_out_customers') }} as transferred_out_customers,
        {{ count_or_zero('movements.avoidably_churned_customers') }} as avoidably_churned_customers,
        {{ count_or_zero('winbacks.winback_eligible_churns') }} as winback_eligible_churns,
        {{ count_or_zero('winbacks.won_back_churns') }} as won_back_churns,
        {{ amount_or_zero('opening.mrr') }} as opening_mrr,
        {{ amount_or_zero('movements.new_mrr') }} as new_mrr,
        {{ amount_or_zero('movements.reactivation_mrr') }} as reactivation_mrr,
        {{ amount_or_zero('movements.expansion_mrr') }} as expansion_mrr,
        {{ amount_or_zero('movements.contraction_mrr') }} as contraction_mrr,
        {{ amount_or_zero('movements.churn_mrr') }} as churn_mrr,
        {{ amount_or_zero('closing.mrr') }} as closing_mrr,
        {{ amount_or_zero('transfers.transferred_in_mrr') }} as transferred_in_mrr,
        {{ amount_or_zero('transfers.transferred_out_mrr') }} as transferred_out_mrr
    from keys
    {{ join_kpi_sources('keys', ['opening', 'closing', 'movements', 'transfers', 'winbacks']) }}
),

netted as (
    select
        *,
        closing_customers - new_customers - reactivated_customers as retained_customers,
        opening_customers - churned_customers as kept_customers,
        cast({{ won_mrr('new_mrr', 'reactivation_mrr', 'expansion_mrr') }} as numeric(18, 4))
            as won_mrr,
        cast({{ lost_mrr('churn_mrr', 'contraction_mrr') }} as numeric(18, 4)) as lost_mrr,
        cast({{ net_lost_mrr('churn_mrr', 'contraction_mrr', 'expansion_mrr') }} as numeric(18, 4))
            as net_lost_mrr
    from totals
),

final as (
    select
        *,
        cast(opening_mrr - lost_mrr as numeric(18, 4)) as gross_retained_mrr,
        cast(opening_mrr - net_lost_mrr as numeric(18, 4)) as net_retained_mrr,
        {{ ratio('churned_customers', 'opening_customers') }} as customer_churn_rate,
        {{ ratio('churn_mrr', 'opening_mrr') }} as revenue_churn_rate,
        {{ ratio('lost_mrr', 'opening_mrr') }} as gross_revenue_churn_rate,
        {{ ratio('net_lost_mrr', 'opening_mrr') }} as net_revenue_churn_rate,
        1 - {{ ratio('lost_mrr', 'opening_mrr') }} as gross_revenue_retention,
        1 - {{ ratio('net_lost_mrr', 'opening_mrr') }} as net_revenue_retention,
        1 - {{ ratio('churned_customers', 'opening_customers') }} as customer_retention_rate,
        {{ ratio('retained_customers', 'closing_customers') }} as existing_customer_share,
        {{ ratio('won_mrr', 'lost_mrr') }} as quick_ratio,
        cast(12 * closing_mrr as numeric(18, 4)) as arr,
        {{ ratio('closing_mrr', 'closing_customers') }} as arpa,
        {{ ratio('avoidably_churned_customers', 'opening_customers') }} as avoidable_churn_rate,
        {{ ratio('won_back_churns', 'winback_eligible_churns') }} as winback_rate
    from netted
    where {{ has_activity([
        'opening_customers', 'new_customers', 'reactivated_customers', 'churned_customers',
        'closing_customers', 'intra_period_customers', 'transferred_in_customers',
        'transferred_out_customers',
    ]) }}
)

select * from final
