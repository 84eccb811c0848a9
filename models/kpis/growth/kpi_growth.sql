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

opening as (
    select * from {{ ref('customer_success', 'kpi_revenue_retention') }}
    where opening_customers > 0
),

growth as (
    select * from {{ ref('customer_success', 'int_growth_totals') }}
),

decided_offers as (
    select * from {{ ref('customer_success', 'fct_offers') }}
    where decided_on is not null and outcome is not null
),

-- upsells whose 90 days are over
followed_upsells as (
    select * from {{ ref('customer_success', 'fct_plan_changes') }}
    where change_type = 'upsell' and followed_until <= {{ as_of_date() }}
),

offers as (
    {{ counted_by_period(
        'decided_offers', day='decided_on',
        measures={
            'offers_decided': 'count(*)',
            'offers_accepted': count_where("outcome = 'accepted'"),
        },
        segments='segments', period_days='period_days',
    ) }}
),

upsells as (
    {{ counted_by_period(
        'followed_upsells', day='followed_until', segmented_on='changed_on',
        measures={
            'observed_upsells': 'count(*)',
            'churned_upsells': count_where('churned_within_90_days'),
        },
        segments='segments', period_days='period_days',
    ) }}
),

keys as (
    {{ kpi_keys('periods', ['opening', 'growth', 'offers', 'upsells']) }}
),

totals as (
    select
        keys.period_grain,
        keys.period_start,
        keys.period_end,
        keys.is_complete,
        keys.segment_type,
        keys.segment_value,
        {{ count_or_zero('opening.opening_customers') }} as opening_customers,
        {{ count_or_zero('growth.upsold_customers') }} as upsold_customers,
        {{ count_or_zero('growth.cross_sold_customers') }} as cross_sold_customers,
        {{ count_or_zero('growth.downgraded_customers') }} as downgraded_customers,
        {{ count_or_zero('offers.offers_decided') }} as offers_decided,
        {{ count_or_zero('offers.offers_accepted') }} as offers_accepted,
        {{ count_or_zero('upsells.observed_upsells') }} as observed_upsells,
        {{ count_or_zero('upsells.churned_upsells') }} as churned_upsells
    from keys
    {{ join_kpi_sources('keys', ['opening', 'growth', 'offers', 'upsells']) }}
),

final as (
    select
        *,
        {{ ratio('upsold_customers', 'opening_customers') }} as upsell_rate,
        {{ ratio('cross_sold_customers', 'opening_customers') }} as cross_sell_rate,
        {{ ratio('downgraded_customers', 'opening_customers') }} as downgrade_rate,
        {{ ratio('offers_accepted', 'offers_decided') }} as offer_acceptance_rate,
        {{ ratio('churned_upsells', 'observed_upsells') }} as post_upsell_churn_rate
    from totals
    where {{ has_activity([
        'opening_customers', 'upsold_customers', 'cross_sold_customers', 'downgraded_customers',
        'offers_decided', 'observed_upsells',
    ]) }}
)

select * from final
