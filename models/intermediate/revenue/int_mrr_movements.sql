-- A view: what it joins is stored once, and windows that are alike are unfolded only when read.

with

changes as (
    select * from {{ ref('int_mrr_changes') }}
),

period_states as (
    select * from {{ ref('int_mrr_period_states') }}
),

trailing_spans as (
    select * from {{ ref('int_mrr_trailing_spans') }}
),

periods as (
    select
        *,
        {{ month_number('period_end') }} as end_month
    from {{ ref('int_periods') }}
),

month_offsets as (
    {% for offset in range(12) -%}
    select {{ offset }} as month_offset
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

trailing_windows as (
    select
        trailing_spans.*,
        trailing_spans.first_window_month + month_offsets.month_offset as end_month
    from trailing_spans
    inner join month_offsets
        on trailing_spans.first_window_month + month_offsets.month_offset
            <= trailing_spans.last_window_month
),

endpoints as (
    -- a day has at most one change, which is its opening and its closing
    select
        customer_id,
        'day' as period_grain,
        changed_on as period_start,
        mrr_before as opening_mrr,
        mrr_after as closing_mrr,
        plan_id_before as opening_plan_id,
        plan_id_after as closing_plan_id,
        first_active_on,
        last_churned_on,
        mrr_after > 0 as was_active_within
    from changes
    union all
    select
        customer_id,
        period_grain,
        period_start,
        opening_mrr,
        closing_mrr,
        opening_plan_id,
        closing_plan_id,
        first_active_on,
        last_churned_on,
        was_active_within
    from period_states
    union all
    select
        trailing_windows.customer_id,
        'trailing_12_months' as period_grain,
        periods.period_start,
        trailing_windows.opening_mrr,
        trailing_windows.closing_mrr,
        trailing_windows.opening_plan_id,
        trailing_windows.closing_plan_id,
        trailing_windows.first_active_on,
        trailing_windows.last_churned_on,
        trailing_windows.was_active_within
    from trailing_windows
    inner join periods
        on trailing_windows.end_month = periods.end_month
            and periods.period_grain = 'trailing_12_months'
),

-- besides movements, two things count that move no MRR: a plan changed at the same MRR, and a
-- customer that came and went within the period
movements as (
    select
        endpoints.period_grain,
        endpoints.period_start,
        periods.period_end,
        periods.is_complete,
        endpoints.customer_id,
        {{ movement_type(
            'endpoints.opening_mrr', 'endpoints.closing_mrr', 'endpoints.first_active_on',
            'endpoints.period_start',
        ) }} as movement_type,
        endpoints.opening_mrr,
        endpoints.closing_mrr,
        endpoints.opening_plan_id,
        endpoints.closing_plan_id,
        case when endpoints.closing_mrr = 0 then endpoints.last_churned_on end as churned_on
    from endpoints
    inner join periods
        on endpoints.period_grain = periods.period_grain
            and endpoints.period_start = periods.period_start
    where endpoints.opening_mrr <> endpoints.closing_mrr
        or (
            endpoints.opening_mrr > 0
            and endpoints.opening_plan_id <> endpoints.closing_plan_id
        )
        or (endpoints.opening_mrr = 0 and endpoints.was_active_within)
)

select * from movements
