-- The months whose health is counted, each with a hash of all that is counted: the scores, and by
-- customer the MRR, the plan and the other segments of the day.

with

months as (
    select * from {{ ref('int_health_months') }}
),

mrr_changes as (
    select * from {{ ref('int_mrr_changes') }}
),

plan_spans as (
    select * from {{ ref('int_primary_plan_spans') }}
),

customer_segments as (
    select * from {{ ref('int_customer_segments') }}
),

plan_segments as (
    select * from {{ ref('int_plan_segments') }}
),

valued as (
    select
        mrr_changes.changed_on,
        mrr_changes.next_changed_on,
        mrr_changes.mrr_after,
        customer_segments.*
    from mrr_changes
    inner join customer_segments on mrr_changes.customer_id = customer_segments.customer_id
),

planned as (
    select
        plan_spans.customer_id,
        plan_spans.from_on,
        plan_spans.to_on,
        plan_segments.plan_id,
        plan_segments.product
    from plan_spans
    inner join plan_segments on plan_spans.plan_id = plan_segments.plan_id
),

hashed as (
    select
        changed_on as from_on,
        {{ add_days('next_changed_on', -1) }} as last_on,
        {{ row_hash(['customer_id', 'mrr_after'] + customer_attributes()) }} as row_hash
    from valued
    union all
    -- the plan of the day before may count too
    select
        from_on,
        to_on as last_on,
        {{ row_hash(['customer_id', 'plan_id', 'product']) }} as row_hash
    from planned
),

month_sums as (
    {{ hashes_of_days('months', 'month_end', 'hashed') }}
),

month_hashes as (
    select
        months.month_end,
        '{{ segment_types() | join(" ") }}:' || months.scores_hash || ':'
        || cast(month_sums.day_hash as {{ dbt.type_string() }}) as totals_hash
    from months
    inner join month_sums on months.month_end = month_sums.month_end
)

select * from month_hashes
