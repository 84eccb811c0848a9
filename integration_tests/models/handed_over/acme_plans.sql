select * from {{ source('erp', 'plans') }}
