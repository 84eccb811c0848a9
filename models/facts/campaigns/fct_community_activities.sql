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
    inner join customers on activities.customer_id = customers.customer_id
)

select * from final
