with

activities as (
    select * from {{ ref('customer_success', 'stg_community_activities') }}
),

customers as (
    select * from {{ ref('customer_success', 'int_customers') }}
),

final as (
    select
        activities.activity_id,
        activities.customer_id,
        activities.activity_type,
        activities.occurred_on
    from activities
    left join customers on activities.customer_id = customers.customer_id
    where customers.customer_id is not null or activities.customer_id is null
)

select * from final
