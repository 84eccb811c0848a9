with

item_spans as (
    select * from {{ ref('customer_success', 'int_subscription_item_spans') }}
),

signed_amounts as (
    select
        customer_id,
        from_on as changed_on,
        mrr as mrr_change,
        quantity as seats_change
    from item_spans
    union all
    select
        customer_id,
        to_on as changed_on,
        -mrr as mrr_change,
        -quantity as seats_change
    from item_spans
    where to_on is not null
),

daily_changes as (
    select
        customer_id,
        changed_on,
        sum(mrr_change) as mrr_change,
        sum(seats_change) as seats_change
    from signed_amounts
    group by customer_id, changed_on
),

running as (
    select
        customer_id,
        changed_on,
        mrr_change,
        sum(mrr_change) over (
            partition by customer_id order by changed_on
            rows between unbounded preceding and current row
        ) as mrr_after,
        sum(seats_change) over (
            partition by customer_id order by changed_on
            rows between unbounded preceding and current row
        ) as seats_after,
        lead(changed_on) over (partition by customer_id order by changed_on) as next_changed_on
    from daily_changes
),

states as (
    select
        customer_id,
        changed_on,
        cast(mrr_after - mrr_change as numeric(18, 4)) as mrr_before,
        cast(mrr_after as numeric(18, 4)) as mrr_after,
        cast(seats_after as numeric(18, 4)) as seats_after,
        next_changed_on
    from running
)

select * from states
