select
    account_id,
    upper(account_name) as account_name
from {{ source('erp', 'accounts') }}
