-- From when to when (exclusive; null: still active) each customer was active without interruption.

with

changes as (
    select * from {{ ref('customer_success', 'fct_mrr_changes') }}
    where (mrr_before = 0) <> (mrr_after = 0)
),

turns as (
    select
        customer_id,
        changed_on as from_on,
        lead(changed_on) over (partition by customer_id order by changed_on) as to_on,
        mrr_after > 0 as is_active
    from changes
),

spans as (
    select
        customer_id,
        from_on,
        to_on
    from turns
    where is_active
)

select * from spans
