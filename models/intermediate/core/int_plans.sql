{%- set plans = ref('customer_success', 'stg_plans') -%}
{%- set items = ref('customer_success', 'stg_subscription_items') %}

with

{% if raw_table_is_present('plans') -%}
plans as (
    select * from {{ plans }}
)
{%- else -%}
subscription_items as (
    select * from {{ items }}
),

-- without the table, plans are what items name, and nobody knows of which product
plans as (
    select distinct
        plan_id,
        '(none)' as product_id,
        cast(null as {{ dbt.type_string() }}) as plan_name,
        cast(null as integer) as tier_rank,
        cast(null as numeric(18, 4)) as list_monthly_price,
        cast('{{ var("reporting_currency") }}' as {{ dbt.type_string() }}) as currency_code,
        false as is_free,
        false as is_deleted
    from subscription_items
)
{%- endif %}

select * from plans
