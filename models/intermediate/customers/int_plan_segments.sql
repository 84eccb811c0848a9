with

plans as (
    select * from {{ ref('stg_plans') }}
),

segments as (
    select
        plan_id,
        plan_id as plan,
        product_id as product
    from plans
)

select * from segments
