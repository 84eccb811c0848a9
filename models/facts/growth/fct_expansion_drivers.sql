-- A view: int_product_movements, which has changes of tier at equal MRR too, is stored once.

{{ config(materialized='view') }}

with

movements as (
    select * from {{ ref('customer_success', 'int_product_movements') }}
    where mrr_change <> 0
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
)

select * from final
