-- Customers upsold, cross-sold and downgraded, by period and segment; by plan and product under the
-- primary plan at opening.

with

segments as (
    select * from {{ ref('customer_success', 'int_segments_by_day') }}
),

movements as (
    select * from {{ ref('customer_success', 'int_product_movements') }}
    where driver in ('upsell', 'cross_sell', 'downgrade')
),

customers as (
    select
        period_grain,
        period_start,
        customer_id,
        {{ add_days('period_start', -1) }} as opening_on,
        max(case when driver = 'upsell' then 1 else 0 end) as was_upsold,
        max(case when driver = 'cross_sell' then 1 else 0 end) as was_cross_sold,
        max(case when driver = 'downgrade' then 1 else 0 end) as was_downgraded
    from movements
    group by period_grain, period_start, customer_id
),

segmented as (
    {{ in_segments(
        'customers', 'opening_on',
        ['period_grain', 'period_start', 'was_upsold', 'was_cross_sold', 'was_downgraded'],
        'segments',
    ) }}
),

totals as (
    select
        period_grain,
        period_start,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        sum(was_upsold) as upsold_customers,
        sum(was_cross_sold) as cross_sold_customers,
        sum(was_downgraded) as downgraded_customers
    from segmented
    group by {{ segment_sets(['period_grain', 'period_start']) }}
)

select * from totals
