{{ config(materialized='view') }}

with

customers as (
    select * from {{ ref('customer_success', 'stg_customers') }}
),

counted as (
    select
        customer_id,
        customer_name,
        signed_up_on,
        country_code,
        industry,
        company_size,
        acquisition_channel,
        csm_owner,
        {% for attribute in own_attributes() -%}
        {{ segment_column(attribute) }},
        {% endfor -%}
        is_deleted,
        deleted_on,
        {{ fiscal_year_label('signed_up_on') }} as signup_fiscal_year
    from customers
    where not is_internal
)

select * from counted
