select
    customers.account_id,
    max(customers.account_name) as account_name,
    count(orders.order_id) as orders
from {{ ref('stg_customers') }} as customers
left join {{ ref('stg_orders') }} as orders on customers.account_id = orders.account_id
group by customers.account_id
