with

kpi_catalog as (
    select * from {{ config_seed('kpi_catalog') }}
),

final as (
    select
        kpi_code,
        kpi_name,
        kpi_name_ja,
        category,
        formula,
        formula_ja,
        unit,
        direction,
        timing,
        source,
        mart_name,
        value_column,
        numerator_column,
        denominator_column,
        sort_order,
        needs
    from kpi_catalog
)

select * from final
