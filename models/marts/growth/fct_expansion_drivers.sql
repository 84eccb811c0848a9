with

movements as (
    select * from {{ ref('int_product_movements') }}
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        is_complete,
        customer_id,
        product_id,
        driver,
        mrr_change
    from movements
    where mrr_change <> 0
)

select * from final
