-- Customers by health band, and their MRR, by month and segment. Incremental by months, like
-- int_health_components.

{{ config(computed_by_partition('month_end', 'int_health_total_partitions')) }}

with

months as (
    select * from {{ ref('customer_success', 'int_health_total_partitions') }}
),

segments as (
    select * from {{ ref('customer_success', 'int_segments_by_day') }}
),

changed_months as (
    {{ changed_partitions('months', 'month_end', 'totals_hash') }}
),

scores as (
    select * from {{ ref('customer_success', 'fct_customer_health') }}
    where health_score is not null
),

mrr_changes as (
    select * from {{ ref('customer_success', 'fct_mrr_changes') }}
),

valued as (
    select
        scores.customer_id,
        changed_months.month_end,
        changed_months.totals_hash,
        scores.health_band,
        scores.health_score,
        mrr_changes.mrr_after as mrr
    from scores
    inner join changed_months on scores.month_end = changed_months.month_end
    inner join mrr_changes
        on scores.customer_id = mrr_changes.customer_id
            and scores.month_end >= mrr_changes.changed_on
            and (
                scores.month_end < mrr_changes.next_changed_on
                or mrr_changes.next_changed_on is null
            )
),

segmented as (
    {{ in_segments(
        'valued', 'month_end', ['month_end', 'totals_hash', 'health_band', 'health_score', 'mrr'],
        'segments',
    ) }}
),

totals as (
    select
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        count(*) as scored_customers,
        {{ count_where("health_band = 'red'") }} as red_customers,
        {{ count_where("health_band = 'yellow'") }} as yellow_customers,
        {{ count_where("health_band = 'green'") }} as green_customers,
        -- as decimals, whose sum does not depend on the order
        sum(cast(health_score as numeric(18, 10))) as health_score_sum,
        sum(mrr) as scored_mrr,
        sum(case when health_band = 'red' then mrr else 0 end) as red_mrr,
        max(totals_hash) as totals_hash,
        -- last, because Spark keeps partition columns at the end
        month_end
    from segmented
    group by {{ segment_sets(['month_end']) }}
)

select * from totals
