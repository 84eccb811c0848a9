with

checked as (
    select * from {{ ref('customer_success', 'base_customers') }}
    where {{ is_usable(raw_table_contract('customers')) }}
),

dated as (
    select
        customer_id,
        customer_name,
        signed_up_at,
        {{ local_date('signed_up_at') }} as signed_up_on,
        country_code,
        industry,
        company_size,
        acquisition_channel,
        csm_owner,
        contact_email,
        is_internal,
        {% for attribute in own_attributes() -%}
        {{ segment_column(attribute) }},
        {% endfor -%}
        row_status = 'deleted'
        and ({{ is_by_as_of('updated_at') }} or updated_at is null) as is_deleted,
        case when row_status = 'deleted' then {{ date_by_as_of('updated_at') }} end as deleted_on
    from checked
),

until_as_of as (
    select * from dated
    where {{ is_by_as_of('signed_up_at') }}
)

select * from until_as_of
