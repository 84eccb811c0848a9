{%- set sources = ['ledger', 'growth', 'offers', 'upsells'] -%}
{%- set counts = [
    'opening_customers', 'upsold_customers', 'cross_sold_customers', 'downgraded_customers',
    'offers_decided', 'offers_accepted', 'observed_upsells', 'churned_upsells',
] -%}

with

periods as (
    select * from {{ ref('int_periods') }}
),

period_days as (
    select * from {{ ref('int_period_days') }}
),

ledger as (
    select * from {{ ref('int_mrr_ledger') }}
    where opening_customers > 0
),

growth as (
    select * from {{ ref('int_growth_totals') }}
),

offers_daily as (
    select * from {{ ref('int_offer_totals_daily') }}
),

upsells_daily as (
    select * from {{ ref('int_upsell_totals_daily') }}
),

offers as (
    {{ period_totals('offers_daily', 'decided_on', ['offers_decided', 'offers_accepted']) }}
),

upsells as (
    {{ period_totals('upsells_daily', 'followed_until', ['observed_upsells', 'churned_upsells']) }}
),

keys as (
    {{ kpi_keys(sources) }}
),

totals as (
    select
        keys.period_grain,
        keys.period_start,
        keys.period_end,
        keys.is_complete,
        {%- for count in counts %}
        cast(coalesce({{ count }}, 0) as integer) as {{ count }},
        {%- endfor %}
        keys.segment_type,
        keys.segment_value
    from keys
    {{ join_kpi_sources(sources) }}
),

final as (
    select
        *,
        {{ upsell_rate('upsold_customers', 'opening_customers') }} as upsell_rate,
        {{ cross_sell_rate('cross_sold_customers', 'opening_customers') }} as cross_sell_rate,
        {{ downgrade_rate('downgraded_customers', 'opening_customers') }} as downgrade_rate,
        {{ offer_acceptance_rate('offers_accepted', 'offers_decided') }} as offer_acceptance_rate,
        {{ post_upsell_churn_rate('churned_upsells', 'observed_upsells') }}
            as post_upsell_churn_rate
    from totals
    where {{ is_counted(counts) }}
)

select * from final
