select * from {{ source('erp', 'exchange_rates') }}
