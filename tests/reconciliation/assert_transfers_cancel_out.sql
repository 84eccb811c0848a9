-- What moves from one plan or product to another leaves here and arrives there.

select
    period_grain,
    period_start,
    segment_type
from {{ ref('customer_success', 'kpi_revenue_retention') }}
group by period_grain, period_start, segment_type
having sum(transferred_in_mrr - transferred_out_mrr) <> 0
    or sum(transferred_in_customers - transferred_out_customers) <> 0
