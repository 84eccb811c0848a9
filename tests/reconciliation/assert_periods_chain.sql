-- A period opens as the one before it closed: nothing happens between two periods. A segment
-- without a row stands at 0.

with

kpi as (
    select * from {{ ref('customer_success', 'kpi_revenue_retention') }}
    where period_grain <> 'trailing_12_months'
),

chain as (
    select
        period_grain,
        period_start,
        lead(period_start) over (partition by period_grain order by period_start) as next_start
    from {{ ref('customer_success', 'dim_periods') }}
    where period_grain <> 'trailing_12_months'
),

closings as (
    select
        kpi.period_grain,
        chain.next_start as period_start,
        kpi.segment_type,
        kpi.segment_value,
        kpi.closing_mrr as mrr,
        kpi.closing_customers as customers
    from kpi
    inner join chain
        on kpi.period_grain = chain.period_grain and kpi.period_start = chain.period_start
    where chain.next_start is not null
),

openings as (
    select
        kpi.period_grain,
        kpi.period_start,
        kpi.segment_type,
        kpi.segment_value,
        kpi.opening_mrr as mrr,
        kpi.opening_customers as customers
    from kpi
    inner join chain
        on kpi.period_grain = chain.period_grain and kpi.period_start = chain.next_start
),

sides as (
    select
        *,
        1 as side
    from openings
    union all
    select
        *,
        -1 as side
    from closings
)

select
    period_grain,
    period_start,
    segment_type,
    segment_value
from sides
group by period_grain, period_start, segment_type, segment_value
having sum(side * mrr) <> 0 or sum(side * customers) <> 0
