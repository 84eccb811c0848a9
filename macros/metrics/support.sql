{# Support. Arguments are SQL. #}

{% macro minutes(microseconds) -%}
    {#- Microseconds (whole number) as minutes, a double. -#}
    cast({{ microseconds }} as {{ type_double() }}) / 60000000
{%- endmacro %}


{% macro business_microseconds_until(timestamp, day) -%}
    {#-
        Microseconds of business time from the start of the calendar of business hours to a local
        timestamp, a whole number. Between two moments lies the difference of the two.

        timestamp: local timestamp; day: alias of int_business_days joined on its local date.
    -#}
    {%- set of_day = microseconds_between('cast(' ~ day ~ '.day_on as ' ~ dbt.type_timestamp() ~ ')', timestamp) -%}
    {{ day }}.microseconds_before + case
        when {{ of_day }} <= {{ day }}.opens_microsecond then 0
        when {{ of_day }} >= {{ day }}.closes_microsecond
            then {{ day }}.closes_microsecond - {{ day }}.opens_microsecond
        else {{ of_day }} - {{ day }}.opens_microsecond
    end
{%- endmacro %}


{% macro business_microseconds_between(first, first_day, last, last_day) -%}
    {#-
        Microseconds of business time between two local timestamps, a whole number; 0 where the clock
        was put back in between and shows less at the later one.

        first_day, last_day: aliases of int_business_days joined on the local dates.
    -#}
    {%- set difference -%}
        {{ business_microseconds_until(last, last_day) }}
        - ({{ business_microseconds_until(first, first_day) }})
    {%- endset -%}
    case when {{ difference }} < 0 then 0 else {{ difference }} end
{%- endmacro %}


{% macro is_waiting(first_response, resolved_on) -%}
    {#-
        Whether a ticket waits for its first answer: it has none, and was not resolved without one.

        first_response: any column of the first answer, null without one; resolved_on: the day on
        which the ticket was resolved, null before.
    -#}
    {{ first_response }} is null and {{ resolved_on }} is null
{%- endmacro %}


{% macro is_within_sla(microseconds_taken, microseconds_so_far, sla_minutes) -%}
    {#-
        Whether a ticket was answered in time; null while it may still be.

        microseconds_taken: to the first answer, null without one; microseconds_so_far: to the end of
        the as-of date; sla_minutes: the limit.
    -#}
    case
        when {{ microseconds_taken }} <= {{ sla_minutes }} * cast(60000000 as bigint) then true
        when {{ microseconds_taken }} is not null then false
        when {{ microseconds_so_far }} > {{ sla_minutes }} * cast(60000000 as bigint) then false
    end
{%- endmacro %}


{% macro minutes_after(moment, minutes) -%}
    {#- The timestamp some minutes after another. moment: timestamp; minutes: number, fractions count. -#}
    {{ add_microseconds(moment, 'cast(' ~ minutes ~ ' * 60000000 as bigint)') }}
{%- endmacro %}
