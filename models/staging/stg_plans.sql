{%- set plans = ref('customer_success', 'base_plans') -%}
{%- set items = ref('customer_success', 'base_subscription_items') %}

with

{% if raw_table_is_present('plans') -%}
checked as (
    select * from {{ plans }}
    where {{ is_usable(raw_table_contract('plans')) }}
),
{%- else -%}
-- without the table, plans are what items name, and nobody knows of which product
checked as (
    select distinct
        plan_id,
        '(none)' as product_id,
        cast(null as {{ dbt.type_string() }}) as plan_name,
        cast(null as integer) as tier_rank,
        cast(null as numeric(18, 4)) as list_monthly_price,
        cast('{{ var("reporting_currency") }}' as {{ dbt.type_string() }}) as currency_code,
        false as is_free,
        'used' as row_status
    from {{ items }}
    where row_status = 'used'
),
{%- endif %}

dated as (
    select
        plan_id,
        product_id,
        plan_name,
        tier_rank,
        list_monthly_price,
        currency_code,
        is_free,
        row_status = 'deleted' as is_deleted
    from checked
)

select * from dated
