with

checked as (
    select * from {{ ref('base_campaign_touches') }}
    where row_status = 'used'
),

dated as (
    select
        touch_id,
        campaign_id,
        customer_id,
        sent_at,
        {{ local_date('sent_at') }} as sent_on,
        {{ known_at('delivered_at') }} as delivered_at,
        {{ known_on('delivered_at') }} as delivered_on,
        {{ known_at('opened_at') }} as opened_at,
        {{ known_on('opened_at') }} as opened_on,
        {{ known_at('clicked_at') }} as clicked_at,
        {{ known_on('clicked_at') }} as clicked_on,
        {{ known_at('responded_at') }} as responded_at,
        {{ known_on('responded_at') }} as responded_on
    from checked
),

known as (
    select * from dated
    where {{ is_known('sent_at') }}
)

select * from known
