with

renewals as (
    select * from {{ ref('int_contract_renewals') }}
),

final as (
    select
        contract_id,
        customer_id,
        term_start,
        term_end,
        status,
        renewal_type,
        renewed_contract_id,
        due_monthly_value,
        renewed_monthly_value,
        is_dormant
    from renewals
)

select * from final
