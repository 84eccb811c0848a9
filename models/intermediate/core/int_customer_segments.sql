{%- set values = attribute_values('customers', customer_attributes()) %}

with

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

merged as (
    select * from {{ ref('customer_success', 'int_merged_segment_values') }}
),

segments as (
    select
        {% for attribute, value in values.items() -%}
        coalesce({{ reported_value(attribute, value) }}, '(none)')
            as {{ segment_column(attribute) }},
        {% endfor -%}
        customers.customer_id
    from customers
    {{ join_merged_values('merged', values) }}
)

select * from segments
