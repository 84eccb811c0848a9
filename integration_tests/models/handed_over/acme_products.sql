select * from {{ source('erp', 'products') }}
