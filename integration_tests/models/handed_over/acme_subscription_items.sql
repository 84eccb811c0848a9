select * from {{ source('erp', 'subscription_items') }}
