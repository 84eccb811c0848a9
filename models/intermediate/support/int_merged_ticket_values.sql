with

tickets as (
    select * from {{ ref('customer_success', 'fct_support_tickets') }}
),

counts as (
    {% for type in ticket_segment_types() -%}
    select
        '{{ type }}' as segment_type,
        {{ ticket_attributes()[type] }} as segment_value,
        count(*) as things
    from tickets
    where {{ ticket_attributes()[type] }} is not null
    group by {{ ticket_attributes()[type] }}
    union all
    {% endfor -%}
    select
        'ticket' as segment_type,
        ticket_id as segment_value,
        1 as things
    from tickets
    where false
),

merged as (
    {{ merged_values('counts') }}
)

select * from merged
