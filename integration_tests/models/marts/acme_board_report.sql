select
    period_start,
    net_revenue_retention,
    {{ ratio('starting_mrr', 'closing_mrr') }} as own_ratio
from {{ ref('customer_success', 'kpi_revenue_retention') }}
where period_grain = 'month' and segment_type = 'all'
