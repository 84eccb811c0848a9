with

offers as (
    select * from {{ ref('customer_success', 'stg_offers') }}
),

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

final as (
    select
        offers.offer_id,
        offers.customer_id,
        offers.campaign_id,
        offers.offer_type,
        offers.offered_plan_id,
        offers.offered_on,
        offers.decided_on,
        offers.outcome
    from offers
    inner join customers on offers.customer_id = customers.customer_id
)

select * from final
