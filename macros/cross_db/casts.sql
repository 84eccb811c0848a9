{#
    Casts that never raise: text as it was landed becomes a typed value, or null when it is not in
    the raw contract's notation. What differs between engines is the regular expression function
    and the cast that returns null instead of failing.

    All take `expression`, SQL of type text, and return SQL.
#}

{% macro blank_as_null(expression) -%}
    {#-
        Text as it is, or null when it is empty or blank: spaces, tabs, line breaks, no-break and
        ideographic spaces.
    -#}
    {{ return(adapter.dispatch('blank_as_null', 'customer_success')(expression)) }}
{%- endmacro %}

{% macro duckdb__blank_as_null(expression) -%}
    {#- Text that starts with a visible ASCII character needs no trimming, which is slow. -#}
    case
        when {{ expression }} >= '!' and {{ expression }} < '~' then {{ expression }}
        when trim({{ expression }}, '{{ " \t\r\n\u00a0\u3000" }}') <> '' then {{ expression }}
    end
{%- endmacro %}

{% macro postgres__blank_as_null(expression) -%}
    case
        when btrim({{ expression }}, '{{ " \t\r\n\u00a0\u3000" }}') <> '' then {{ expression }}
    end
{%- endmacro %}

{% macro spark__blank_as_null(expression) -%}
    case
        when trim(both '{{ " \t\r\n\u00a0\u3000" }}' from {{ expression }}) <> '' then {{ expression }}
    end
{%- endmacro %}


{% macro safe_integer(expression) -%}
    {#- 32-bit integer from digits with an optional minus sign. -#}
    {{ return(adapter.dispatch('safe_integer', 'customer_success')(expression)) }}
{%- endmacro %}

{% macro duckdb__safe_integer(expression) -%}
    case when regexp_full_match({{ expression }}, '-?[0-9]+')
        then try_cast({{ expression }} as integer) end
{%- endmacro %}

{% macro postgres__safe_integer(expression) -%}
    {#- No cast returns null instead of failing, so only what is known to fit is cast. -#}
    case when {{ expression }} ~ '^-?0*[0-9]{1,10}$' then
        case
            when cast({{ expression }} as bigint) between -2147483648 and 2147483647
                then cast({{ expression }} as integer)
        end
    end
{%- endmacro %}

{% macro spark__safe_integer(expression) -%}
    case when {{ expression }} rlike '^-?[0-9]+\\z' then try_cast({{ expression }} as integer) end
{%- endmacro %}


{% macro safe_numeric(expression, precision=18, scale=4) -%}
    {#-
        numeric(precision, scale) from digits with an optional minus sign and decimals after a point,
        rounded half away from zero.
    -#}
    {{ return(adapter.dispatch('safe_numeric', 'customer_success')(expression, precision, scale)) }}
{%- endmacro %}

{% macro is_plain_number(expression) -%}
    {#- Whether a text is digits with an optional minus sign and decimals after a point. -#}
    {{ is_match(expression, '-?(?:[0-9]+(?:[.][0-9]+)?|[.][0-9]+)') }}
{%- endmacro %}

{% macro duckdb__safe_numeric(expression, precision, scale) -%}
    case when {{ is_plain_number(expression) }}
        then try_cast({{ expression }} as decimal({{ precision }}, {{ scale }})) end
{%- endmacro %}

{% macro postgres__safe_numeric(expression, precision, scale) -%}
    {#- Beyond a few thousand decimals PostgreSQL fails to read a number: cut, they round nothing. -#}
    case when {{ is_plain_number(expression) }} then
        case when length(ltrim(split_part({{ expression }}, '.', 1), '-0')) <= {{ precision - scale }} then
            case
                when abs(round(cast(left({{ expression }}, 1000) as numeric), {{ scale }}))
                    < 1e{{ precision - scale }}
                    then cast(cast(left({{ expression }}, 1000) as numeric) as numeric({{ precision }}, {{ scale }}))
            end
        end
    end
{%- endmacro %}

{% macro spark__safe_numeric(expression, precision, scale) -%}
    {#- Cut to the digits that Spark reads; those beyond round nothing at these scales. -#}
    {%- set digits = '^(-?)0*([0-9]*([.][0-9]{1,25})?)' -%}
    case when {{ is_plain_number(expression) }} then try_cast(
        regexp_extract({{ expression }}, '{{ digits }}', 1) || '0' || regexp_extract({{ expression }}, '{{ digits }}', 2)
        as decimal({{ precision }}, {{ scale }})
    ) end
{%- endmacro %}


{% macro safe_boolean(expression) -%}
    {#- true/false, t/f, yes/no, y/n, on/off, 1/0, 1.0/0.0, はい/いいえ in any case. -#}
    case
        when lower({{ expression }}) in ('true', 't', 'yes', 'y', 'on', '1', '1.0', 'はい') then true
        when lower({{ expression }}) in ('false', 'f', 'no', 'n', 'off', '0', '0.0', 'いいえ') then false
    end
{%- endmacro %}


{% macro safe_date(expression) -%}
    {#- A day of the calendar written YYYY-MM-DD. -#}
    {{ return(adapter.dispatch('safe_date', 'customer_success')(expression)) }}
{%- endmacro %}

{% macro duckdb__safe_date(expression) -%}
    case when regexp_full_match({{ expression }}, '[0-9]{4}-[0-9]{2}-[0-9]{2}')
            and {{ expression }} >= '0001'
        then try_cast({{ expression }} as date) end
{%- endmacro %}

{% macro postgres__safe_date(expression) -%}
    case when {{ postgres__is_a_day(expression) }} then cast({{ expression }} as date) end
{%- endmacro %}

{% macro spark__safe_date(expression) -%}
    case when {{ expression }} rlike '^[0-9]{4}-[0-9]{2}-[0-9]{2}\\z' and {{ expression }} >= '0001'
        then try_cast({{ expression }} as date) end
{%- endmacro %}

{% macro postgres__is_a_day(expression) -%}
    {#- Whether a text is YYYY-MM-DD and on the calendar; true and false only, never an error. -#}
    case
        when {{ expression }} ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
                and {{ expression }} >= '0001'
            then cast(substr({{ expression }}, 9, 2) as integer) <= extract(day from
                make_date(
                    cast(substr({{ expression }}, 1, 4) as integer),
                    cast(substr({{ expression }}, 6, 2) as integer), 1
                ) + interval '1 month - 1 day'
            )
        else false
    end
{%- endmacro %}


{% macro date_of_midnight(moment) -%}
    {#-
        The day that a UTC timestamp begins, in `reporting_timezone` or in UTC; null where it begins
        none. Days that were written as moments are midnights somewhere.
    -#}
    case
        when {{ local_timestamp(moment) }} = {{ dbt.date_trunc('day', local_timestamp(moment)) }}
            then {{ local_date(moment) }}
        when {{ moment }} = {{ dbt.date_trunc('day', moment) }} then cast({{ moment }} as date)
    end
{%- endmacro %}


{% macro date_of_midnight_text(expression) -%}
    {#- The day of a text that is a day, with midnight behind it or not, in whatever zone. -#}
    case
        when length({{ expression }}) = 10
            or {{ is_match('substr(' ~ expression ~ ', 11)', '[T ]00:00(?::00(?:[.]0+)?)?(?:Z|[-+](?:0[0-9]|1[0-5])(?::?[0-5][0-9])?)?') }}
            then {{ safe_date('substr(' ~ expression ~ ', 1, 10)') }}
    end
{%- endmacro %}


{% macro moment_of_text(expression, zone) -%}
    {#-
        UTC timestamp without zone from a text. A day alone is the beginning of that day in
        `reporting_timezone`; a moment without a zone is one of the time zone `zone`.
    -#}
    case
        when length({{ expression }}) = 10
            then {{ utc_from_local('cast(' ~ safe_date(expression) ~ ' as ' ~ dbt.type_timestamp() ~ ')', var('reporting_timezone')) }}
        {%- if zone != 'UTC' %}
        when not {{ is_match('substr(' ~ expression ~ ', 12)', '.*(?:Z|[-+][0-9:]+)') }}
            then {{ utc_from_local(safe_timestamp(expression), zone) }}
        {%- endif %}
        else {{ safe_timestamp(expression) }}
    end
{%- endmacro %}


{% macro text_of_whole(expression) -%}
    {#- Text of a floating point number; of a whole one without decimals. -#}
    case
        when {{ expression }} = floor({{ expression }}) and abs({{ expression }}) < 1e15
            then cast(cast({{ expression }} as bigint) as {{ dbt.type_string() }})
        else cast({{ expression }} as {{ dbt.type_string() }})
    end
{%- endmacro %}


{% macro safe_timestamp(expression) -%}
    {#-
        UTC timestamp without zone from ISO 8601: T or a blank between date and time, seconds and
        their fraction optional (cut to microseconds), Z or an offset up to 15:59 converted to UTC,
        none = UTC.
    -#}
    {{ return(adapter.dispatch('safe_timestamp', 'customer_success')(expression)) }}
{%- endmacro %}

{% macro duckdb__safe_timestamp(expression) -%}
    {%- set clock = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?' -%}
    {%- set zone = '[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?' -%}
    {%- set kept = '^.{10}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?' -%}
    {#- the offset as +hhmm; a date alone has no eleventh character, so no day is taken for one -#}
    {%- set offset -%}
        replace(regexp_extract(substr({{ expression }}, 12), '[+-][0-9:]+$'), ':', '')
    {%- endset -%}
    case
        when {{ expression }} >= '0001' and regexp_full_match(
            {{ expression }},
            '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]{{ clock }}(Z|{{ zone }})?)?'
        )
            then try_cast(regexp_extract({{ expression }}, '{{ kept }}') as timestamp)
                - to_minutes(coalesce(
                    try_cast(substr({{ offset }}, 1, 3) as integer) * 60
                    + coalesce(
                        try_cast(substr({{ offset }}, 1, 1) || substr({{ offset }}, 4, 2) as integer), 0
                    ),
                    0
                ))
    end
{%- endmacro %}

{% macro postgres__safe_timestamp(expression) -%}
    {%- set clock = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?' -%}
    {%- set zone = '[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?' -%}
    {#- substring() returns the first group of a pattern, so all of it is one -#}
    {%- set kept = '(^.{10}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?)' -%}
    {%- set offset -%}
        replace(substring(substr({{ expression }}, 12) from '[+-][0-9:]+$'), ':', '')
    {%- endset -%}
    {%- set offset_minutes -%}
        cast(left({{ offset }}, 3) as integer) * 60
        + coalesce(cast(left({{ offset }}, 1) || nullif(substr({{ offset }}, 4, 2), '') as integer), 0)
    {%- endset -%}
    case
        when {{ expression }} ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]{{ clock }}(Z|{{ zone }})?)?$' then
            case when {{ postgres__is_a_day('left(' ~ expression ~ ', 10)') }} then
                cast(substring({{ expression }} from '{{ kept }}') as timestamp)
                - make_interval(mins => coalesce({{ offset_minutes }}, 0))
            end
    end
{%- endmacro %}

{% macro spark__safe_timestamp(expression) -%}
    {%- set clock = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?' -%}
    {%- set zone = '[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?' -%}
    {%- set kept = '^.{10}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?' -%}
    {%- set offset -%}
        replace(regexp_extract(substr({{ expression }}, 12), '[+-][0-9:]+$', 0), ':', '')
    {%- endset -%}
    case
        when {{ expression }} >= '0001' and {{ expression }} rlike
            '^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]{{ clock }}(Z|{{ zone }})?)?\\z'
            then try_cast(regexp_extract({{ expression }}, '{{ kept }}', 0) as timestamp)
                - make_dt_interval(0, 0, coalesce(
                    try_cast(substr({{ offset }}, 1, 3) as integer) * 60
                    + coalesce(
                        try_cast(substr({{ offset }}, 1, 1) || substr({{ offset }}, 4, 2) as integer), 0
                    ),
                    0
                ))
    end
{%- endmacro %}


{% macro integer_from_number(expression) -%}
    {#- 32-bit integer from a number that is whole and fits, else null. -#}
    {{ return(adapter.dispatch('integer_from_number', 'customer_success')(expression)) }}
{%- endmacro %}

{% macro duckdb__integer_from_number(expression) -%}
    case when {{ expression }} = floor({{ expression }}) then try_cast({{ expression }} as integer) end
{%- endmacro %}

{% macro postgres__integer_from_number(expression) -%}
    case
        when {{ expression }} = floor({{ expression }})
                and {{ expression }} between -2147483648 and 2147483647
            then cast({{ expression }} as integer)
    end
{%- endmacro %}

{% macro spark__integer_from_number(expression) -%}
    case when {{ expression }} = floor({{ expression }}) then try_cast({{ expression }} as integer) end
{%- endmacro %}


{% macro numeric_from_number(expression, precision=18, scale=4) -%}
    {#- numeric(precision, scale) from a number, rounded half away from zero; null if it does not fit. -#}
    {{ return(adapter.dispatch('numeric_from_number', 'customer_success')(expression, precision, scale)) }}
{%- endmacro %}

{% macro duckdb__numeric_from_number(expression, precision, scale) -%}
    try_cast({{ expression }} as decimal({{ precision }}, {{ scale }}))
{%- endmacro %}

{% macro postgres__numeric_from_number(expression, precision, scale) -%}
    case
        when abs(round(cast({{ expression }} as numeric), {{ scale }})) < 1e{{ precision - scale }}
            then cast({{ expression }} as numeric({{ precision }}, {{ scale }}))
    end
{%- endmacro %}

{% macro spark__numeric_from_number(expression, precision, scale) -%}
    try_cast({{ expression }} as decimal({{ precision }}, {{ scale }}))
{%- endmacro %}


{% macro utc_timestamp(expression) -%}
    {#- UTC timestamp without zone from a timestamp with zone. -#}
    {{ return(adapter.dispatch('utc_timestamp', 'customer_success')(expression)) }}
{%- endmacro %}

{% macro duckdb__utc_timestamp(expression) -%}
    timezone('UTC', {{ expression }})
{%- endmacro %}

{% macro postgres__utc_timestamp(expression) -%}
    {{ expression }} at time zone 'UTC'
{%- endmacro %}

{% macro spark__utc_timestamp(expression) -%}
    {#- The profile sets the session's time zone to UTC: its timestamps are UTC already. -#}
    {{ expression }}
{%- endmacro %}
