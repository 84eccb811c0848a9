{%- set sources = ['totals'] -%}
{%- set counts = ['scored_customers', 'red_customers', 'yellow_customers', 'green_customers'] %}

with

periods as (
    select * from {{ ref('int_periods') }}
    where period_grain in ('month', 'quarter', 'fiscal_year')
),

totals_by_month as (
    select * from {{ ref('int_health_totals') }}
),

totals as (
    select
        periods.period_grain,
        periods.period_start,
        totals_by_month.*
    from periods
    inner join totals_by_month on periods.closing_on = totals_by_month.month_end
),

keys as (
    {{ kpi_keys(sources) }}
),

counted as (
    select
        keys.period_grain,
        keys.period_start,
        keys.period_end,
        keys.is_complete,
        keys.segment_type,
        keys.segment_value,
        {%- for count in counts %}
        cast(coalesce(totals.{{ count }}, 0) as integer) as {{ count }},
        {%- endfor %}
        cast(coalesce(totals.health_score_sum, 0) as {{ type_double() }}) as health_score_sum,
        cast(coalesce(totals.scored_mrr, 0) as numeric(18, 4)) as scored_mrr,
        cast(coalesce(totals.red_mrr, 0) as numeric(18, 4)) as red_mrr
    from keys
    {{ join_kpi_sources(sources) }}
),

final as (
    select
        *,
        {{ mean_health_score('health_score_sum', 'scored_customers') }} as health_score,
        {{ health_band_rate('red_customers', 'scored_customers') }} as red_customer_rate,
        {{ health_band_rate('yellow_customers', 'scored_customers') }} as yellow_customer_rate,
        {{ health_band_rate('green_customers', 'scored_customers') }} as green_customer_rate,
        {{ red_mrr_share('red_mrr', 'scored_mrr') }} as red_mrr_share
    from counted
    where {{ is_counted(counts) }}
)

select * from final
