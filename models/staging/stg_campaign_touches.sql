with

checked as (
    select * from {{ ref('customer_success', 'base_campaign_touches') }}
    where row_status = 'used'
),

dated as (
    select
        touch_id,
        campaign_id,
        customer_id,
        sent_at,
        {{ local_date('sent_at') }} as sent_on,
        {{ timestamp_by_as_of('delivered_at') }} as delivered_at,
        {{ date_by_as_of('delivered_at') }} as delivered_on,
        {{ timestamp_by_as_of('opened_at') }} as opened_at,
        {{ date_by_as_of('opened_at') }} as opened_on,
        {{ timestamp_by_as_of('clicked_at') }} as clicked_at,
        {{ date_by_as_of('clicked_at') }} as clicked_on,
        {{ timestamp_by_as_of('responded_at') }} as responded_at,
        {{ date_by_as_of('responded_at') }} as responded_on
    from checked
),

until_as_of as (
    select * from dated
    where {{ is_by_as_of('sent_at') }}
)

select * from until_as_of
