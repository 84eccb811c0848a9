-- Which KPIs missed their target in the last complete month, and are they getting better?

with

scorecard as (
    select * from {{ ref('customer_success', 'kpi_scorecard') }}
    where period_grain = 'month'
        and segment_type = 'all'
        and is_complete
),

last_month as (
    select max(period_start) as period_start from scorecard
),

kpis as (
    select * from {{ ref('customer_success', 'dim_kpis') }}
)

select
    kpis.kpi_name,
    kpis.kpi_name_ja,
    scorecard.value,
    scorecard.target_value,
    scorecard.attainment,
    scorecard.previous_value,
    case
        when scorecard.value is null or scorecard.previous_value is null then null
        when kpis.direction = 'higher' then scorecard.value > scorecard.previous_value
        else scorecard.value < scorecard.previous_value
    end as is_improving
from scorecard
inner join last_month on scorecard.period_start = last_month.period_start
inner join kpis on scorecard.kpi_code = kpis.kpi_code
where scorecard.status = 'missed'
order by kpis.sort_order
