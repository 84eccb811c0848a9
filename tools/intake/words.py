"""The wording of notes and problems, in English and Japanese, by code.

A place in braces is a value; a number is written with commas, and `{s}` is the plural of `{n}`.
Values of `CLAUSES` are written as a clause, or not at all when they are None.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

Language = Literal["en", "ja"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "ja")

CLAUSES: Final[Mapping[str, tuple[str, str]]] = {
    "near": ("; did you mean `{}`?", "（もしかして `{}`）"),
    "example": (" (for example {})", "（例: {}）"),
    "more": ("; {} more row{s} like it", "（ほかに {} 行）"),
    "begins": (" in the record that begins on line {}", "（{} 行目から始まるレコード）"),
    "other": (', or "{}"', "、または「{}」"),
}

NOTES: Final[Mapping[str, tuple[str, str]]] = {
    "encoding": ("read as {encoding}{example}", "文字コードは {encoding} と判定{example}"),
    "delimiter": ("separator is {delimiter}", "区切り文字は {delimiter}"),
    "title_lines": (
        "{n} line{s} above the header skipped: {first}",
        "見出し行より上の {n} 行を読み飛ばし: {first}",
    ),
    "blank_records": ("{n} blank row{s} left out", "空行 {n} 行を除外"),
    "short_rows": (
        "{n} row{s} with fewer fields than the header, the first on line {line}; the rest read as "
        "empty",
        "列数が見出しより少ない行が {n} 行（最初は {line} 行目）。足りない列は空欄として扱う",
    ),
    "surplus": (
        "{n} row{s} with blank fields beyond the header, the first on line {line}; dropped",
        "見出しより右に空欄がある行が {n} 行（最初は {line} 行目）。余分な空欄は除外",
    ),
    "unnamed_columns": (
        "left out, because without a name: column {positions}",
        "列名のない列（{positions} 列目）を除外",
    ),
    "repeated_column": (
        "`{header}` is there twice and no column of the table; the second left out",
        "表にない列 `{header}` が重複。2 つ目を除外",
    ),
    "overridden_column": (
        "`{header}` left out, because mapping.yml names `{mapped}` for {column}",
        "`{header}` を除外（mapping.yml が {column} に `{mapped}` を指定）",
    ),
    "decimal_comma": (
        "{column}: a comma is the decimal mark, as in {example_value}",
        "{column}: カンマを小数点と判定（例: {example_value}）",
    ),
    "decimal_dots_thousands": (
        "{column}: a comma is the decimal mark, a dot separates thousands, as in {example_value}",
        "{column}: カンマは小数点、ピリオドは桁区切りと判定（例: {example_value}）",
    ),
    "decimal_dots_point": (
        "{column}: a dot without a comma is the decimal point, as in {example_value}",
        "{column}: カンマのない値のピリオドは小数点と判定（例: {example_value}）",
    ),
    "backslash_quotes": (
        'quotes inside fields are written \\", the first on line {line}',
        '項目の中の引用符は \\" と判定（最初は {line} 行目）',
    ),
    "error_cells": (
        "{n} error cell{s} read as empty, the first {error} in {cell}",
        "エラーのセル {n} 個を空欄として扱う（最初は {cell} の {error}）",
    ),
    "misfits": (
        "{n} value{s} of {column} left as found, in another format, the first `{value}` on line "
        "{line}",
        "{column} の {n} 個は書式に合わず、そのまま残す（最初は {line} 行目の `{value}`）",
    ),
    "misfits_parquet": (
        "{n} value{s} of {column} left as found, in another format, such as `{value}`",
        "{column} の {n} 個は書式に合わず、そのまま残す（例: `{value}`）",
    ),
    "sheet": (
        "sheet {sheet} read; the workbook has more: {others}",
        "シート {sheet} を使用。ほかのシート: {others}",
    ),
    "combined": ("{n} Parquet files combined", "Parquet ファイル {n} 個を結合"),
    "unknown_table": ("`{source}` is not a raw table{near}", "`{source}` は対象の表にない{near}"),
}

_NAME_ENCODING: Final = (
    "Save it as UTF-8, or name its encoding in mapping.yml: {table}: {{encoding: …}}.",
    "UTF-8 で保存し直すか、mapping.yml に文字コードを指定: {table}: {{encoding: …}}",
)
_SAVE_AGAIN: Final = ("Save or export it again.", "保存または書き出しをやり直す")
_EDIT_MAPPING: Final = ("Correct mapping.yml.", "mapping.yml を修正する")
_KEEP_ONE: Final = ("Remove or rename one of them.", "どちらかを削除または改名する")
_ADD_FORMAT: Final = (
    'Add to mapping.yml: {table}: {{formats: {{{column}: "{format}"}}}}{other}',
    'mapping.yml に追加: {table}: {{formats: {{{column}: "{format}"}}}}{other}',
)

# By code: what is wrong, then what to do.
PROBLEMS: Final[Mapping[str, tuple[tuple[str, str], tuple[str, str]]]] = {
    "folder_missing": (
        ("there is no such folder.", "フォルダが存在しない"),
        ("Check the path.", "パスを確認する"),
    ),
    "folder_is_file": (
        ("is a file, not a folder.", "フォルダではなくファイル"),
        ("Name the folder that it is in.", "ファイルが入っているフォルダを指定する"),
    ),
    "folder_empty": (
        ("holds no raw table.", "読み込める表がない"),
        (
            "Put files there that are named after raw tables, such as customers.csv or 顧客.xlsx.",
            "customers.csv や 顧客.xlsx のように、表の名前を付けたファイルを置く",
        ),
    ),
    "out_is_source": (
        ("is the folder of the sources, or holds it.", "元データのフォルダと重なる"),
        ("Name another folder to write to.", "別の出力先を指定する"),
    ),
    "out_taken": (
        ("holds `{name}`, which the intake did not write.", "ほかのデータ `{name}` が入っている"),
        ("Name another folder to write to.", "別の出力先を指定する"),
    ),
    "out_not_written": (
        ("cannot be written ({error}).", "書き込めない（{error}）"),
        ("Name another folder, or make room.", "別の出力先を指定するか、空き容量を確保する"),
    ),
    "two_sources": (
        ("`{first}` and `{second}` are both {table}.", "`{first}` と `{second}` がともに {table}"),
        _KEEP_ONE,
    ),
    "unreadable": (
        ("cannot be read ({error}).", "読み込めない（{error}）"),
        ("Check the file and its permissions.", "ファイルとアクセス権を確認する"),
    ),
    "bad_encoding": (
        (
            "a character cannot be read as UTF-8 or CP932.",
            "UTF-8 でも CP932 でも読めない文字がある",
        ),
        _NAME_ENCODING,
    ),
    "bad_named_encoding": (
        ("a character cannot be read as {encoding}.", "{encoding} として読めない文字がある"),
        _NAME_ENCODING,
    ),
    "nul": (
        (
            "has a NUL character; the file is damaged or no text.",
            "NUL 文字がある（破損または非テキスト）",
        ),
        _SAVE_AGAIN,
    ),
    "damaged_gzip": (
        ("is no whole gzip file ({error}).", "gzip ファイルとして読めない（{error}）"),
        _SAVE_AGAIN,
    ),
    "empty": (
        ("is empty.", "中身が空"),
        ("Remove it or give it a header line.", "削除するか、見出し行を付ける"),
    ),
    "no_header": (
        (
            "no line at its beginning names columns of {table}; the first is: {found}",
            "先頭の行に {table} の列名がない。最初の行: {found}",
        ),
        (
            "Give it a header with {expected}, or say in mapping.yml which columns mean them.",
            "見出し行に {expected} を付けるか、mapping.yml で列名を対応付ける",
        ),
    ),
    "duplicate_column": (
        (
            "`{first}` and `{second}` both mean {column}.",
            "`{first}` と `{second}` がともに {column}",
        ),
        (
            "Remove one, or name one in mapping.yml: {table}: {{columns: {{{column}: …}}}}.",
            "片方を削除するか、mapping.yml で指定: {table}: {{columns: {{{column}: …}}}}",
        ),
    ),
    "wide_row": (
        (
            "has {fields} fields, but the header names {width}{more}.",
            "項目が {fields} 個あり、見出しの {width} 列を超える{more}",
        ),
        (
            "Put quotes around fields that hold the separator, or remove what is too much.",
            "区切り文字を含む項目を引用符で囲むか、余分な項目を削除する",
        ),
    ),
    "unclosed_quote": (
        ("a quote opens here and is never closed.", "この行で開いた引用符が閉じていない"),
        (
            'Close it; a quote inside a quoted field is written twice: "".',
            '引用符を閉じる。項目の中の引用符は "" と 2 つ重ねる',
        ),
    ),
    "bad_quote": (
        (
            "text follows a closing quote{begins}.",
            "閉じた引用符のあとに文字が続く{begins}",
        ),
        (
            'A quote inside a quoted field is written twice: "".',
            '項目の中の引用符は "" と 2 つ重ねる',
        ),
    ),
    "huge_field": (
        ("a field is longer than {limit} characters.", "{limit} 文字を超える項目がある"),
        (
            "Close the quote that opens there, if one is open; otherwise shorten the field.",
            "引用符の閉じ忘れなら閉じる。そうでなければ短くする",
        ),
    ),
    "workbook_damaged": (
        ("is no workbook that can be read ({error}).", "ブックとして読めない（{error}）"),
        ("Save it again, or save its sheets as CSV.", "保存し直すか、シートを CSV で保存する"),
    ),
    "workbook_locked": (
        ("is protected with a password.", "パスワードで保護されている"),
        ("Save it without one.", "パスワードなしで保存する"),
    ),
    "sheet_missing": (
        ("has no sheet `{sheet}`{near}", "シート `{sheet}` がない{near}"),
        _EDIT_MAPPING,
    ),
    "serial_numbers": (
        (
            "{column} holds {n} number{s} instead of dates, the first {value} in {cell}.",
            "{column} に日付ではなく数値が {n} 個ある（最初は {cell} の {value}）",
        ),
        (
            "If they are days as Excel counts them, add to mapping.yml: {table}: {{formats: "
            '{{{column}: "{format}"}}}}',
            'シリアル値なら mapping.yml に追加: {table}: {{formats: {{{column}: "{format}"}}}}',
        ),
    ),
    "not_parquet": (
        ("is no whole Parquet file ({error}).", "Parquet ファイルとして読めない（{error}）"),
        ("Export it again.", "書き出しをやり直す"),
    ),
    "parquet_mixed": (
        ("its files cannot be combined ({error}).", "中のファイルを結合できない（{error}）"),
        (
            "Export them again with one type for each column.",
            "列の型をそろえて書き出しをやり直す",
        ),
    ),
    "mapping_missing": (
        ("there is no such file.", "ファイルが存在しない"),
        ("Check the path of the mapping.", "mapping のパスを確認する"),
    ),
    "mapping_yaml": (("is not YAML: {error}.", "YAML として読めない: {error}"), _EDIT_MAPPING),
    "mapping_repeated": (
        ("`{key}` is there twice.", "`{key}` が重複"),
        ("Put what belongs to it in one place.", "1 か所にまとめる"),
    ),
    "mapping_no_keys": (
        ("{where} must be lines of `key: value`.", "{where} は「キー: 値」の形で書く"),
        _EDIT_MAPPING,
    ),
    "mapping_no_value": (
        ("{where} must be one value.", "{where} には値を 1 つ書く"),
        _EDIT_MAPPING,
    ),
    "mapping_unknown": (
        ("{where} knows no `{name}`{near}", "{where} に `{name}` は指定できない{near}"),
        ("It may be: {allowed}.", "指定できるもの: {allowed}"),
    ),
    "mapping_file_missing": (
        (
            "{table}: there is no file `{name}` in the folder{near}",
            "{table}: ファイル `{name}` がない{near}",
        ),
        _EDIT_MAPPING,
    ),
    "mapping_no_source": (
        ("describes {table}, but the folder has no such table.", "{table} の元ファイルがない"),
        (
            "Name its file, {table}: {{file: …}}, or remove {table} from mapping.yml.",
            "{table}: {{file: …}} でファイルを指定するか、mapping.yml から {table} を削除する",
        ),
    ),
    "mapping_no_header": (
        (
            "has no column `{header}`, which mapping.yml names for {column}{near}",
            "mapping.yml が {column} に指定した列 `{header}` がない{near}",
        ),
        _EDIT_MAPPING,
    ),
    "mapping_constant": (
        (
            "`{header}` is {column}, for which mapping.yml gives a constant.",
            "mapping.yml で固定値を指定した {column} の列 `{header}` がすでにある",
        ),
        (
            "Remove the constant or the column.",
            "固定値または列を削除する",
        ),
    ),
    "mapping_not_applicable": (
        (
            "mapping.yml: `{key}` means nothing for {kind}.",
            "mapping.yml の `{key}` は {kind} には使えない",
        ),
        ("Remove it from {table}.", "{table} から削除する"),
    ),
    "question_day_month": (
        (
            "{column} has dates such as `{value}`: which number is the month?",
            "{column} に `{value}` のような日付がある。月と日の順序を確認",
        ),
        _ADD_FORMAT,
    ),
    "question_compact": (
        (
            "{column} has `{value}`, which may be a date without separators.",
            "{column} に `{value}` がある。区切りのない日付の可能性",
        ),
        _ADD_FORMAT,
    ),
    "question_serial": (
        (
            "{column} has `{value}`, which may be a day as Excel counts it ({meaning}).",
            "{column} に `{value}` がある。Excel のシリアル値（{meaning}）の可能性",
        ),
        _ADD_FORMAT,
    ),
    "question_epoch": (
        (
            "{column} has `{value}`, which may count from 1970 ({meaning}).",
            "{column} に `{value}` がある。1970 年からの経過時間（{meaning}）の可能性",
        ),
        _ADD_FORMAT,
    ),
}


def note(code: str, values: Mapping[str, Any], language: Language) -> str:
    """The wording of a note.

    Args:
        code: Key of `NOTES`.
        values: What it names.
        language: The language.
    """
    return _filled(NOTES[code][LANGUAGES.index(language)], values, language)


def problem(code: str, values: Mapping[str, Any], language: Language) -> tuple[str, str]:
    """The wording of a problem: what is wrong, and what to do.

    Args:
        code: Key of `PROBLEMS`.
        values: What it names.
        language: The language.
    """
    text, hint = (words[LANGUAGES.index(language)] for words in PROBLEMS[code])
    return _filled(text, values, language), _filled(hint, values, language)


def place(source: str, line: int | None, language: Language) -> str:
    """How a message begins: the file and the line."""
    if language == "ja":
        return f"{source}: " if line is None else f"{source} {line:,} 行目: "
    return f"{source}: " if line is None else f"{source}, line {line:,}: "


def _filled(template: str, values: Mapping[str, Any], language: Language) -> str:
    """A wording with its values in place."""
    written = {name: _written(name, value, language) for name, value in values.items()}
    return template.format(**written, s=_plural(values.get("n")))


def _plural(n: Any) -> str:
    """What an English noun has behind a number."""
    return "" if n == 1 else "s"


def _written(name: str, value: Any, language: Language) -> str:
    """A value as a wording has it: on one line, and not too long for one."""
    if name in CLAUSES:
        clause = CLAUSES[name][LANGUAGES.index(language)]
        return (
            "" if value is None else clause.format(_written("", value, language), s=_plural(value))
        )
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    text = " ".join(str(value).split())
    return text if len(text) <= 120 else f"{text[:119]}…"


# The lines of a printed report.
LINES: Final[Mapping[str, tuple[str, str]]] = {
    "source": ("{table}: {source}, {n} record{s}", "{table}: {source}、{n} 件"),
    "not_read": ("`{name}` is not read", "`{name}` は読み込み対象外"),
    "unknown_column": (
        "{source}: `{header}` is no column of the table{near}",
        "{source}: `{header}` は表にない列{near}",
    ),
}


def line(code: str, language: Language, **values: Any) -> str:
    """A line of the printed report.

    Args:
        code: Key of `LINES`.
        language: The language.
        values: What it names.
    """
    return _filled(LINES[code][LANGUAGES.index(language)], values, language)
