-- Which plan was a customer's primary plan, from which day to which (exclusive; null = still).

with

changes as (
    select * from {{ ref('int_mrr_changes') }}
),

spans as (
    select
        customer_id,
        plan_id_after as plan_id,
        changed_on as from_on,
        lead(changed_on) over (partition by customer_id order by changed_on) as to_on
    from changes
),

with_plan as (
    select * from spans
    where plan_id is not null
)

select * from with_plan
