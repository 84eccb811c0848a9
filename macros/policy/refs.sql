{% macro ref(first, second=none) -%}
    {#-
        What dbt's ref() does, but a name alone is a name of this project. dbt looks for it in the root
        project first, so that in another dbt project its stg_customers would be tested in place of
        ours: of the model that a generic test belongs to, dbt itself writes the name alone. It counts
        for nodes of this project only.
    -#}
    {%- if second is none -%}
        {{ return(builtins.ref('customer_success', first)) }}
    {%- endif -%}
    {{ return(builtins.ref(first, second)) }}
{%- endmacro %}


{% macro tested(model) -%}
    {#-
        The relation that a generic test is about, as it is. dbt lets a test use only macros that its
        SQL mentions; calling this one, which mentions ref(), makes the ref() above count for it.
    -#}
    {%- if false -%}{%- do customer_success.ref(model) -%}{%- endif -%}
    {{ return(model) }}
{%- endmacro %}
