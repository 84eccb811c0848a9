"""The raw contract: tables, columns and rules as models/staging/_raw__sources.yml states them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import yaml

from tools.contract import CONTRACT

DATA_TYPES = {"text", "integer", "numeric", "boolean", "date", "timestamp"}
TABLE_RULES = {
    *("required_table", "key", "inconsistent", "out_of_range", "keeps_deleted", "flags"),
    "label_ja",
}
# By table, two columns whose product has a limit, and that limit.
PRODUCTS = {"subscription_items": ("quantity", "unit_price", 10**12)}
# What a used row can be flagged for, beside references that meet nothing.
FLAGS = {"customers": ("undated_deletion",)}
COLUMN_RULES = {
    *("required", "default", "min", "max", "range_by", "values", "references", "needs_rate"),
    *("pii", "synonyms", "is_upper", "is_share", "label_ja"),
    *("above", "may_dangle", "may_list", "end", "listed_in", "may_come"),
}
# Tables whose condition for inconsistent rows is more than comparisons of two columns each.
COMPOSED = {"survey_responses"}
_SIZE = re.compile(r"[0-9]+")
_COMPARISON = re.compile(r"(\w+) (<=?|>=?) (\w+)")


class ContractError(ValueError):
    """The contract states something that the calculation does not know."""


@dataclass(frozen=True)
class Column:
    """What the contract says of a column.

    Attributes:
        type: One of DATA_TYPES.
        required: Whether null rejects the row.
        values: The values allowed; empty where all are.
        low: The smallest value allowed.
        above: What the value must be greater than.
        high: The greatest value allowed.
        range_by: The column of the row on whose value the range depends.
        ranges: By that value, the smallest and the greatest value allowed.
        references: The table whose used rows must hold the value.
        may_dangle: Whether a row whose reference meets nothing is used all the same.
        may_list: Whether a text that is no key itself may name several.
        needs_rate: Whether it is a currency that must have an exchange rate.
        default: The value where null; `reporting_currency` stands for that currency.
        synonyms: What else means an allowed value.
        is_upper: Whether it is a code in capitals, landed in any case.
        is_share: Whether it may be landed as a percentage.
    """

    type: str
    required: bool
    values: tuple[str, ...]
    low: int | None
    above: int | None
    high: int | None
    range_by: str | None
    ranges: Mapping[str, tuple[int, int]]
    references: str | None
    may_dangle: bool
    may_list: bool
    needs_rate: bool
    default: Any
    synonyms: Mapping[str, str]
    is_upper: bool
    is_share: bool

    @property
    def digits(self) -> int:
        """Digits of a number, decimals included."""
        return int(_SIZE.findall(self.type)[0]) if "(" in self.type else 18

    @property
    def places(self) -> int:
        """Decimals of a number."""
        return int(_SIZE.findall(self.type)[1]) if "(" in self.type else 4


class Ordered(NamedTuple):
    """Two columns of which one must not be less than the other."""

    greater: str
    smaller: str
    may_be_equal: bool


@dataclass(frozen=True)
class Table:
    """What the contract says of a table."""

    key: tuple[str, ...]
    columns: Mapping[str, Column]
    ordered: tuple[Ordered, ...]
    keeps_deleted: bool

    @property
    def is_mutable(self) -> bool:
        """Whether rows are updated and deleted where they come from."""
        return "is_deleted" in self.columns


def _rules(thing: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    """The meta of a table or column, each key of which must be known."""
    rules: dict[str, Any] = thing.get("config", {}).get("meta", {})
    if unknown := rules.keys() - known:
        raise ContractError(f"{thing['name']}: unknown rules {sorted(unknown)}")
    return rules


def _column(column: Mapping[str, Any]) -> Column:
    rules, data_type = _rules(column, COLUMN_RULES), column["data_type"]
    if data_type.partition("(")[0] not in DATA_TYPES:
        raise ContractError(f"{column['name']}: unknown type {data_type}")
    range_by: dict[str, Any] = rules.get("range_by", {})
    default = rules.get("default")
    is_number = data_type.startswith("numeric")
    return Column(
        type=data_type,
        required=rules.get("required", False),
        values=tuple(rules.get("values", ())),
        low=rules.get("min"),
        above=rules.get("above"),
        high=rules.get("max"),
        range_by=range_by.get("column"),
        ranges={value: (low, high) for value, (low, high) in range_by.get("ranges", {}).items()},
        references=rules.get("references"),
        may_dangle=rules.get("may_dangle", False),
        may_list=rules.get("may_list", False),
        needs_rate=rules.get("needs_rate", False),
        default=Decimal(default) if is_number and default is not None else default,
        synonyms={
            word: value for value, words in rules.get("synonyms", {}).items() for word in words
        },
        is_upper=rules.get("is_upper", False),
        is_share=rules.get("is_share", False),
    )


def _ordered(table: str, condition: str) -> Iterable[Ordered]:
    """The pairs of columns of a condition that rejects rows, such as `ended < started`."""
    for comparison in condition.split(" or "):
        found = _COMPARISON.fullmatch(comparison.strip())
        if not found:
            raise ContractError(f"{table}: unknown condition {comparison!r}")
        left, operator, right = found.groups()
        greater, smaller = (left, right) if operator.startswith("<") else (right, left)
        yield Ordered(greater, smaller, may_be_equal=not operator.endswith("="))


def read(tables: Iterable[Mapping[str, Any]]) -> dict[str, Table]:
    """Read the tables of the source.

    Args:
        tables: As they stand in the YAML.

    Returns:
        By name, what is said of each table.

    Raises:
        ContractError: A type, rule or condition that the calculation does not know.
    """
    contract: dict[str, Table] = {}
    for table in tables:
        name, rules = table["name"], _rules(table, TABLE_RULES)
        columns = {column["name"]: _column(column) for column in table["columns"]}
        referenced = {column.references for column in columns.values() if column.references}
        if not referenced <= contract.keys() | {name}:
            raise ContractError(f"{name}: references a table that is not stated before it")
        condition = rules.get("inconsistent")
        ordered = tuple(_ordered(name, condition)) if condition and name not in COMPOSED else ()
        limit = " * ".join(PRODUCTS.get(name, ())[:2]) and "{} * {} >= {}".format(*PRODUCTS[name])
        if rules.get("out_of_range", "") != limit:
            raise ContractError(f"{name}: unknown limit {rules.get('out_of_range')!r}")
        if tuple(rules.get("flags", ())) != FLAGS.get(name, ()):
            raise ContractError(f"{name}: unknown flags {list(rules['flags'])}")
        contract[name] = Table(
            tuple(rules["key"]), columns, ordered, rules.get("keeps_deleted", False)
        )
    return contract


def source_tables() -> list[dict[str, Any]]:
    """The tables of the source as they stand in the YAML."""
    (source,) = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))["sources"]
    tables: list[dict[str, Any]] = source["tables"]
    return tables


TABLES = read(source_tables())
