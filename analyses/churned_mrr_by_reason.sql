-- Why did we lose MRR in each fiscal quarter, and how much of it could have been avoided?

with

churns as (
    select * from {{ ref('customer_success', 'fct_churns') }}
),

quarters as (
    select * from {{ ref('customer_success', 'dim_periods') }}
    where period_grain = 'quarter'
)

select
    quarters.period_label as quarter,
    churns.reason_group,
    count(*) as churns,
    sum(churns.mrr_lost) as mrr_lost,
    sum(case when churns.reactivated_on is not null then 1 else 0 end) as came_back,
    not churns.is_graduated and not churns.is_involuntary as was_avoidable
from churns
inner join quarters
    on churns.churned_on >= quarters.period_start
        and churns.churned_on <= quarters.period_end
group by quarters.period_label, churns.reason_group, churns.is_graduated, churns.is_involuntary
order by quarters.period_label, mrr_lost desc
