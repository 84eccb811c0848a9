with

changes as (
    select * from {{ ref('int_mrr_changes') }}
),

final as (
    select
        customer_id,
        changed_on,
        mrr_before,
        mrr_after,
        plan_id_before,
        plan_id_after
    from changes
)

select * from final
