-- The values of a segment type add up to all, in every period and count; transfers cancel out.

{%- set counts = [
    'opening_customers', 'new_customers', 'reactivated_customers', 'churned_customers',
    'closing_customers', 'intra_period_customers', 'avoidably_churned_customers', 'opening_mrr',
    'new_mrr', 'reactivation_mrr', 'expansion_mrr', 'contraction_mrr', 'churn_mrr', 'closing_mrr',
] %}

with

kpi as (
    select * from {{ ref('kpi_revenue_retention') }}
    where period_grain <> 'day'
),

whole as (
    select * from kpi
    where segment_type = 'all'
),

types as (
    select distinct segment_type from kpi
    where segment_type <> 'all'
),

parts as (
    select
        period_grain,
        period_start,
        segment_type,
        {%- for column in counts %}
        sum({{ column }}) as {{ column }},
        {%- endfor %}
        sum(transferred_in_mrr - transferred_out_mrr) as transferred_mrr
    from kpi
    where segment_type <> 'all'
    group by period_grain, period_start, segment_type
)

select
    whole.period_grain,
    whole.period_start,
    types.segment_type
from whole
cross join types
left join parts
    on whole.period_grain = parts.period_grain
        and whole.period_start = parts.period_start
        and types.segment_type = parts.segment_type
where coalesce(parts.transferred_mrr, 0) <> 0
    {%- for column in counts %}
    or whole.{{ column }} <> coalesce(parts.{{ column }}, 0)
    {%- endfor %}
