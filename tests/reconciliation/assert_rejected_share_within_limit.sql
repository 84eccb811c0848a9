-- No raw table has more rejected rows than max_rejected_share allows.

select
    table_name,
    raw_rows,
    rejected_rows
from {{ ref('customer_success', 'rpt_raw_reconciliation') }}
where rejected_rows > {{ var('max_rejected_share') }} * raw_rows
