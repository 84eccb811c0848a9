{%- set sources = ['to_date', 'observed'] -%}
{%- set counts = [
    'ordering_customers', 'repeat_customers', 'observed_customers_180d', 'repeat_customers_180d',
] %}

with

periods as (
    select * from {{ ref('int_periods') }}
),

period_days as (
    select * from {{ ref('int_period_days') }}
),

days as (
    select * from {{ ref('int_reporting_days') }}
),

changes as (
    select * from {{ ref('int_repeat_changes') }}
),

running_totals as (
    {{ running_totals_daily('changes', ['ordering_customers', 'repeat_customers']) }}
),

to_date as (
    select
        periods.period_grain,
        periods.period_start,
        running_totals.segment_type,
        running_totals.segment_value,
        running_totals.ordering_customers,
        running_totals.repeat_customers
    from periods
    inner join running_totals on periods.closing_on = running_totals.day_on
),

observed as (
    {{ period_totals(
        'changes', 'changed_on', ['observed_customers_180d', 'repeat_customers_180d']
    ) }}
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
        {{ repeat_rate('repeat_customers', 'ordering_customers') }} as repeat_rate,
        {{ repeat_rate_180d('repeat_customers_180d', 'observed_customers_180d') }}
            as repeat_rate_180d
    from totals
    where {{ is_counted(counts) }}
)

select * from final
