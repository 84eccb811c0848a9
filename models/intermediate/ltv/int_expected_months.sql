-- Discounted months that a new customer of a segment will stay, by its survival curve. Where too
-- few customers are at risk for an estimate, the curve continues with a flat hazard.

{%- set horizon = var('ltv_max_lifetime_months') | int %}

with

curve as (
    select * from {{ ref('customer_success', 'fct_survival_curve') }}
),

trusted as (
    select
        segment_type,
        segment_value,
        max(tenure_month) as last_month
    from curve
    where at_risk >= {{ var('survival_min_at_risk') }}
    group by segment_type, segment_value
),

flat_hazards as (
    select
        trusted.segment_type,
        trusted.segment_value,
        trusted.last_month,
        {{ ratio('sum(curve.churned)', 'sum(curve.at_risk)') }} as hazard
    from trusted
    inner join curve
        on trusted.segment_type = curve.segment_type
            and trusted.segment_value = curve.segment_value
            and curve.tenure_month > trusted.last_month - 12
            and curve.tenure_month <= trusted.last_month
    group by trusted.segment_type, trusted.segment_value, trusted.last_month
),

months as (
    {{ integer_range(horizon - 1) }}
),

hazards as (
    select
        flat_hazards.segment_type,
        flat_hazards.segment_value,
        months.number as tenure_month,
        case
            when months.number <= flat_hazards.last_month then curve.hazard
            else flat_hazards.hazard
        end as hazard
    from flat_hazards
    cross join months
    left join curve
        on flat_hazards.segment_type = curve.segment_type
            and flat_hazards.segment_value = curve.segment_value
            and months.number = curve.tenure_month
),

survivals as (
    select
        *,
        {{ surviving_share('hazard', ['segment_type', 'segment_value'], 'tenure_month') }}
            as survival
    from hazards
),

-- a month counts for those that survived the months before it
lived as (
    select
        *,
        coalesce(
            lag(survival) over (partition by segment_type, segment_value order by tenure_month), 1
        ) as share_at_start
    from survivals
),

expected as (
    select
        segment_type,
        segment_value,
        -- as decimals, whose sum does not depend on the order
        cast(
            sum(cast(share_at_start / {{ discount_factor('tenure_month') }} as numeric(18, 14)))
            as {{ type_double() }}
        ) as expected_months
    from lived
    group by segment_type, segment_value
)

select * from expected
