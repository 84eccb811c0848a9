with

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

plans as (
    select * from {{ ref('customer_success', 'dim_plans') }}
),

item_spans as (
    select * from {{ ref('customer_success', 'int_subscription_item_spans') }}
),

costs as (
    select * from {{ ref('customer_success', 'stg_acquisition_costs') }}
),

-- costs are known by channel even where no customer came through it
counts as (
    {% for type in segment_types() -%}
    select
        '{{ type }}' as segment_type,
        {% if type in plan_attributes() -%}
        plans.{{ plan_attributes()[type] }} as segment_value,
        count(distinct item_spans.customer_id) as things
    from item_spans
    inner join plans on item_spans.plan_id = plans.plan_id
    where plans.{{ plan_attributes()[type] }} is not null
    group by plans.{{ plan_attributes()[type] }}
    {%- else -%}
        {{ segment_column(type) }} as segment_value,
        count(*) as things
    from customers
    where {{ segment_column(type) }} is not null
    group by {{ segment_column(type) }}
    {%- endif %}
    union all
    {% endfor -%}
    select distinct
        'acquisition_channel' as segment_type,
        acquisition_channel as segment_value,
        0 as things
    from costs
    {%- if 'acquisition_channel' not in segment_types() %}
    where false
    {%- endif %}
),

merged as (
    {{ merged_values('counts') }}
)

select * from merged
