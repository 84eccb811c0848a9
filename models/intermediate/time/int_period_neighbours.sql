with

periods as (
    select * from {{ ref('int_periods') }}
),

neighbours as (
    select
        period_grain,
        period_start,
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
    from periods
)

select * from neighbours
