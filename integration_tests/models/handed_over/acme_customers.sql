select
    account_id as customer_id,
    account_name as customer_name,
    created_at as signed_up_at,
    country_code,
    industry,
    company_size,
    acquisition_channel,
    csm_owner,
    is_internal,
    updated_at,
    is_deleted,
    cast(loaded_at as date) as loaded_at
from {{ source('erp', 'accounts') }}
