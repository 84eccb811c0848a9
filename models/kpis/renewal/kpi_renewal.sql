with

periods as (
    select * from {{ ref('customer_success', 'dim_periods') }}
),

period_days as (
    select * from {{ ref('customer_success', 'int_period_days') }}
),

segments as (
    select * from {{ ref('customer_success', 'int_segments_by_day') }}
),

renewals as (
    select * from {{ ref('customer_success', 'fct_contract_renewals') }}
),

terms as (
    {{ counted_by_period(
        'renewals', day='term_end',
        measures={
            'due_contracts': 'count(*)',
            'pending_contracts': count_where("status = 'pending'"),
            'renewed_contracts': count_where("status = 'renewed'"),
            'manually_renewed_contracts': count_where("renewal_type = 'manual'"),
            'auto_renewed_contracts': count_where("renewal_type = 'auto'"),
            'dormant_auto_renewed_contracts': count_where('is_dormant'),
            'due_value': 'sum(' ~ decided_value('status', 'due_monthly_value') ~ ')',
            'renewed_value': 'sum(' ~ kept_value('due_monthly_value', 'renewed_monthly_value') ~ ')',
        },
        segments='segments', period_days='period_days',
    ) }}
),

keys as (
    {{ kpi_keys('periods', ['terms']) }}
),

totals as (
    select
        keys.period_grain,
        keys.period_start,
        keys.period_end,
        keys.is_complete,
        keys.segment_type,
        keys.segment_value,
        {{ count_or_zero('terms.due_contracts') }} as due_contracts,
        {{ count_or_zero('terms.pending_contracts') }} as pending_contracts,
        {{ count_or_zero('terms.due_contracts - terms.pending_contracts') }} as decided_contracts,
        {{ count_or_zero('terms.renewed_contracts') }} as renewed_contracts,
        {{ count_or_zero('terms.manually_renewed_contracts') }} as manually_renewed_contracts,
        {{ count_or_zero('terms.auto_renewed_contracts') }} as auto_renewed_contracts,
        {{ count_or_null('terms.dormant_auto_renewed_contracts', ['sessions']) }}
            as dormant_auto_renewed_contracts,
        {{ amount_or_zero('terms.due_value') }} as due_value,
        {{ amount_or_zero('terms.renewed_value') }} as renewed_value
    from keys
    {{ join_kpi_sources('keys', ['terms']) }}
),

final as (
    select
        *,
        {{ ratio('renewed_contracts', 'decided_contracts') }} as contract_renewal_rate,
        {{ ratio('renewed_value', 'due_value') }} as contract_value_renewal_rate,
        {{ ratio('manually_renewed_contracts', 'decided_contracts') }} as voluntary_renewal_rate,
        {{ ratio('dormant_auto_renewed_contracts', 'auto_renewed_contracts') }}
            as dormant_auto_renewal_share
    from totals
)

select * from final
