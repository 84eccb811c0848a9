{%- set key = ['kpi_code', 'period_grain', 'segment_type', 'segment_value'] %}

with

kpis as (
    select * from {{ ref('customer_success', 'dim_kpis') }}
),

periods as (
    select * from {{ ref('customer_success', 'dim_periods') }}
),

targets as (
    select * from {{ ref('customer_success', 'int_kpi_targets') }}
),

figures as (
    {% for mart in kpi_marts() -%}
    {{ kpi_figures('kpis', mart, ref('customer_success', mart)) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

compared as (
    select
        figures.*,
        previous.value as previous_value,
        year_ago.value as year_ago_value
    from figures
    inner join periods
        on figures.period_grain = periods.period_grain
            and figures.period_start = periods.period_start
    left join figures as previous
        on periods.previous_start = previous.period_start
            {%- for column in key %}
            and figures.{{ column }} = previous.{{ column }}
            {%- endfor %}
    left join figures as year_ago
        on periods.year_ago_start = year_ago.period_start
            {%- for column in key %}
            and figures.{{ column }} = year_ago.{{ column }}
            {%- endfor %}
),

targeted as (
    select
        compared.*,
        kpis.direction,
        targets.target_value
    from compared
    inner join kpis on compared.kpi_code = kpis.kpi_code
    left join targets
        on compared.period_start >= targets.starts_on
            and (compared.period_start <= targets.last_start_on or targets.last_start_on is null)
            {%- for column in key %}
            and compared.{{ column }} = targets.{{ column }}
            {%- endfor %}
),

final as (
    select
        kpi_code,
        period_grain,
        period_start,
        period_end,
        is_complete,
        segment_type,
        segment_value,
        numerator,
        denominator,
        value,
        previous_value,
        year_ago_value,
        target_value,
        {{ attainment('value', 'target_value', 'direction') }} as attainment,
        {{ target_status('value', 'target_value', 'direction') }} as status
    from targeted
)

select * from final
