-- Due terms by the day they ended and by segment.

with

renewals as (
    select * from {{ ref('int_contract_renewals') }}
),

valued as (
    select
        customer_id,
        term_end,
        status,
        renewal_type,
        is_dormant,
        case when status <> 'pending' then due_monthly_value end as due_value,
        case
            when due_monthly_value is null then null
            when renewed_monthly_value < due_monthly_value then renewed_monthly_value
            when renewed_monthly_value is not null then due_monthly_value
        end as renewed_value
    from renewals
),

segmented as (
    {{ segmented_by_day(
        'valued', 'term_end',
        ['term_end', 'status', 'renewal_type', 'is_dormant', 'due_value', 'renewed_value'],
    ) }}
),

totals as (
    select
        term_end,
        {{ segment_type() }} as segment_type,
        {{ segment_value() }} as segment_value,
        count(*) as due_contracts,
        {%- for name, condition in [
            ('pending', "status = 'pending'"),
            ('renewed', "status = 'renewed'"),
            ('manually_renewed', "renewal_type = 'manual'"),
            ('auto_renewed', "renewal_type = 'auto'"),
        ] %}
        sum(case when {{ condition }} then 1 else 0 end) as {{ name }}_contracts,
        {%- endfor %}
        {% if raw_table_is_present('sessions') -%}
        sum(case when is_dormant then 1 else 0 end)
        {%- else -%}
        cast(null as integer)
        {%- endif %} as dormant_auto_renewed_contracts,
        sum(due_value) as due_value,
        sum(renewed_value) as renewed_value
    from segmented
    group by {{ segment_sets(['term_end']) }}  -- noqa: PRS
)

select * from totals
