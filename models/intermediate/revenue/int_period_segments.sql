-- Every period with every segment value that ever had a customer or a movement; days with all only.

with

periods as (
    select * from {{ ref('int_periods') }}
),

daily_totals as (
    select * from {{ ref('int_mrr_totals_daily') }}
),

movement_totals as (
    select * from {{ ref('int_mrr_movement_totals') }}
),

segments as (
    select
        segment_type,
        segment_value
    from daily_totals
    union
    select
        segment_type,
        segment_value
    from movement_totals
    union
    select
        'all' as segment_type,
        'all' as segment_value
),

period_segments as (
    select
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        periods.closing_on,
        periods.is_complete,
        segments.segment_type,
        segments.segment_value
    from periods
    inner join segments on periods.period_grain <> 'day' or segments.segment_type = 'all'
)

select * from period_segments
