{{ config(materialized='view') }}

{%- set values = {} -%}
{%- for segment, attribute in plan_attributes().items() -%}
    {%- do values.update({segment: 'plans.' ~ attribute}) -%}
{%- endfor %}

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
