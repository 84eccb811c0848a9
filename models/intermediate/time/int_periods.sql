with

customers as (
    select * from {{ ref('int_customers') }}
),

item_spans as (
    select * from {{ ref('int_subscription_item_spans') }}
),

reporting_starts as (
    {% if var('reporting_start_date') -%}
    select cast('{{ var("reporting_start_date") }}' as date) as starts_on
    {%- else -%}
    select min(signed_up_on) as starts_on from customers
    union all
    select min(from_on) as starts_on from item_spans
    {%- endif %}
),

-- without any customer there is one day to report: the last that counts
reporting_window as (
    select coalesce(min(starts_on), {{ as_of_date() }}) as starts_on
    from reporting_starts
),

reporting_days as (
    {{ date_range('(select starts_on from reporting_window)', as_of_date()) }}
),

period_starts as (
    {% for grain in period_grains() if grain != 'trailing_12_months' -%}
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
        case when period_end <= {{ as_of_date() }} then period_end else {{ as_of_date() }} end
            as closing_on,
        case period_grain
            when 'day' then cast(period_start as {{ dbt.type_string() }})
            when 'week' then {{ iso_week_label('period_start') }}
            when 'month' then {{ month_label('period_start') }}
            when 'quarter' then {{ fiscal_quarter_label('period_start') }}
            when 'fiscal_year' then {{ fiscal_year_label('period_start') }}
            else {{ month_label('period_start') }} || '..' || {{ month_label('period_end') }}
        end as period_label,
        {{ fiscal_year('period_end') }} as fiscal_year
    from period_bounds
)

select * from periods
