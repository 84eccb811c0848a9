{%- set sources = ['scores', 'customer_weeks', 'stocks', 'ladder', 'community', 'touches'] -%}
{%- set touch_counts = [
    'touches_sent', 'touches_delivered', 'touches_opened', 'touches_clicked', 'touches_responded',
] -%}
{%- set has_use = raw_table_is_present('sessions') or raw_table_is_present('feature_events') %}

with

periods as (
    select * from {{ ref('int_periods') }}
),

period_days as (
    select * from {{ ref('int_period_days') }}
),

scores_daily as (
    select * from {{ ref('int_usage_score_totals_daily') }}
),

customers_daily as (
    select * from {{ ref('int_mrr_totals_daily') }}
),

low_use_daily as (
    select * from {{ ref('int_low_use_totals_daily') }}
),

ladder_daily as (
    select * from {{ ref('int_ladder_totals_daily') }}
),

community as (
    select * from {{ ref('int_community_totals') }}
),

touches_daily as (
    select * from {{ ref('int_touch_totals_daily') }}
),

features as (
    select max(ladder_stage) as top_stage from {{ ref('feature_catalog') }}
),

sundays as (
    select
        *,
        active_customers as active_customer_weeks
    from customers_daily
    where day_on = {{ add_days(period_start('week', 'day_on'), 6) }}
        and active_customers > 0
),

scores as (
    {{ period_totals('scores_daily', 'week_end', ['usage_score_sum']) }}
),

customer_weeks as (
    {{ period_totals('sundays', 'day_on', ['active_customer_weeks']) }}
),

stocks as (
    select
        periods.period_grain,
        periods.period_start,
        customers_daily.segment_type,
        customers_daily.segment_value,
        customers_daily.active_customers,
        low_use_daily.low_usage_customers
    from periods
    inner join customers_daily on periods.closing_on = customers_daily.day_on
    left join low_use_daily
        on customers_daily.day_on = low_use_daily.day_on
            and customers_daily.segment_type = low_use_daily.segment_type
            and customers_daily.segment_value = low_use_daily.segment_value
),

ladder as (
    {{ period_totals('ladder_daily', 'due_on', ['stage_due_customers', 'top_stage_customers']) }}
),

touches as (
    {{ period_totals('touches_daily', 'sent_on', touch_counts) }}
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
        keys.segment_type,
        keys.segment_value,
        cast({{ 'coalesce(usage_score_sum, 0)' if has_use else 'null' }} as {{ type_double() }})
            as usage_score_sum,
        {%- for count in [
            'active_customer_weeks', 'active_customers', 'stage_due_customers'
        ] + touch_counts %}
        cast(coalesce({{ count }}, 0) as integer) as {{ count }},
        {%- endfor %}
        {{ known_count('low_usage_customers', ['sessions']) }} as low_usage_customers,
        {% if raw_table_is_present('feature_events') -%}
        cast(case when features.top_stage > 0 then coalesce(top_stage_customers, 0) end as integer)
        {%- else -%}
        cast(null as integer)
        {%- endif %} as top_stage_customers,
        {{ known_count('community_customers', ['community_activities']) }} as community_customers
    from keys
    cross join features
    {{ join_kpi_sources(sources) }}
),

final as (
    select
        *,
        {{ usage_score('usage_score_sum', 'active_customer_weeks') }} as usage_score,
        {{ low_usage_customer_rate('low_usage_customers', 'active_customers') }}
            as low_usage_customer_rate,
        {{ top_stage_rate('top_stage_customers', 'stage_due_customers') }} as top_stage_rate,
        {{ community_participation_rate('community_customers', 'active_customers') }}
            as community_participation_rate,
        {{ campaign_rate('touches_delivered', 'touches_sent') }} as campaign_delivered_rate,
        {{ campaign_rate('touches_opened', 'touches_sent') }} as campaign_open_rate,
        {{ campaign_rate('touches_clicked', 'touches_sent') }} as campaign_click_rate,
        {{ campaign_rate('touches_responded', 'touches_sent') }} as campaign_response_rate
    from totals
    where {{ is_counted(
        ['active_customer_weeks', 'active_customers', 'stage_due_customers', 'touches_sent']
    ) }}
)

select * from final
