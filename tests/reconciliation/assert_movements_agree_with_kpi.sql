-- The movements of single customers add up to the totals of each period.

with

movements as (
    select
        period_grain,
        period_start,
        {%- for movement in ['new', 'reactivation', 'expansion', 'contraction', 'churn'] %}
        sum(case when movement_type = '{{ movement }}' then abs(mrr_change) else 0 end)
            as {{ movement }}_mrr,
        {%- endfor %}
        sum(case when movement_type = 'churn' then 1 else 0 end) as churned_customers,
        sum(case when movement_type = 'new' then 1 else 0 end) as new_customers
    from {{ ref('customer_success', 'fct_mrr_movements') }}
    group by period_grain, period_start
),

kpi as (
    select * from {{ ref('customer_success', 'kpi_revenue_retention') }}
    where segment_type = 'all'
)

select
    kpi.period_grain,
    kpi.period_start
from kpi
left join movements
    on kpi.period_grain = movements.period_grain and kpi.period_start = movements.period_start
where kpi.churned_customers <> coalesce(movements.churned_customers, 0)
    or kpi.new_customers <> coalesce(movements.new_customers, 0)
    {%- for movement in ['new', 'reactivation', 'expansion', 'contraction', 'churn'] %}
    or kpi.{{ movement }}_mrr <> coalesce(movements.{{ movement }}_mrr, 0)
    {%- endfor %}
