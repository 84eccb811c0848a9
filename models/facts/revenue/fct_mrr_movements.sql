-- A view: what it reads is stored once. int_mrr_movements has moves between plans at equal MRR too.

{{ config(materialized='view') }}

with

movements as (
    select * from {{ ref('customer_success', 'int_mrr_movements') }}
    where movement_type is not null
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        is_complete,
        customer_id,
        movement_type,
        opening_mrr,
        closing_mrr,
        cast(closing_mrr - opening_mrr as numeric(18, 4)) as mrr_change,
        opening_plan_id,
        closing_plan_id
    from movements
)

select * from final
