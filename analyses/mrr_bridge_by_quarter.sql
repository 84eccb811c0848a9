-- How did MRR get from one fiscal quarter's opening to its closing, and at what retention?

with

retention as (
    select * from {{ ref('customer_success', 'kpi_revenue_retention') }}
    where period_grain = 'quarter'
        and segment_type = 'all'
),

quarters as (
    select * from {{ ref('customer_success', 'dim_periods') }}
    where period_grain = 'quarter'
)

select
    quarters.period_label as quarter,
    retention.opening_mrr,
    retention.new_mrr,
    retention.reactivation_mrr,
    retention.expansion_mrr,
    -retention.contraction_mrr as contraction_mrr,
    -retention.churn_mrr as churn_mrr,
    retention.closing_mrr,
    retention.gross_revenue_retention,
    retention.net_revenue_retention,
    retention.is_complete
from retention
inner join quarters on retention.period_start = quarters.period_start
order by retention.period_start
