with

changes as (
    select * from {{ ref('customer_success', 'fct_mrr_changes') }}
),

activity as (
    select
        customer_id,
        min(first_active_on) as first_active_on,
        {{ last_value_by('mrr_after', 'changed_on') }} as current_mrr,
        {{ last_value_by('plan_id_after', 'changed_on') }} as current_plan_id,
        max(last_churned_on) as last_churned_on,
        max(case when changed_on = first_active_on then mrr_after end) as first_mrr,
        max(case when changed_on = first_active_on then plan_id_after end) as first_plan_id
    from changes
    group by customer_id
),

dated as (
    select
        customer_id,
        first_active_on,
        case
            when current_mrr > 0 then {{ as_of_date() }}
            else {{ add_days('last_churned_on', -1) }}
        end as last_active_on,
        current_mrr > 0 as is_active,
        current_mrr,
        current_plan_id,
        first_mrr,
        first_plan_id
    from activity
)

select * from dated
