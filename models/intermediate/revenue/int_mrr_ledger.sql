-- Opening, movements and closing of each period and segment, before any rate is taken.

with

period_segments as (
    select * from {{ ref('int_period_segments') }}
),

daily_totals as (
    select * from {{ ref('int_mrr_totals_daily') }}
),

movement_totals as (
    select * from {{ ref('int_mrr_movement_totals') }}
),

transfer_totals as (
    select * from {{ ref('int_mrr_transfer_totals') }}
),

winbacks_daily as (
    select * from {{ ref('int_winback_totals_daily') }}
),

winback_totals as (
    select
        period_segments.period_grain,
        period_segments.period_start,
        period_segments.segment_type,
        period_segments.segment_value,
        sum(winbacks_daily.winback_eligible_churns) as winback_eligible_churns,
        sum(winbacks_daily.won_back_churns) as won_back_churns
    from period_segments
    inner join winbacks_daily
        on period_segments.segment_type = winbacks_daily.segment_type
            and period_segments.segment_value = winbacks_daily.segment_value
            and winbacks_daily.churned_on >= period_segments.period_start
            and winbacks_daily.churned_on <= period_segments.closing_on
    group by 1, 2, 3, 4
),

ledger as (
    select
        period_segments.period_grain,
        period_segments.period_start,
        period_segments.period_end,
        period_segments.is_complete,
        period_segments.segment_type,
        period_segments.segment_value,
        {%- for column in ['active_customers', 'mrr'] %}
        coalesce(opening.{{ column }}, 0) as opening_{{ column | replace('active_', '') }},
        coalesce(closing.{{ column }}, 0) as closing_{{ column | replace('active_', '') }},
        {%- endfor %}
        {%- for column in [
            'new_customers', 'reactivated_customers', 'churned_customers', 'intra_period_customers',
            'avoidably_churned_customers', 'new_mrr', 'reactivation_mrr', 'expansion_mrr',
            'contraction_mrr', 'churn_mrr',
        ] %}
        coalesce(movement_totals.{{ column }}, 0) as {{ column }},
        {%- endfor %}
        {%- for column in [
            'transferred_in_customers', 'transferred_out_customers', 'transferred_in_mrr',
            'transferred_out_mrr',
        ] %}
        coalesce(transfer_totals.{{ column }}, 0) as {{ column }},
        {%- endfor %}
        coalesce(winback_totals.winback_eligible_churns, 0) as winback_eligible_churns,
        coalesce(winback_totals.won_back_churns, 0) as won_back_churns
    from period_segments
    left join daily_totals as opening
        on period_segments.segment_type = opening.segment_type
            and period_segments.segment_value = opening.segment_value
            and opening.day_on = {{ add_days('period_segments.period_start', -1) }}
    left join daily_totals as closing
        on period_segments.segment_type = closing.segment_type
            and period_segments.segment_value = closing.segment_value
            and closing.day_on = period_segments.closing_on
    {%- for totals in ['movement_totals', 'transfer_totals', 'winback_totals'] %}
    left join {{ totals }}
        on period_segments.period_grain = {{ totals }}.period_grain
            and period_segments.period_start = {{ totals }}.period_start
            and period_segments.segment_type = {{ totals }}.segment_type
            and period_segments.segment_value = {{ totals }}.segment_value
    {%- endfor %}
),

counted as (
    select * from ledger
    where segment_type = 'all'
        or opening_customers + new_customers + reactivated_customers + churned_customers
        + closing_customers + intra_period_customers + transferred_in_customers
        + transferred_out_customers > 0
)

select * from counted
