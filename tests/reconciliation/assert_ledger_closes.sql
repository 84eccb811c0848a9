-- Opening + new + reactivation + expansion − contraction − churn + transfers = closing, for MRR and
-- for customers, in every period and segment.

select
    period_grain,
    period_start,
    segment_type,
    segment_value,
    closing_mrr,
    closing_customers
from {{ ref('customer_success', 'kpi_revenue_retention') }}
where closing_mrr <> opening_mrr + new_mrr + reactivation_mrr + expansion_mrr - contraction_mrr
    - churn_mrr + transferred_in_mrr - transferred_out_mrr
    or closing_customers <> opening_customers + new_customers + reactivated_customers
    - churned_customers + transferred_in_customers - transferred_out_customers
