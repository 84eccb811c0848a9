select * from {{ source('erp', 'subscriptions') }}
