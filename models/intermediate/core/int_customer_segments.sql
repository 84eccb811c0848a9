with

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

segments as (
    select
        {% for attribute in customer_attributes() -%}
        coalesce({{ attribute }}, '(none)') as {{ attribute }},
        {% endfor -%}
        customer_id
    from customers
)

select * from segments
