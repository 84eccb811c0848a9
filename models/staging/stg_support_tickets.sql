with

checked as (
    select * from {{ ref('base_support_tickets') }}
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
        {{ known_at('first_responded_at') }} as first_responded_at,
        {{ known_on('first_responded_at') }} as first_responded_on,
        {{ known_at('resolved_at') }} as resolved_at,
        {{ known_on('resolved_at') }} as resolved_on
    from checked
),

known as (
    select * from dated
    where {{ is_known('opened_at') }}
)

select * from known
