with

checked as (
    select * from {{ ref('customer_success', 'base_contracts') }}
    where row_status = 'used'
),

dated as (
    select
        contract_id,
        customer_id,
        subscription_id,
        previous_contract_id,
        term_start,
        term_end,
        contract_value,
        currency_code,
        renewal_type,
        -- without a day of its own, so it is known from the row's last change on
        case
            when updated_at is null or {{ is_by_as_of('updated_at') }} then renewal_status
        end as renewal_status,
        {{ timestamp_by_as_of('signed_at') }} as signed_at,
        {{ date_by_as_of('signed_at') }} as signed_on
    from checked
),

until_as_of as (
    select * from dated
    where term_start <= {{ as_of_date() }}
        -- known already, though it has not begun
        or signed_on is not null
)

select * from until_as_of
