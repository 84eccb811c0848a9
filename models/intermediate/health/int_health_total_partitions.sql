-- The months whose health is counted, each with a hash of all that is counted: the scores, and by
-- customer the MRR and the segments of the day.

with

months as (
    select * from {{ ref('customer_success', 'int_health_partitions') }}
),

mrr_changes as (
    select * from {{ ref('customer_success', 'fct_mrr_changes') }}
),

segments as (
    select * from {{ ref('customer_success', 'int_segments_by_day') }}
),

hashed as (
    select
        changed_on as from_on,
        {{ add_days('next_changed_on', -1) }} as last_on,
        {{ row_hash(['customer_id', 'mrr_after']) }} as row_hash
    from mrr_changes
    union all
    select
        from_on,
        {{ add_days('to_on', -1) }} as last_on,
        {{ row_hash(['customer_id'] + segment_columns_of(general_segments())) }} as row_hash
    from segments
    -- who is scored has a plan; the days before a first plan would alter all earlier months
    where from_on > cast('0001-01-01' as date)
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
