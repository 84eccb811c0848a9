with

checked as (
    select * from {{ ref('customer_success', 'base_campaigns') }}
    where {{ is_usable(raw_table_contract('campaigns')) }}
),

dated as (
    select
        campaign_id,
        campaign_name,
        campaign_type,
        incentive_type,
        started_at,
        {{ local_date('started_at') }} as started_on,
        ended_at,
        {{ local_date('ended_at') }} as ended_on,
        row_status = 'deleted' as is_deleted
    from checked
)

select * from dated
