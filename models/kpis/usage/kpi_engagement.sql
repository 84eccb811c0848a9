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

scores_daily as (
    select * from {{ ref('customer_success', 'int_usage_score_totals_daily') }}
),

customers_daily as (
    select * from {{ ref('customer_success', 'int_mrr_totals_daily') }}
    where active_customers > 0
),

low_usage_daily as (
    select * from {{ ref('customer_success', 'int_low_usage_totals_daily') }}
),

ladder_daily as (
    select * from {{ ref('customer_success', 'int_ladder_totals_daily') }}
),

community as (
    select * from {{ ref('customer_success', 'int_community_totals') }}
),

campaign_touches as (
    select * from {{ ref('customer_success', 'fct_campaign_touches') }}
),

features as (
    select max(ladder_stage) as top_stage from {{ config_seed('feature_catalog') }}
),

sundays as (
    select
        *,
        active_customers as active_customer_weeks
    from customers_daily
    where day_on = {{ add_days(period_start('week', 'day_on'), 6) }}
),

scores as (
    {{ totals_by_period('scores_daily', 'week_end', ['usage_score_sum'], 'period_days') }}
),

customer_weeks as (
    {{ totals_by_period('sundays', 'day_on', ['active_customer_weeks'], 'period_days') }}
),

stocks as (
    select
        periods.period_grain,
        periods.period_start,
        customers_daily.segment_type,
        customers_daily.segment_value,
        customers_daily.active_customers,
        low_usage_daily.low_usage_customers
    from periods
    inner join customers_daily on periods.closing_on = customers_daily.day_on
    left join low_usage_daily
        on customers_daily.day_on = low_usage_daily.day_on
            and customers_daily.segment_type = low_usage_daily.segment_type
            and customers_daily.segment_value = low_usage_daily.segment_value
),

ladder as (
    {{ totals_by_period(
        'ladder_daily', 'due_on', ['stage_due_customers', 'top_stage_customers'], 'period_days'
    ) }}
),

touches as (
    {{ counted_by_period(
        'campaign_touches', day='sent_on',
        measures={
            'touches_sent': 'count(*)',
            'touches_delivered': 'count(delivered_on)',
            'touches_opened': 'count(opened_on)',
            'touches_clicked': 'count(clicked_on)',
            'touches_responded': 'count(responded_on)',
        },
        segments='segments', period_days='period_days',
    ) }}
),

keys as (
    {{ kpi_keys(
        'periods', ['scores', 'customer_weeks', 'stocks', 'ladder', 'community', 'touches']
    ) }}
),

totals as (
    select
        keys.period_grain,
        keys.period_start,
        keys.period_end,
        keys.is_complete,
        keys.segment_type,
        keys.segment_value,
        {% if landed_tables(['sessions', 'feature_events']) -%}
        cast(coalesce(scores.usage_score_sum, 0) as {{ type_double() }})
        {%- else -%}
        cast(null as {{ type_double() }})
        {%- endif %} as usage_score_sum,
        {{ count_or_zero('customer_weeks.active_customer_weeks') }} as active_customer_weeks,
        {{ count_or_zero('stocks.active_customers') }} as active_customers,
        {{ count_or_null('stocks.low_usage_customers', ['sessions']) }} as low_usage_customers,
        {{ count_or_zero('ladder.stage_due_customers') }} as stage_due_customers,
        case
            when features.top_stage > 0
                then {{ count_or_null('ladder.top_stage_customers', ['feature_events']) }}
        end as top_stage_customers,
        {{ count_or_null('community.community_customers', ['community_activities']) }}
            as community_customers,
        {{ count_or_zero('touches.touches_sent') }} as touches_sent,
        {{ count_or_zero('touches.touches_delivered') }} as touches_delivered,
        {{ count_or_zero('touches.touches_opened') }} as touches_opened,
        {{ count_or_zero('touches.touches_clicked') }} as touches_clicked,
        {{ count_or_zero('touches.touches_responded') }} as touches_responded
    from keys
    cross join features
    {{ join_kpi_sources(
        'keys', ['scores', 'customer_weeks', 'stocks', 'ladder', 'community', 'touches']
    ) }}
),

final as (
    select
        *,
        {{ ratio('usage_score_sum', 'active_customer_weeks') }} as usage_score,
        {{ ratio('low_usage_customers', 'active_customers') }} as low_usage_customer_rate,
        {{ ratio('top_stage_customers', 'stage_due_customers') }} as top_stage_rate,
        {{ ratio('community_customers', 'active_customers') }} as community_participation_rate,
        {{ ratio('touches_delivered', 'touches_sent') }} as campaign_delivered_rate,
        {{ ratio('touches_opened', 'touches_sent') }} as campaign_open_rate,
        {{ ratio('touches_clicked', 'touches_sent') }} as campaign_click_rate,
        {{ ratio('touches_responded', 'touches_sent') }} as campaign_response_rate
    from totals
    where {{ has_activity(
        ['active_customer_weeks', 'active_customers', 'stage_due_customers', 'touches_sent']
    ) }}
)

select * from final
