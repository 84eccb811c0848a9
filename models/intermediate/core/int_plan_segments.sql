{{ config(materialized='view') }}

with

plans as (
    select * from {{ ref('customer_success', 'dim_plans') }}
),

segments as (
    select
        {%- for segment, attribute in plan_attributes().items() %}
        {{ attribute }} as {{ segment }},
        {%- endfor %}
        plan_id
    from plans
)

select * from segments
