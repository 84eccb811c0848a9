select * from {{ source('erp', 'contracts') }}
