-- By day and segment: customers with their first voluntary order, with voluntary orders on a second
-- day, and those whose first 180 days are over, with the repeat customers among these. By plan and
-- product, a customer is counted under the plan of its first day.

with

segments as (
    select * from {{ ref('customer_success', 'int_segments_by_day') }}
),

voluntary_orders as (
    select
        *,
        {{ add_days('first_on', 180) }} as observed_until
    from {{ ref('customer_success', 'int_voluntary_orders') }}
),

segmented as (
    {{ in_segments(
        'voluntary_orders', 'first_on', ['first_on', 'second_on', 'observed_until'], 'segments'
    ) }}
),

dated as (
    select
        *,
        first_on as changed_on,
        1 as ordering_customers,
        0 as repeat_customers,
        0 as observed_customers_180d,
        0 as repeat_customers_180d
    from segmented
    union all
    select
        *,
        second_on as changed_on,
        0 as ordering_customers,
        1 as repeat_customers,
        0 as observed_customers_180d,
        0 as repeat_customers_180d
    from segmented
    where second_on is not null
    union all
    select
        *,
        observed_until as changed_on,
        0 as ordering_customers,
        0 as repeat_customers,
        1 as observed_customers_180d,
        case when second_on <= observed_until then 1 else 0 end as repeat_customers_180d
    from segmented
    where observed_until <= {{ as_of_date() }}
),

changes as (
    select
        changed_on,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        sum(ordering_customers) as ordering_customers,
        sum(repeat_customers) as repeat_customers,
        sum(observed_customers_180d) as observed_customers_180d,
        sum(repeat_customers_180d) as repeat_customers_180d
    from dated
    group by {{ segment_sets(['changed_on']) }}
)

select * from changes
