select
    order_id,
    customer_id as account_id
from {{ source('erp', 'orders') }}
