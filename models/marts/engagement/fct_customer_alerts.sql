with

alerts as (
    select * from {{ ref('int_customer_alerts') }}
),

final as (
    select
        customer_id,
        alert_type,
        raised_on,
        evidence,
        cast(mrr_at_risk as numeric(18, 4)) as mrr_at_risk
    from alerts
)

select * from final
