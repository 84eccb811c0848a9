{#
    Cutting by segment. A model that counts by segment carries one column per segment type, never
    null ((none) instead), groups by the sets that segment_sets() lists, and reads type and value
    back with segment_type() and segment_value().
#}

{% macro available_segments() -%}
    {#- Every segment type that var segments may name. -#}
    {{ return(['plan', 'product'] + customer_attributes()) }}
{%- endmacro %}


{% macro customer_attributes() -%}
    {#- Segment types that are attributes of the customer, as they are today. -#}
    {{ return([
        'acquisition_channel', 'country_code', 'industry', 'company_size', 'csm_owner',
        'signup_fiscal_year',
    ]) }}
{%- endmacro %}


{% macro segment_types() -%}
    {#- The segment types that var segments chooses, without all. -#}
    {{ return(var('segments') if execute else []) }}
{%- endmacro %}


{% macro segment_columns(segments='segments', plan=none) -%}
    {#-
        One column per chosen segment type with a comma behind each, for the head of a select list.

        segments: alias of int_customer_segments; plan: alias of int_plan_segments joined on the
        plan that counts. A null join reads (none).
    -#}
    {%- for type in segment_types() %}
    {%- set source = plan if type in ['plan', 'product'] else segments %}
    coalesce({{ source }}.{{ type }}, '(none)') as {{ type }},
    {%- endfor -%}
{%- endmacro %}


{% macro segment_sets(columns) -%}
    {#- grouping sets of `columns` (list): alone for all, and with each chosen segment type. -#}
    grouping sets (
        ({{ columns | join(', ') }})
        {%- for type in segment_types() %},
        ({{ (columns + [type]) | join(', ') }})
        {%- endfor %}
    )
{%- endmacro %}


{% macro segment_type() -%}
    {#- Segment type of a row of grouping sets. -#}
    coalesce(
        {%- for type in segment_types() %}
        case when {{ type }} is not null then '{{ type }}' end,
        {%- endfor %}
        'all'
    )
{%- endmacro %}


{% macro segment_value() -%}
    {#- Segment value of a row of grouping sets; all where the type is all. -#}
    coalesce({% for type in segment_types() %}{{ type }}, {% endfor %}'all')
{%- endmacro %}
