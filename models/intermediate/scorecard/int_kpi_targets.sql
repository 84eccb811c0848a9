-- Every target with the last day on which a period may start for it to hold.

-- The check of what targets name needs these built:
-- depends_on: {{ config_seed('kpi_catalog') }}
-- depends_on: {{ ref('customer_success', 'int_customer_segments') }}
-- depends_on: {{ ref('customer_success', 'int_plan_segments') }}

{{ config(pre_hook="{{ check_kpi_targets(
    config_seed('kpi_targets'),
    config_seed('kpi_catalog'),
    ref('customer_success', 'int_customer_segments'),
    ref('customer_success', 'int_plan_segments')
) }}") }}

with

kpi_targets as (
    select * from {{ config_seed('kpi_targets') }}
),

ordered as (
    select
        *,
        lead(starts_on) over (
            partition by kpi_code, period_grain, segment_type, segment_value order by starts_on
        ) as next_starts_on
    from kpi_targets
),

targets as (
    select
        kpi_code,
        period_grain,
        segment_type,
        segment_value,
        starts_on,
        -- an open target holds until the next one starts
        coalesce(ends_on, {{ add_days('next_starts_on', -1) }}) as last_start_on,
        target_value
    from ordered
)

select * from targets
