-- What the changes of a customer add up to is what its items in force come to on the last day.

with

items as (
    select
        customer_id,
        sum(mrr) as mrr
    from {{ ref('customer_success', 'int_subscription_item_spans') }}
    where from_on <= {{ as_of_date() }} and (to_on is null or to_on > {{ as_of_date() }})
    group by customer_id
),

changes as (
    select
        customer_id,
        sum(mrr_after - mrr_before) as mrr
    from {{ ref('customer_success', 'fct_mrr_changes') }}
    group by customer_id
)

select
    customers.customer_id,
    customers.current_mrr
from {{ ref('customer_success', 'dim_customers') }} as customers
left join items on customers.customer_id = items.customer_id
left join changes on customers.customer_id = changes.customer_id
where customers.current_mrr <> coalesce(items.mrr, 0)
    or customers.current_mrr <> coalesce(changes.mrr, 0)
