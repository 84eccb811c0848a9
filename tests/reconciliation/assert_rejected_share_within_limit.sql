-- No raw table has more rejected rows than max_rejected_share and min_rejected_rows allow.

select
    table_name,
    raw_rows,
    rejected_rows
from {{ ref('customer_success', 'rpt_raw_reconciliation') }}
where {{ is_beyond_limit('raw_rows', 'rejected_rows') }}
