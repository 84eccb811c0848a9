with

touches as (
    select * from {{ ref('customer_success', 'stg_campaign_touches') }}
),

campaigns as (
    select * from {{ ref('customer_success', 'stg_campaigns') }}
),

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

final as (
    select
        touches.touch_id,
        touches.campaign_id,
        campaigns.campaign_name,
        campaigns.campaign_type,
        campaigns.incentive_type,
        touches.customer_id,
        touches.sent_on,
        touches.delivered_on,
        touches.opened_on,
        touches.clicked_on,
        touches.responded_on
    from touches
    inner join customers on touches.customer_id = customers.customer_id
    left join campaigns on touches.campaign_id = campaigns.campaign_id
)

select * from final
