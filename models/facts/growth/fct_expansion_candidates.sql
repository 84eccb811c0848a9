with

upsell_candidates as (
    select * from {{ ref('customer_success', 'int_upsell_candidates') }}
),

cross_sell_candidates as (
    select * from {{ ref('customer_success', 'int_cross_sell_candidates') }}
),

recent_usage as (
    select * from {{ ref('customer_success', 'int_recent_usage') }}
),

alerted_customers as (
    select distinct customer_id
    from {{ ref('customer_success', 'fct_customer_alerts') }}
),

candidates as (
    select * from upsell_candidates
    union all
    select * from cross_sell_candidates
),

-- exclude customers with open alerts
final as (
    select
        candidates.customer_id,
        candidates.candidate_type,
        candidates.product_id,
        candidates.evidence,
        recent_usage.usage_score,
        cast(recent_usage.current_mrr as numeric(18, 4)) as current_mrr
    from candidates
    inner join recent_usage on candidates.customer_id = recent_usage.customer_id
    left join alerted_customers on candidates.customer_id = alerted_customers.customer_id
    where alerted_customers.customer_id is null
)

select * from final
