with

checked as (
    select * from {{ ref('customer_success', 'base_support_tickets') }}
    where row_status = 'used'
),

dated as (
    select
        ticket_id,
        customer_id,
        channel,
        category,
        priority,
        opened_at,
        {{ local_date('opened_at') }} as opened_on,
        {{ timestamp_by_as_of('first_responded_at') }} as first_responded_at,
        {{ date_by_as_of('first_responded_at') }} as first_responded_on,
        {{ timestamp_by_as_of('resolved_at') }} as resolved_at,
        {{ date_by_as_of('resolved_at') }} as resolved_on
    from checked
),

until_as_of as (
    select * from dated
    where {{ is_by_as_of('opened_at') }}
)

select * from until_as_of
