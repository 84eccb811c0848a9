with

tickets as (
    select
        *,
        {{ local_timestamp('opened_at') }} as opened_local,
        {{ local_timestamp('first_responded_at') }} as first_responded_local,
        {{ local_timestamp(as_of_instant()) }} as as_of_local
    from {{ ref('customer_success', 'stg_support_tickets') }}
),

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

business_days as (
    select * from {{ ref('customer_success', 'int_business_days') }}
),

support_sla as (
    select * from {{ config_seed('support_sla') }}
),

other_sla as (
    select * from support_sla
    where priority = 'other'
),

timed as (
    select
        tickets.ticket_id,
        tickets.customer_id,
        tickets.opened_at,
        tickets.opened_on,
        tickets.first_responded_on,
        tickets.resolved_on,
        tickets.opened_local,
        tickets.priority,
        tickets.channel,
        coalesce(own_sla.first_response_minutes, other_sla.first_response_minutes) as sla_minutes,
        coalesce(own_sla.is_business_time, other_sla.is_business_time) as is_business_time,
        {{ microseconds_between('tickets.opened_at', 'tickets.first_responded_at') }}
            as response_microseconds,
        {{ is_waiting('tickets.first_responded_on', 'tickets.resolved_on') }} as is_waiting,
        {{ microseconds_between('tickets.opened_at', as_of_instant()) }} as microseconds_so_far,
        {{ business_microseconds_between(
            'tickets.opened_local', 'opened_day', 'tickets.first_responded_local', 'responded_day'
        ) }} as response_business_microseconds,
        {{ business_microseconds_between(
            'tickets.opened_local', 'opened_day', 'tickets.as_of_local', 'as_of_day'
        ) }} as business_microseconds_so_far,
        {{ microseconds_between('tickets.opened_at', 'tickets.resolved_at') }}
            as resolution_microseconds
    from tickets
    left join customers on tickets.customer_id = customers.customer_id
    inner join business_days as opened_day on tickets.opened_on = opened_day.day_on
    left join business_days as responded_day on tickets.first_responded_on = responded_day.day_on
    left join business_days as as_of_day
        on cast(tickets.as_of_local as date) = as_of_day.day_on
    left join support_sla as own_sla on lower(tickets.priority) = lower(own_sla.priority)
    cross join other_sla
    where customers.customer_id is not null or tickets.customer_id is null
),

judged as (
    select
        *,
        {{ minutes('response_microseconds') }} as first_response_minutes,
        {{ minutes('response_business_microseconds') }} as first_response_business_minutes,
        {{ minutes('resolution_microseconds') }} as resolution_minutes,
        case
            -- resolved without an answer: there is nothing to be in time
            when first_responded_on is null and not is_waiting then null
            when is_business_time
                then {{ is_within_sla(
                    'response_business_microseconds', 'business_microseconds_so_far', 'sla_minutes'
                ) }}
            else {{ is_within_sla('response_microseconds', 'microseconds_so_far', 'sla_minutes') }}
        end as is_within_sla
    from timed
)

select * from judged
