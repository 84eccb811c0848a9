-- Terms by period and segment come from the single terms: every term is in its month once per
-- segment type, with its status.

with

reported as (
    select min(period_start) as first_on
    from {{ ref('customer_success', 'dim_periods') }}
    where period_grain = 'month'
),

terms as (
    select
        count(*) as due_contracts,
        coalesce({{ count_where("renewals.status = 'pending'") }}, 0) as pending_contracts,
        coalesce({{ count_where("renewals.status = 'renewed'") }}, 0) as renewed_contracts
    from {{ ref('customer_success', 'fct_contract_renewals') }} as renewals
    inner join reported on renewals.term_end >= reported.first_on
),

months as (
    select
        segment_type,
        sum(due_contracts) as due_contracts,
        sum(pending_contracts) as pending_contracts,
        sum(renewed_contracts) as renewed_contracts
    from {{ ref('customer_success', 'kpi_renewal') }}
    where period_grain = 'month'
    group by segment_type
)

select
    months.segment_type,
    months.due_contracts,
    terms.due_contracts as terms
from months
cross join terms
where months.due_contracts <> terms.due_contracts
    or months.pending_contracts <> terms.pending_contracts
    or months.renewed_contracts <> terms.renewed_contracts
