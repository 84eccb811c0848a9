with

customers as (
    select * from {{ ref('int_customers') }}
),

segments as (
    select
        customer_id,
        {%- for attribute in customer_attributes() %}
        coalesce({{ attribute }}, '(none)') as {{ attribute }}{{ ',' if not loop.last }}
        {%- endfor %}
    from customers
)

select * from segments
