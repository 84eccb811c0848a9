-- Voice alerts: a detractor's answer, and a ticket that has waited beyond its SLA.

with

answers as (
    select * from {{ ref('customer_success', 'int_nps_spans') }}
    where nps_group = 'detractor'
        and from_on <= {{ as_of_date() }}
        and last_on >= {{ as_of_date() }}
),

tickets as (
    select * from {{ ref('customer_success', 'int_support_tickets') }}
    where first_responded_on is null
        and not is_within_sla
        and customer_id is not null
),

business_days as (
    select * from {{ ref('customer_success', 'int_business_days') }}
),

-- the day on which the SLA ran out: in business time, the first day by whose end it had
overdue as (
    select
        tickets.ticket_id,
        tickets.customer_id,
        min(business_days.day_on) as overdue_on
    from tickets
    inner join business_days as opened_day on tickets.opened_on = opened_day.day_on
    inner join business_days
        on tickets.opened_on <= business_days.day_on
            and business_days.microseconds_before
            + business_days.closes_microsecond - business_days.opens_microsecond
            > {{ business_microseconds_until('tickets.opened_local', 'opened_day') }}
            + tickets.sla_minutes * cast(60000000 as bigint)
    where tickets.is_business_time
    group by tickets.ticket_id, tickets.customer_id
    union all
    select
        ticket_id,
        customer_id,
        {{ local_date('(' ~ dbt.dateadd('minute', 'sla_minutes', 'opened_at') ~ ')') }}
            as overdue_on
    from tickets
    where not is_business_time
),

alerts as (
    select
        customer_id,
        'detractor' as alert_type,
        from_on as raised_on,
        'answered ' || {{ whole_number('score') }} || ' of 10 on ' || {{ day_text('from_on') }}
            as evidence
    from answers
    union all
    select
        customer_id,
        'ticket_beyond_sla' as alert_type,
        min(overdue_on) as raised_on,
        {{ whole_number('count(*)') }}
        || ' tickets without an answer beyond the SLA, the first since '
        || {{ day_text('min(overdue_on)') }} as evidence
    from overdue
    group by customer_id
)

select * from alerts
