{# Days and timestamps: what differs between engines. #}

{% macro local_date(timestamp) -%}
    {#-
        The day in `reporting_timezone` on which a UTC timestamp falls.

        timestamp: SQL of type timestamp without zone, UTC. Returns SQL of type date.
    -#}
    cast({{ local_timestamp(timestamp) }} as date)
{%- endmacro %}


{% macro local_timestamp(timestamp) -%}
    {#- The local time in `reporting_timezone` of a UTC timestamp, as a timestamp without zone. -#}
    {{ return(adapter.dispatch('local_timestamp', 'customer_success')(timestamp)) }}
{%- endmacro %}

{% macro duckdb__local_timestamp(timestamp) -%}
    {#- Looking a moment up in the time zone costs ten times what adding an offset does. -#}
    {%- set looked_up = "timezone('" ~ var('reporting_timezone') ~ "', timezone('UTC', " ~ timestamp ~ '))' -%}
    {%- set seconds = constant_offset() -%}
    {%- if seconds is none -%}
        {{ looked_up }}
    {%- else -%}
        case
            when {{ timestamp }} >= timestamp '2000-01-01' and {{ timestamp }} < timestamp '2037-01-01'
                then make_timestamp(epoch_us({{ timestamp }}) + {{ seconds * 1000000 }})
            else {{ looked_up }}
        end
    {%- endif -%}
{%- endmacro %}

{% macro constant_offset() -%}
    {#-
        Seconds that clocks in `reporting_timezone` are ahead of UTC, if they are the same from 2000 to
        2036: no summer time, no change of the law. None otherwise.
    -#}
    {%- if not execute -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set zone = modules.pytz.timezone(var('reporting_timezone')) -%}
    {%- set offsets = [] -%}
    {%- for year in range(1999, 2038) -%}
        {%- for month in [1, 4, 7, 10] -%}
            {%- set offset = zone.utcoffset(modules.datetime.datetime(year, month, 15, 12)) -%}
            {%- do offsets.append(offset.total_seconds() | int) if offset.total_seconds() | int not in offsets -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(offsets[0] if offsets | length == 1 else none) }}
{%- endmacro %}

{% macro postgres__local_timestamp(timestamp) -%}
    ({{ timestamp }} at time zone 'UTC' at time zone '{{ var("reporting_timezone") }}')
{%- endmacro %}

{% macro spark__local_timestamp(timestamp) -%}
    from_utc_timestamp({{ timestamp }}, '{{ var("reporting_timezone") }}')
{%- endmacro %}


{% macro utc_from_local(timestamp, zone) -%}
    {#-
        UTC timestamp of a local time in a time zone. A local time that clocks skip is read with the
        offset before it.

        timestamp: SQL of type timestamp without zone; zone: name in the IANA time zone database.
    -#}
    {%- if zone == 'UTC' -%}
        {{ return(timestamp) }}
    {%- endif -%}
    {{ return(adapter.dispatch('utc_from_local', 'customer_success')(timestamp, zone)) }}
{%- endmacro %}

{% macro default__utc_from_local(timestamp, zone) -%}
    timezone('UTC', timezone('{{ zone }}', {{ timestamp }}))
{%- endmacro %}

{% macro spark__utc_from_local(timestamp, zone) -%}
    to_utc_timestamp({{ timestamp }}, '{{ zone }}')
{%- endmacro %}


{% macro microseconds_between(first, last) -%}
    {#- Microseconds from one timestamp to another, a whole number: sums of them do not depend on order. -#}
    {{ return(adapter.dispatch('microseconds_between', 'customer_success')(first, last)) }}
{%- endmacro %}

{% macro duckdb__microseconds_between(first, last) -%}
    (epoch_us({{ last }}) - epoch_us({{ first }}))
{%- endmacro %}

{% macro postgres__microseconds_between(first, last) -%}
    cast(extract(epoch from {{ last }} - {{ first }}) * 1000000 as bigint)
{%- endmacro %}

{% macro spark__microseconds_between(first, last) -%}
    (unix_micros({{ last }}) - unix_micros({{ first }}))
{%- endmacro %}


{% macro add_microseconds(timestamp, microseconds) -%}
    {#- The timestamp so many microseconds (SQL, a whole number) after another. -#}
    {{ return(adapter.dispatch('add_microseconds', 'customer_success')(timestamp, microseconds)) }}
{%- endmacro %}

{% macro duckdb__add_microseconds(timestamp, microseconds) -%}
    make_timestamp(epoch_us({{ timestamp }}) + {{ microseconds }})
{%- endmacro %}

{% macro postgres__add_microseconds(timestamp, microseconds) -%}
    ({{ timestamp }} + {{ microseconds }} * interval '1 microsecond')
{%- endmacro %}

{% macro spark__add_microseconds(timestamp, microseconds) -%}
    timestamp_micros(unix_micros({{ timestamp }}) + {{ microseconds }})
{%- endmacro %}


{% macro days_between(first, last) -%}
    {#- Days from date `first` to date `last` as an integer; 0 for the same day. -#}
    {{ return(adapter.dispatch('days_between', 'customer_success')(first, last)) }}
{%- endmacro %}

{% macro default__days_between(first, last) -%}
    cast(({{ last }}) - ({{ first }}) as integer)
{%- endmacro %}

{% macro spark__days_between(first, last) -%}
    datediff({{ last }}, {{ first }})
{%- endmacro %}


{% macro add_days(day, days) -%}
    {#- The date `days` (SQL or number, may be negative) after the date `day`. -#}
    {{ return(adapter.dispatch('add_days', 'customer_success')(day, days)) }}
{%- endmacro %}

{% macro default__add_days(day, days) -%}
    (({{ day }}) + cast({{ days }} as integer))
{%- endmacro %}

{% macro spark__add_days(day, days) -%}
    date_add({{ day }}, cast({{ days }} as integer))
{%- endmacro %}


{% macro add_months(day, months) -%}
    {#- The date `months` (SQL or number, may be negative) after the date `day`. -#}
    cast({{ dbt.dateadd('month', months, day) }} as date)
{%- endmacro %}


{% macro month_start(day) -%}
    {#- First day of the calendar month that holds the date `day`. -#}
    cast({{ dbt.date_trunc('month', day) }} as date)
{%- endmacro %}


{% macro month_number(day) -%}
    {#- Months since year 0 as an integer: consecutive months have consecutive numbers. -#}
    cast(extract(year from {{ day }}) * 12 + extract(month from {{ day }}) - 1 as integer)
{%- endmacro %}


{% macro date_range(first, last) -%}
    {#-
        One row per day, column `day_on`, from the date `first` to the date `last`, both included.

        first, last: SQL of type date, evaluated once. Returns a select statement.
    -#}
    {{ return(adapter.dispatch('date_range', 'customer_success')(first, last)) }}
{%- endmacro %}

{% macro duckdb__date_range(first, last) -%}
    select cast(unnest(generate_series({{ first }}, {{ last }}, interval 1 day)) as date) as day_on
{%- endmacro %}

{% macro postgres__date_range(first, last) -%}
    {#- As timestamps without zone: with one, a change of clocks would shift the days. -#}
    select cast(days.day_at as date) as day_on
    from generate_series(
        cast({{ first }} as timestamp), cast({{ last }} as timestamp), interval '1 day'
    ) as days (day_at)
{%- endmacro %}

{% macro spark__date_range(first, last) -%}
    {#- A sequence must not run backwards, and a generator takes no subquery. -#}
    select explode(days) as day_on from (
        select case when first_on <= last_on then sequence(first_on, last_on, interval 1 day) end as days
        from (select {{ first }} as first_on, {{ last }} as last_on) as bounds
    ) as ranges
{%- endmacro %}


{% macro integer_range(last) -%}
    {#- One row per whole number, column `number`, from 0 to `last` (SQL); none where it is null. -#}
    {%- set origin = "cast('2000-01-01' as date)" -%}
    select {{ days_between(origin, 'day_on') }} as number
    from ({{ date_range(origin, add_days(origin, last)) }}) as days
{%- endmacro %}


{% macro iso_week_label(monday) -%}
    {#- ISO 8601 week such as 2025-W14 of the date `monday`. -#}
    {{ return(adapter.dispatch('iso_week_label', 'customer_success')(monday)) }}
{%- endmacro %}

{% macro duckdb__iso_week_label(monday) -%}
    strftime({{ monday }}, '%G-W%V')
{%- endmacro %}

{% macro postgres__iso_week_label(monday) -%}
    to_char({{ monday }}, 'IYYY-"W"IW')
{%- endmacro %}

{% macro spark__iso_week_label(monday) -%}
    extract(yearofweek from {{ monday }}) || '-W' || lpad(extract(week from {{ monday }}), 2, '0')
{%- endmacro %}
