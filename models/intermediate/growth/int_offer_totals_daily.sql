-- Offers decided, by day of the decision and segment.

with

offers as (
    select * from {{ ref('stg_offers') }}
    where decided_on is not null and outcome is not null
),

customer_segments as (
    select * from {{ ref('int_customer_segments') }}
),

plan_segments as (
    select * from {{ ref('int_plan_segments') }}
),

plan_spans as (
    select * from {{ ref('int_primary_plan_spans') }}
),

segmented as (
    select
        {{ segment_columns('customer_segments', 'plan_segments') }}
        offers.decided_on,
        case when offers.outcome = 'accepted' then 1 else 0 end as is_accepted
    from offers
    inner join customer_segments on offers.customer_id = customer_segments.customer_id
    {{ join_plan_of_day('offers.customer_id', 'offers.decided_on') }}
    left join plan_segments on {{ plan_of_day() }} = plan_segments.plan_id
),

totals as (
    select
        decided_on,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        count(*) as offers_decided,
        sum(is_accepted) as offers_accepted
    from segmented
    group by {{ segment_sets(['decided_on']) }}  -- noqa: PRS
)

select * from totals
