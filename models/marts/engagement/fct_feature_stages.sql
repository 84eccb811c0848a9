with

stages as (
    select * from {{ ref('int_feature_stages') }}
),

final as (
    select
        customer_id,
        ladder_stage,
        reached_on
    from stages
)

select * from final
