{#
    From changes to periods, for whatever changes now and then: for every period in which it changed,
    the state at its opening (the day before it starts) and at its closing.

    The macros read changes of an entity (`key`: list of columns), one row per day on which it changed,
    with a column <state>_before and <state>_after per state, next_changed_on, and `carried` columns
    that are taken as they are at closing. `states` maps each state to what it is before the first
    change. Every other argument is the name of a CTE or relation.
#}

{% macro period_states(changes, key, states, carried) -%}
    {#-
        Select statement: key, period_grain, period_start, opening_<state>, closing_<state>, carried;
        a row per period with a change, of every tiling grain but the day: a day has at most one
        change, which is its opening and its closing.

        changes: the changes.
    -#}
    {%- set grains = tiling_grains() | reject('equalto', 'day') | list -%}
    select
        {{ key | join(', ') }},
        period_grain,
        period_start,
        {%- for state, default in states.items() %}
        {%- set before -%}
            lag({{ state }}_after) over (
            partition by period_grain, {{ key | join(', ') }} order by period_start
        )
        {%- endset %}
        {{ before if default is none else 'coalesce(' ~ before ~ ', ' ~ default ~ ')' }}
            as opening_{{ state }},
        {{ state }}_after as closing_{{ state }},
        {%- endfor %}
        {{ carried | join(', ') }}
    from (
        {% for grain in grains -%}
        select
            *,
            '{{ grain }}' as period_grain,
            {{ period_start(grain, 'changed_on') }} as period_start
        from {{ changes }}
        where next_changed_on is null
            or {{ period_start(grain, 'next_changed_on') }} > {{ period_start(grain, 'changed_on') }}
        {{ 'union all' if not loop.last }}
        {% endfor -%}
    ) as last_changes
{%- endmacro %}


{% macro trailing_spans(month_states, key, states, carried) -%}
    {#-
        Select statement: key, first_window_month, last_window_month (null: no end), opening_<state>,
        closing_<state>, carried. A window of twelve months ending in month w opens with the state at
        the end of month w − 12 and closes with that at the end of month w. Either lasts for some
        months, so windows come in spans that are alike: one row for each pair of states that some
        window opens and closes with.

        month_states: the rows of grain month of period_states().
    -#}
    with

    closing_states as (
        select
            {{ key | join(', ') }},
            {{ month_number('period_start') }} as from_month,
            lead({{ month_number('period_start') }}) over (
                partition by {{ key | join(', ') }} order by period_start
            ) as next_month,
            {%- for state in states %}
            closing_{{ state }},
            {%- endfor %}
            {{ carried | join(', ') }}
        from {{ month_states }}
    ),

    -- the same a year later; before its first change there is nothing
    opening_states as (
        select
            {{ key | join(', ') }},
            from_month + 12 as from_month,
            next_month + 12 as next_month
            {%- for state in states %},
            closing_{{ state }} as opening_{{ state }}
            {%- endfor %}
        from closing_states
        union all
        select
            {{ key | join(', ') }},
            min(from_month) as from_month,
            min(from_month) + 12 as next_month
            {%- for state, default in states.items() %},
            {{ 'null' if default is none else default }} as opening_{{ state }}
            {%- endfor %}
        from closing_states
        group by {{ key | join(', ') }}
    )

    select
        {%- for column in key %}
        closing.{{ column }},
        {%- endfor %}
        case
            when closing.from_month > opening.from_month then closing.from_month
            else opening.from_month
        end as first_window_month,
        case
            when closing.next_month < opening.next_month then closing.next_month
            else opening.next_month
        end - 1 as last_window_month,
        {%- for state in states %}
        opening.opening_{{ state }},
        closing.closing_{{ state }},
        {%- endfor %}
        {%- for column in carried %}
        closing.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from closing_states as closing
    inner join opening_states as opening
        on {% for column in key -%}
            closing.{{ column }} = opening.{{ column }} and {% endfor -%}
            (closing.next_month > opening.from_month or closing.next_month is null)
            and opening.next_month > closing.from_month
{%- endmacro %}


{% macro opening_closing(changes, period_states, trailing_spans, periods, key, states, carried) -%}
    {#-
        Select statement: key, period_grain, period_start, period_end, is_complete, opening_<state>,
        closing_<state>, carried, over all grains, for the reported periods.

        changes: the changes; period_states, trailing_spans: rows of the macros above; periods: those
        to report.
    -#}
    {%- set columns = [] -%}
    {%- for state in states -%}
        {%- do columns.extend(['opening_' ~ state, 'closing_' ~ state]) -%}
    {%- endfor -%}
    {%- do columns.extend(carried) -%}
    select
        {%- for column in key %}
        states_by_period.{{ column }},
        {%- endfor %}
        states_by_period.period_grain,
        states_by_period.period_start,
        {{ periods }}.period_end,
        {{ periods }}.is_complete,
        {%- for column in columns %}
        states_by_period.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        -- a day has at most one change, which is its opening and its closing
        select
            {{ key | join(', ') }},
            'day' as period_grain,
            changed_on as period_start,
            {%- for state in states %}
            {{ state }}_before as opening_{{ state }},
            {{ state }}_after as closing_{{ state }},
            {%- endfor %}
            {{ carried | join(', ') }}
        from {{ changes }}
        union all
        select
            {{ key | join(', ') }},
            period_grain,
            period_start,
            {{ columns | join(', ') }}
        from {{ period_states }}
        union all
        select
            {%- for column in key %}
            {{ trailing_spans }}.{{ column }},
            {%- endfor %}
            windows.period_grain,
            windows.period_start,
            {%- for column in columns %}
            {{ trailing_spans }}.{{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ trailing_spans }}
        -- a pair of states lasts for twelve windows at most
        inner join (
            {%- for offset in range(12) %}
            select {{ offset }} as month_offset {{ 'union all' if not loop.last }}
            {%- endfor %}
        ) as month_offsets
            on {{ trailing_spans }}.first_window_month + month_offsets.month_offset
                <= {{ trailing_spans }}.last_window_month
        inner join {{ periods }} as windows
            on {{ trailing_spans }}.first_window_month + month_offsets.month_offset
                = {{ month_number('windows.period_end') }}
                and windows.period_grain = 'trailing_12_months'
    ) as states_by_period
    inner join {{ periods }}
        on states_by_period.period_grain = {{ periods }}.period_grain
            and states_by_period.period_start = {{ periods }}.period_start
{%- endmacro %}
