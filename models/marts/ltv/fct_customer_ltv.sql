with

customer_orders as (
    select * from {{ ref('int_customer_orders') }}
),

final as (
    select
        customer_id,
        first_ordered_on,
        last_ordered_on,
        cast(paid_orders as integer) as paid_orders,
        cast(net_amount as numeric(18, 4)) as historic_ltv
    from customer_orders
)

select * from final
