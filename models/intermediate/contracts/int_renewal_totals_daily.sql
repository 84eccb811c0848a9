-- Due terms by the day they ended and by segment.

with

renewals as (
    select * from {{ ref('int_contract_renewals') }}
),

customer_segments as (
    select * from {{ ref('int_customer_segments') }}
),

plan_segments as (
    select * from {{ ref('int_plan_segments') }}
),

plan_spans as (
    select * from {{ ref('int_primary_plan_spans') }}
),

segmented as (
    select
        {{ segment_columns('customer_segments', 'plan_segments') }}
        renewals.term_end,
        renewals.status,
        renewals.renewal_type,
        renewals.is_dormant,
        case when renewals.status <> 'pending' then renewals.due_monthly_value end as due_value,
        case
            when renewals.due_monthly_value is null then null
            when renewals.renewed_monthly_value < renewals.due_monthly_value
                then renewals.renewed_monthly_value
            when renewals.renewed_monthly_value is not null then renewals.due_monthly_value
        end as renewed_value
    from renewals
    inner join customer_segments on renewals.customer_id = customer_segments.customer_id
    {{ join_plan_of_day('renewals.customer_id', 'renewals.term_end') }}
    left join plan_segments on {{ plan_of_day() }} = plan_segments.plan_id
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
