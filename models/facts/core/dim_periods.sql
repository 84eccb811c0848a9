with

reporting_window as (
    select * from {{ ref('customer_success', 'int_reporting_start') }}
),

reporting_days as (
    {{ date_range('(select starts_on from reporting_window)', as_of_date()) }}
),

period_starts as (
    {% for grain in tiling_grains() -%}
    select distinct
        '{{ grain }}' as period_grain,
        {{ period_start(grain, 'day_on') }} as period_start
    from reporting_days
    union all
    {% endfor -%}
    -- a window counts whole months only, so none starts before the first month reported
    select distinct
        'trailing_12_months' as period_grain,
        {{ add_months(month_start('day_on'), -11) }} as period_start
    from reporting_days
    where {{ add_months(month_start('day_on'), -11) }}
        >= (select {{ month_start('starts_on') }} from reporting_window)
),

period_bounds as (
    select
        period_grain,
        period_start,
        case period_grain
            {%- for grain in period_grains() %}
            when '{{ grain }}' then {{ period_end(grain, 'period_start') }}
            {%- endfor %}
        end as period_end
    from period_starts
),

periods as (
    select
        period_grain,
        period_start,
        period_end,
        period_end <= {{ as_of_date() }} as is_complete,
        case period_grain
            {%- for grain in period_grains() %}
            when '{{ grain }}' then {{ period_label(grain, 'period_start', 'period_end') }}
            {%- endfor %}
        end as period_label,
        {{ fiscal_year('period_end') }} as fiscal_year,
        case when period_end <= {{ as_of_date() }} then period_end else {{ as_of_date() }} end
            as closing_on,
        case period_grain
            {%- for grain in period_grains() %}
            when '{{ grain }}' then {{ previous_period_start(grain, 'period_start') }}
            {%- endfor %}
        end as previous_start,
        case period_grain
            {%- for grain in period_grains() %}
            when '{{ grain }}' then {{ year_ago_period_start(grain, 'period_start') }}
            {%- endfor %}
        end as year_ago_start
    from period_bounds
)

select * from periods
