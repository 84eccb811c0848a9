with

curve as (
    select * from {{ ref('int_survival_curve') }}
),

final as (
    select
        segment_type,
        segment_value,
        tenure_month,
        cast(at_risk as integer) as at_risk,
        cast(churned as integer) as churned,
        hazard,
        survival
    from curve
)

select * from final
