{{ config(materialized='view') }}

{%- set values = attribute_values('plans', plan_attributes()) %}

with

plans as (
    select * from {{ ref('customer_success', 'dim_plans') }}
),

merged as (
    select * from {{ ref('customer_success', 'int_merged_segment_values') }}
),

segments as (
    select
        {%- for segment, value in values.items() %}
        {{ reported_value(segment, value) }} as {{ segment }},
        {%- endfor %}
        plans.plan_id
    from plans
    {{ join_merged_values('merged', values) }}
)

select * from segments
