with

plan_changes as (
    select * from {{ ref('int_plan_changes') }}
),

final as (
    select
        customer_id,
        product_id,
        changed_on,
        change_type,
        plan_id_before,
        plan_id_after,
        mrr_change,
        churned_within_90_days
    from plan_changes
)

select * from final
