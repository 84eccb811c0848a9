-- Offers decided, by day of the decision and segment.

with

offers as (
    select
        *,
        case when outcome = 'accepted' then 1 else 0 end as is_accepted
    from {{ ref('stg_offers') }}
    where decided_on is not null and outcome is not null
),

segmented as (
    {{ segmented_by_day('offers', 'decided_on', ['decided_on', 'is_accepted']) }}
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
