-- Raw rows = used + superseded + deleted + rejected, per table, and rejected rows are all named.

with

reconciliation as (
    select * from {{ ref('customer_success', 'rpt_raw_reconciliation') }}
),

named as (
    select
        table_name,
        count(distinct case when row_key <> '' then row_key end) as keyed_rows,
        sum(case when row_key = '' then 1 else 0 end) as keyless_reasons
    from {{ ref('customer_success', 'fct_rejected_rows') }}
    group by table_name
)

select reconciliation.table_name
from reconciliation
left join named on reconciliation.table_name = named.table_name
where reconciliation.raw_rows <> reconciliation.used_rows + reconciliation.superseded_rows
    + reconciliation.deleted_rows + reconciliation.rejected_rows
    or (not reconciliation.is_present and reconciliation.raw_rows > 0)
    or coalesce(named.keyed_rows, 0) > reconciliation.rejected_rows
    or (
        coalesce(named.keyless_reasons, 0) = 0
        and coalesce(named.keyed_rows, 0) <> reconciliation.rejected_rows
    )
