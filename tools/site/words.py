"""The languages of the site: a file for each in `languages/`, with every text that pages show.

To add a language, put `<code>.yml` there; `languages/en.yml` describes what it has.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tools.site.figures import COLUMNS, UNITS

FOLDER = Path(__file__).with_name("languages")
REFERENCE = "en"  # its file has the keys that all others have; its names of KPIs fill gaps
# Sections of texts by code.
SECTIONS = ("pages", "charts", "notes", "words", "categories", "columns")
NEEDED = ("name", "locale", "position", "numbers", "plural", "units", *SECTIONS)
OPTIONAL = ("also", "catalogue", "currencies", "kpi_names", "kpi_formulas")
CATALOGUE = {"name": ("kpi_name", "kpi_name_ja"), "formula": ("formula", "formula_ja")}

Texts = Mapping[str, str]  # a text by language
Forms = Mapping[str, str]  # forms of a unit's name: "other" and those of the language's `plural`


@dataclass(frozen=True)
class Column:
    """What stands over a column: its label and the unit of its figures (empty for text)."""

    label: Texts
    unit: str


class LanguageError(Exception):
    """A language file has a fault; the message is one sentence that names file and key."""


class Section(dict[str, str]):
    """Texts by code; a text that is missing is an error that says where it belongs."""

    def __init__(self, place: str, texts: Mapping[str, str]) -> None:
        """Hold the texts of one section.

        Args:
            place: File and section, for the message.
            texts: The texts by code.
        """
        super().__init__(texts)
        self.place = place

    def __missing__(self, code: str) -> str:
        """Refuse a code that has no text."""
        raise LanguageError(f"{self.place}.{code} is missing.")


@dataclass(frozen=True)
class Language:
    """One language, as its file has it.

    Attributes:
        code: Name of the file, such as `ja`.
        name: What the switch between languages calls it.
        locale: BCP 47 with a region, such as `ja-JP`.
        position: Place in the switch.
        decimal, thousands: What stands in a figure before its fraction, and between thousands.
        plural: By form of a unit's name, the regular expression for the figures that take it.
        units: Forms of the name by unit.
        sections: The texts by section and code.
        also: Code of the language in which definitions repeat a KPI's name; empty for none.
        catalogue: The columns of dim_kpis with `name` and `formula` in this language.
        currencies: By currency, forms of units that it changes.
        kpi_names, kpi_formulas: Texts by kpi_code, before those of the catalogue.
    """

    code: str
    name: str
    locale: str
    position: int
    decimal: str
    thousands: str
    plural: Mapping[str, str]
    units: Mapping[str, Forms]
    sections: Mapping[str, Section]
    also: str = ""
    catalogue: Mapping[str, str] = field(
        default_factory=lambda: {key: columns[0] for key, columns in CATALOGUE.items()}
    )
    currencies: Mapping[str, Mapping[str, Forms]] = field(default_factory=dict)
    kpi_names: Mapping[str, str] = field(default_factory=dict)
    kpi_formulas: Mapping[str, str] = field(default_factory=dict)

    def word(self, code: str) -> str:
        """A word of the section `words`."""
        return self.sections["words"][code]

    def unit(self, unit: str, currency: str) -> Forms:
        """Forms of a unit's name.

        Args:
            unit: The unit; one that the file lacks is called by its code.
            currency: The reporting currency, three letters.
        """
        forms = self.currencies.get(currency, {}).get(unit) or self.units.get(unit)
        return {
            form: name.replace("{currency}", currency)
            for form, name in (forms or {"other": unit}).items()
        }

    def after(self, figure: str, forms: Forms) -> str:
        """What follows a figure: the name of its unit, with the space before it.

        Args:
            figure: The figure as it is written.
            forms: Forms of the unit's name.
        """
        taken = [form for form, pattern in self.plural.items() if re.search(pattern, figure)]
        return spaced(next((forms[form] for form in taken if form in forms), forms["other"]))


def spaced(name: str) -> str:
    """The name of a unit behind a figure: with a space, but for a percent sign or its own space."""
    return name if name[:1] == "%" or name[:1].isspace() else f" {name}".rstrip()


def texts(languages: Sequence[Language], section: str, code: str) -> dict[str, str]:
    """A text in all languages.

    Args:
        languages: The languages.
        section: One of SECTIONS.
        code: The code of the text.

    Raises:
        LanguageError: A language has no such text.
    """
    return {language.code: language.sections[section][code] for language in languages}


class Entries(dict[str, Texts]):
    """The texts of a section in all languages, by code."""

    def __init__(self, languages: Sequence[Language], section: str) -> None:
        """Gather the texts.

        Args:
            languages: The languages.
            section: One of SECTIONS.
        """
        super().__init__(
            {code: texts(languages, section, code) for code in languages[0].sections[section]}
        )
        self._languages, self._section = languages, section

    def __missing__(self, code: str) -> Texts:
        """Refuse a code that has no text."""
        return texts(self._languages, self._section, code)


def load(folder: Path = FOLDER) -> list[Language]:
    """Read all languages.

    Args:
        folder: The folder with their files.

    Returns:
        The languages in the order of the switch.

    Raises:
        LanguageError: A file lacks a key, has one that no other has, or a value that does not fit.
    """
    files = sorted(folder.glob("*.yml"))
    found = [_read(file) for file in files]
    by_code = {language.code: (file, language) for file, language in zip(files, found, strict=True)}
    if REFERENCE not in by_code:
        raise LanguageError(f"{folder / REFERENCE}.yml is missing; every site needs it.")
    _, reference = by_code[REFERENCE]
    for file, language in by_code.values():
        for name in SECTIONS:
            codes = COLUMNS if name == "columns" else reference.sections[name]
            _check_keys(file, f"{name}.", language.sections[name], codes)
            for code, text in language.sections[name].items():
                _check_placeholders(
                    file, f"{name}.{code}", text, reference.sections[name].get(code, text)
                )
        if language.also and language.also not in by_code:
            raise LanguageError(f"{file}: also names {language.also}, for which there is no file.")
    return sorted(found, key=lambda language: (language.position, language.code))


def _read(file: Path) -> Language:
    try:
        # As texts alone: in YAML an unquoted `no` would be a boolean.
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise LanguageError(f"{file} is not valid YAML: {reason}.") from None
    _check_keys(file, "", _mapping(file, "the file", content), NEEDED, OPTIONAL)
    head = _texts(
        file,
        "",
        {key: content[key] for key in ("name", "locale", "position", "also") if key in content},
    )
    numbers = _texts(file, "numbers", content["numbers"])
    _check_keys(file, "numbers.", numbers, ("decimal", "thousands"))
    plural = _texts(file, "plural", content["plural"])
    for form, pattern in plural.items():
        try:
            re.compile(pattern)
        except re.error as error:
            raise LanguageError(
                f"{file}: plural.{form} is not a regular expression: {error}."
            ) from None
    units = _units(file, "units", content["units"], plural)
    _check_keys(file, "units.", units, UNITS)
    currencies = {
        currency: _units(file, f"currencies.{currency}", names, plural)
        for currency, names in _mapping(file, "currencies", content.get("currencies", {})).items()
    }
    for currency, names in currencies.items():
        _check_keys(file, f"currencies.{currency}.", names, (), UNITS)
    if not head["position"].isdecimal():
        raise LanguageError(f"{file}: position is {head['position']}; use a whole number.")
    optional: dict[str, Any] = {
        key: _texts(file, key, content[key])
        for key in ("kpi_names", "kpi_formulas", "catalogue")
        if key in content
    }
    if "catalogue" in optional:
        _check_keys(file, "catalogue.", optional["catalogue"], CATALOGUE)
        for key, columns in CATALOGUE.items():
            if optional["catalogue"][key] not in columns:
                raise LanguageError(
                    f"{file}: catalogue.{key} is {optional['catalogue'][key]}; "
                    f"use {' or '.join(columns)}."
                )
    return Language(
        code=file.stem,
        name=head["name"],
        locale=head["locale"],
        position=int(head["position"]),
        decimal=numbers["decimal"],
        thousands=numbers["thousands"],
        plural=plural,
        units=units,
        sections={
            name: Section(f"{file}: {name}", _texts(file, name, content[name])) for name in SECTIONS
        },
        also=head.get("also", ""),
        currencies=currencies,
        **optional,
    )


def _mapping(file: Path, key: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise LanguageError(f"{file}: {key} must be a mapping.")
    return value


def _texts(file: Path, key: str, value: Any) -> dict[str, str]:
    for code, text in _mapping(file, key, value).items():
        if not isinstance(text, str) or not text:
            place = f"{key}.{code}" if key else code
            raise LanguageError(f"{file}: {place} must be a text.")
    return dict(value)


def _units(file: Path, key: str, value: Any, plural: Collection[str]) -> dict[str, dict[str, str]]:
    """Forms by unit; a plain text is the only form."""
    units = {}
    for unit, name in _mapping(file, key, value).items():
        units[unit] = {"other": name} if isinstance(name, str) else name
        _check_keys(
            file, f"{key}.{unit}.", _mapping(file, f"{key}.{unit}", units[unit]), ["other"], plural
        )
    return units


def _check_keys(
    file: Path,
    place: str,
    found: Collection[str],
    needed: Collection[str],
    optional: Collection[str] = (),
) -> None:
    """Insist on all keys that are needed and no other.

    Args:
        file: The language file.
        place: What stands before a key in messages, such as `words.`.
        found: The keys that are there.
        needed: The keys that must be there.
        optional: The keys that may be there.

    Raises:
        LanguageError: A key is missing or unknown.
    """
    for key in needed:
        if key not in found:
            raise LanguageError(f"{file}: {place}{key} is missing.")
    for key in found:
        if key not in needed and key not in optional:
            raise LanguageError(f"{file}: {place}{key} is unknown; remove it or correct its name.")


def _check_placeholders(file: Path, place: str, text: str, reference: str) -> None:
    """Insist on the same {placeholders} as the reference has."""
    found, expected = (set(re.findall(r"\{\w*\}", each)) for each in (text, reference))
    if found != expected:
        wanted = ", ".join(sorted(expected)) or "none"
        raise LanguageError(f"{file}: {place} must have these placeholders: {wanted}.")
