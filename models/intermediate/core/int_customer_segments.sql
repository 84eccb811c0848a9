with

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

segments as (
    select
        {% for attribute in customer_attributes() -%}
        coalesce({{ segment_column(attribute) }}, '(none)') as {{ segment_column(attribute) }},
        {% endfor -%}
        customer_id
    from customers
)

select * from segments
