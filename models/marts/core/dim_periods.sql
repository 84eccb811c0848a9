with

periods as (
    select * from {{ ref('int_periods') }}
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        is_complete,
        period_label,
        fiscal_year
    from periods
)

select * from final
