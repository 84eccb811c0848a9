-- Every target with the last day on which a period may start for it to hold.

-- The check of what targets name needs these built:
-- depends_on: {{ ref('kpi_catalog') }}
-- depends_on: {{ ref('int_customer_segments') }}
-- depends_on: {{ ref('int_plan_segments') }}

{{ config(pre_hook="{{ check_kpi_targets() }}") }}

with

kpi_targets as (
    select * from {{ ref('kpi_targets') }}
),

targets as (
    select
        kpi_code,
        period_grain,
        segment_type,
        segment_value,
        starts_on,
        -- an open target holds until the next one starts
        coalesce(ends_on, {{ add_days('lead(starts_on) over by_target', -1) }}) as last_start_on,
        target_value
    from kpi_targets
    window by_target as (
        partition by kpi_code, period_grain, segment_type, segment_value order by starts_on
    )
)

select * from targets
