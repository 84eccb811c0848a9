{# What is said about raw tables, in English and Japanese. #}

{% macro said(told, code) -%}
    {#-
        A sentence about raw tables.

        told: en or ja; code: of check_words(); named arguments fill its places in braces. n is a number
        that may be one: {s} is its plural. near, where there is one, is the name that may be meant.
    -#}
    {%- set values = dict(kwargs) -%}
    {%- do values.update({
        's': '' if kwargs.get('n') == 1 else 's',
        'meant': said(told, 'did_you_mean', name=kwargs.near) if kwargs.get('near') else '',
    }) -%}
    {{ return(check_words()[code][1 if told == 'ja' else 0].format(**values)) }}
{%- endmacro %}


{% macro own_language() -%}
    {#- The language of the system, by LC_ALL or LANG: ja where it is Japanese, else en. -#}
    {{ return('ja' if (env_var('LC_ALL', '') or env_var('LANG', '')).startswith('ja') else 'en') }}
{%- endmacro %}


{% macro check_words() -%}
    {#- By code: the sentence in English, and in Japanese. -#}
    {{ return({
        'as_of': (
            'As of {day}, {zone}, in {currency}; raw tables from {places}.',
            '基準日 {day}（{zone}）、通貨 {currency}。元データ: {places}',
        ),
        'tables': (
            'Raw tables, as of {day}, {zone}, in {currency}',
            '元データ（基準日 {day}、{zone}、{currency}）',
        ),
        'table': (
            '{table}: {place}, {n} row{s}, {used} used',
            '{table}: {place}、{n} 行（使用 {used} 行）',
        ),
        'table_left_out': ('{table}: {place}, left out', '{table}: {place}、除外'),
        'columns_unread': ('columns not read: {names}', '対象外の列: {names}'),
        'columns_read': ('columns read: {names}', '使用する列: {names}'),
        'columns_absent': ('columns missing: {names}', 'ない列: {names}'),
        'tables_absent': ('missing tables: {names}', 'ない表: {names}'),
        'some_rejected': (
            'Rejected: {rejected} of {raw} rows of {table} ({share} %); why: fct_rejected_rows.',
            '使えない行: {table} の {raw} 行中 {rejected} 行（{share} %）。理由は fct_rejected_rows',
        ),
        'too_many_rejected': (
            'Rejected: {rejected} of {raw} rows of {table} ({share} %); why: fct_rejected_rows. More than '
            ~ 'max_rejected_share ({limit}): the build fails. Mend the rows, or allow more with the var.',
            '使えない行: {table} の {raw} 行中 {rejected} 行（{share} %）。理由は fct_rejected_rows。'
            ~ 'max_rejected_share（{limit}）を超えたため構築は失敗。行を直すか、var で上限を上げる',
        ),
        'merged_values': (
            'Segments: {merged} of {values} values of {type} are reported together as (other); '
            ~ 'max_segment_values is {limit}.',
            'セグメント: {type} の {values} 種類のうち {merged} 種類を (other) にまとめて集計'
            ~ '（max_segment_values は {limit}）',
        ),
        'bounded_start': (
            'Reported from {day}, {years} years before the as-of date (max_reporting_years); the earliest '
            ~ 'sign-up or item start is {earliest}.',
            '集計の開始は {day}（基準日の {years} 年前、max_reporting_years）。最初の登録または明細の開始は {earliest}',
        ),
        'rejections': ('Rows that cannot be used', '使えない行'),
        'rejected': ('{table}: {n} of {raw}', '{table}: {raw} 行中 {n} 行'),
        'no_key': ('a row without a key', 'キーのない行'),
        'reason_missing_required': ('{column} is empty; it is required', '{column} が空（必須）'),
        'reason_bad_type': (
            '{column} is `{value}`; write {right}', '{column} の値 `{value}` は読めない。{right}で書く'
        ),
        'reason_not_allowed': (
            '{column} is `{value}`; use one of: {right}',
            '{column} の値 `{value}` は使えない。次のいずれか: {right}',
        ),
        'reason_out_of_range': (
            '{column} is `{value}`; allowed: {right}', '{column} の値 `{value}` は範囲外（{right}）'
        ),
        'reason_unknown_reference': (
            '{column} is `{value}`, which is in no usable row of {right}',
            '{column} の値 `{value}` が {right} の使える行にない',
        ),
        'reason_missing_exchange_rate': (
            '{column} is `{value}`, for which exchange_rates has no rate',
            '{column} の値 `{value}` のレートが exchange_rates にない',
        ),
        'reason_inconsistent': ('its columns contradict each other: {right}', '列どうしが矛盾: {right}'),
        'reason_together': ('its columns together are out of range: {right}', '列の組み合わせが範囲外: {right}'),
        'integer': ('a whole number such as 12', '12 のような整数'),
        'numeric': ('a number such as 1234.5', '1234.5 のような数値'),
        'share': ('a share such as 0.1 or 10%', '0.1 または 10% のような割合'),
        'boolean': ('true or false', 'true か false'),
        'date': ('a day such as 2025-04-01', '2025-04-01 のような日付'),
        'timestamp': (
            'a moment such as 2025-04-01 09:30:00, or a day', '2025-04-01 09:30:00 のような日時か日付'
        ),
        'did_you_mean': ('; did you mean {name}?', '（もしかして {name}）'),
        'unread_file': ('{name} is not a raw table{meant}', '{name} は対象の表にない{meant}'),
        'unread_column': (
            '{table}: the column {column} is not read{meant}', '{table}: 列 {column} は対象外{meant}'
        ),
        'left_out': (
            '{table} is left out, because required columns are missing from {place}: {names}',
            '{table} を除外（{place} に必須の列がない: {names}）',
        ),
        'remarks': ('Worth a look', '確認をお勧めする点'),
        'flag_unknown_reference': (
            '{table}: {n} row{s} whose {column} matches nothing, such as `{value}` in {key}',
            '{table}: {column} の参照先がない行が {n} 行（例: {key} の `{value}`）',
        ),
        'flag_undated_deletion': (
            '{table}: {n} deleted row{s} without updated_at, such as {key}',
            '{table}: 削除日（updated_at）のない削除行が {n} 行（例: {key}）',
        ),
        'flag_open_twice': (
            '{table}: {n} items without an end share subscription and product with another one, such as {key}; '
            ~ 'all of them count',
            '{table}: 同じサブスクリプション・同じ製品で終了日のない明細が重複: {n} 行（例: {key}）。すべて計上',
        ),
        'codes': (
            '{table}: {column} has {n} value{s} that the config seed {seed} does not list: {names}',
            '{table}: 設定シード {seed} にない {column} が {n} 種類: {names}',
        ),
        'example_row': (
            '{table}: the example row of the template is still there', '{table}: テンプレートの例の行が残っている'
        ),
        'one_day': (
            'customers: all {n} signed up on {day}; is that the date of an import?',
            'customers: {n} 社すべての登録日が {day}（移行日ではないか）',
        ),
        'one_customer': (
            'subscription_items: {key} has {share} % of the MRR in {currency}',
            'subscription_items: {currency} の MRR の {share} % が {key} に集中',
        ),
        'to_come': (
            '{table}: {n} row{s} whose {column} is in the future, the latest {value}',
            '{table}: {column} が未来の行が {n} 行（最後は {value}）',
        ),
        'kpis': ('KPIs: {n} of {total} can be computed', 'KPI: {total} 個中 {n} 個を計算できる'),
        'kpi_needs': ('missing {tables}: {names}', '{tables} がないため計算できない: {names}'),
        'or': (' or ', ' か '),
        'no_catalog': (
            'KPIs and codes: run `dbt seed` first to see them.', 'KPI とコードの確認には先に `dbt seed` を実行'
        ),
        'ready': ('Ready to build.', '構築できます。'),
        'not_ready': ('This cannot be built:', 'このままでは構築できません:'),
        'schema_taken': (
            'The check needs the schema {schema} for itself, but {relation} is in it; move or rename that.',
            'スキーマ {schema} はチェックが作業用に使うが、{relation} がすでにある。移動または改名する',
        ),
        'beyond_limit': (
            'This cannot be built: too many rows of {tables} cannot be used (max_rejected_share is {limit}).',
            'このままでは構築できません: {tables} の使えない行が多すぎます（max_rejected_share は {limit}）。',
        ),
    }) }}
{%- endmacro %}
