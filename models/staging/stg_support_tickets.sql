with

checked as (
    select * from {{ ref('customer_success', 'base_support_tickets') }}
    where row_status = 'used'
),

-- a source may land durations in place of moments
timed as (
    select
        *,
        coalesce(first_responded_at, {{ minutes_after('opened_at', 'first_response_minutes') }})
            as answered_at,
        coalesce(resolved_at, {{ minutes_after('opened_at', 'resolution_minutes') }}) as closed_at
    from checked
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
        {{ timestamp_by_as_of('answered_at') }} as first_responded_at,
        {{ date_by_as_of('answered_at') }} as first_responded_on,
        {{ timestamp_by_as_of('closed_at') }} as resolved_at,
        {{ date_by_as_of('closed_at') }} as resolved_on,
        first_response_minutes,
        resolution_minutes
    from timed
),

until_as_of as (
    select * from dated
    where {{ is_by_as_of('opened_at') }}
)

select * from until_as_of
