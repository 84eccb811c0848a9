-- A KPI with a denominator is its numerator divided by it; NPS alone is in hundredths.

with

scorecard as (
    select * from {{ ref('customer_success', 'kpi_scorecard') }}
    where numerator is not null
        and denominator is not null
),

kpis as (
    select
        *,
        case when unit = 'points' then 100 else 1 end as hundredths
    from {{ ref('customer_success', 'dim_kpis') }}
    where denominator_column is not null
)

select
    scorecard.kpi_code,
    scorecard.period_grain,
    scorecard.period_start,
    scorecard.segment_type,
    scorecard.segment_value,
    scorecard.value
from scorecard
inner join kpis on scorecard.kpi_code = kpis.kpi_code
where (scorecard.denominator = 0) <> (scorecard.value is null)
    or abs(scorecard.value * scorecard.denominator - scorecard.numerator * kpis.hundredths)
    > 0.000001 * (1 + abs(scorecard.numerator))
