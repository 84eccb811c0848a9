-- Incremental by months: a month is recomputed when its hash has changed.

{{ config(computed_by_partition('month_end', 'int_health_partitions')) }}

with

months as (
    select * from {{ ref('customer_success', 'int_health_partitions') }}
),

signals as (
    select * from {{ ref('customer_success', 'int_health_signals') }}
),

active_spans as (
    select * from {{ ref('customer_success', 'int_active_spans') }}
),

changed_months as (
    {{ changed_partitions('months', 'month_end', 'signals_hash') }}
),

-- Sundays of the last complete weeks on which a customer was active, counted span by span
span_months as (
    select
        active_spans.customer_id,
        changed_months.month_end,
        changed_months.signals_hash,
        active_spans.to_on is null or active_spans.to_on > changed_months.month_end as is_active,
        {%- for week in range(health_usage_weeks()) %}
        {%- set sunday = add_days(
            period_start('week', add_days('changed_months.month_end', 1)), -1 - 7 * week
        ) %}
        {{ '+ ' if not loop.first }}{{ is_within_span(sunday, 'active_spans') }}
        {%- endfor %} as active_sundays
    from changed_months
    inner join active_spans
        on changed_months.month_end >= active_spans.from_on
            and (
                active_spans.to_on is null
                or active_spans.to_on > {{ add_days(
                    'changed_months.month_end', -7 * health_usage_weeks()
                ) }}
            )
),

active_customers as (
    select
        customer_id,
        month_end,
        signals_hash,
        sum(active_sundays) as active_sundays
    from span_months
    group by customer_id, month_end, signals_hash
    having max(case when is_active then 1 else 0 end) = 1
),

month_signals as (
    select
        signals.customer_id,
        changed_months.month_end,
        max(case when signals.signal_type = 'nps' then signals.signal_value end) as nps,
        max(
            case when signals.signal_type = 'onboarding_completed' then signals.signal_value end
        ) as onboarding_completed,
        max(
            case when signals.signal_type = 'onboarding_due' then signals.signal_value end
        ) as onboarding_due,
        max(case when signals.signal_type = 'failed_order' then signals.signal_value end)
            as failed_order,
        max(case when signals.signal_type = 'order' then signals.signal_value end) as any_order,
        max(case when signals.signal_type = 'engagement' then signals.signal_value end)
            as engagement,
        sum(case when signals.signal_type = 'usage' then signals.signal_value end) as usage,
        sum(case when signals.signal_type = 'open_ticket' then signals.signal_value end)
            as open_tickets
    from changed_months
    inner join signals
        on changed_months.month_end >= signals.from_on
            and (signals.last_on is null or changed_months.month_end <= signals.last_on)
    group by signals.customer_id, changed_months.month_end
),

onboarding as (
    select * from {{ ref('customer_success', 'fct_onboarding') }}
),

health as (
    select
        active_customers.customer_id,
        {% if landed_tables(['sessions', 'feature_events']) -%}
        {{ ratio('coalesce(month_signals.usage, 0)', 'active_customers.active_sundays') }}
        {%- else -%}
        cast(null as {{ type_double() }})
        {%- endif %} as usage,
        cast(case
            when month_signals.onboarding_completed = 1 then 100
            when month_signals.onboarding_due = 1 then 0
            when onboarding.deadline_on is not null then 50
        end as {{ type_double() }}) as onboarding,
        cast(month_signals.nps as {{ type_double() }}) as nps,
        {% if raw_table_is_present('support_tickets') -%}
        cast({{ health_of_open_tickets('month_signals.open_tickets') }} as {{ type_double() }})
        {%- else -%}
        cast(null as {{ type_double() }})
        {%- endif %} as support,
        cast(case
            when month_signals.failed_order = 1 then 0
            when month_signals.any_order = 1 then 100
        end as {{ type_double() }}) as payment,
        {% if landed_tables(['campaign_touches', 'community_activities']) -%}
        cast(
            case when month_signals.engagement = 1 then 100 else 0 end as {{ type_double() }}
        )
        {%- else -%}
        cast(null as {{ type_double() }})
        {%- endif %} as engagement,
        active_customers.signals_hash,
        -- last, because Spark keeps partition columns at the end
        active_customers.month_end
    from active_customers
    left join month_signals
        on active_customers.customer_id = month_signals.customer_id
            and active_customers.month_end = month_signals.month_end
    left join onboarding on active_customers.customer_id = onboarding.customer_id
)

select * from health
