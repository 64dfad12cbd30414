"""Validation of front matter and settings: data becomes a model, and every error becomes a finding at its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, TypeVar

from marronnier.files.document import Document
from marronnier.messages import N_, _
from marronnier.model.fields import WrittenModel
from marronnier.model.finding import Finding, Fix, KeyPath, Place
from marronnier.model.scalars import split_names
from marronnier.model.shape import Shape, ShapeError, ShapeErrorKind, parse_model, shape_of

Model = TypeVar("Model", bound=WrittenModel)

VALUE_MESSAGES = (
    N_("a date is one text, like 2026-12-05 10:00"),
    N_("a date looks like 2026-12-05 10:00"),
    N_("a day and an hour that exist"),
    N_("the year lies between 1990 and 2199"),
    N_("an offset needs an hour, like 2026-12-05 10:00 +01:00"),
    N_("an offset lies between -14:00 and +14:00"),
    N_("a duration looks like 90 min, 2h, 3d or 1w"),
    N_("an amount is in US dollars, like 20 or 12.50"),
    N_("a weekday is monday … sunday, lundi … dimanche or maandag … zondag"),
    N_("an hour lies between 00:00 and 23:59"),
    N_("an hour looks like 09:00 or 18h30"),
    N_("a language is written in two letters, like fr, nl or fr-BE"),
    N_("several names stand between brackets, like [one, another]"),
    N_("true, false, or the text of the warning"),
    N_("a day looks like 2026-12-05"),
    N_("a name uses small letters a-z, digits, '.', '_' and '-', and starts with a letter or digit"),
)
"""The sentences of the ValueErrors that `model/` raises, so that they are extracted for translation."""

_TRANSLATED_KEYS = {
    word: key
    for key, words in {
        "title": "titre titel",
        "date": "heure jour hour time uur tijdstip datum",
        "slot": "créneau creneau tijdslot",
        "channels": "canal canaux kanaal kanalen",
        "campaign": "campagne",
        "pillar": "pilier thème pijler thema",
        "audience": "public publics doelgroep doelgroepen",
        "owner": "responsable eigenaar verantwoordelijke",
        "tags": "mots-clés mots-cles étiquettes hashtags trefwoorden",
        "link": "lien",
        "media": "médias medias photo photos visuel visuels afbeelding foto",
        "lang": "langue language taal",
        "poll": "sondage peiling",
        "repeat": "répéter répétition herhaling",
        "expires": "expiration expire vervalt",
        "thread": "fil draad",
        "draft": "brouillon kladversie",
        "sensitive": "sensible gevoelig avertissement",
        "duration": "closes-in expires-in open-for durée duur",
        "options": "choix choices answers réponses antwoorden keuzes",
    }.items()
    for word in words.split()
}
"""Our key for each key written in French or Dutch."""


def validate(model: type[Model], document: Document, data: Mapping[str, Any] | None = None) -> tuple[Model | None, tuple[Finding, ...]]:
    """The model of a document's front matter, or None when it has errors; and a finding for each error. `data` replaces the front matter."""
    if not document.is_complete:
        return None, ()
    checked_data = document.data if data is None else data
    parsed, errors = parse_model(model, checked_data)
    if errors:
        checked_data = without_empty(checked_data, shape_of(model))
        parsed, errors = parse_model(model, checked_data)
    return parsed, error_findings(model, document, checked_data, errors)


def salvage(
    model: type[Model], document: Document, data: Mapping[str, Any] | None = None
) -> tuple[Model | None, tuple[Finding, ...], tuple[KeyPath, ...]]:
    """Like `validate`, but the model is built without the invalid values, so that rules do not blame other files for them. Also returns the paths left out."""
    if not document.is_complete:
        return None, (), ((),)
    remaining = without_empty(document.data if data is None else data, shape_of(model))
    findings: tuple[Finding, ...] = ()
    dropped: list[KeyPath] = []
    for _try in range(6):
        parsed, errors = parse_model(model, remaining)
        if not errors:
            return parsed, findings, tuple(dropped)
        findings = findings or error_findings(model, document, remaining, errors)
        remaining = deepcopy(remaining)
        for path in sorted({_written_path(remaining, error.path) for error in errors}, key=len, reverse=True):
            if not path:
                return None, findings, tuple(dropped)
            _delete_at(remaining, path)
            dropped.append(path)
    return None, findings, tuple(dropped)


def without_empty(value: Any, shape: Shape | None) -> Any:
    """The data without keys of models that have no value: they count as not written."""
    if isinstance(value, Mapping) and shape is not None and shape.kind == "model":
        return {key: without_empty(child, shape.child(key)) for key, child in value.items() if child is not None or key not in shape.keys}
    if isinstance(value, Mapping) and shape is not None and shape.kind == "mapping":
        return {key: without_empty(child, shape.element) for key, child in value.items()}
    if isinstance(value, list) and shape is not None and shape.kind == "list":
        return [without_empty(child, shape.element) for child in value]
    return value


def _written_path(data: Any, error_path: KeyPath) -> KeyPath:
    """The longest beginning of a path that exists in the data: the path of an error may lead into a mapping that people wrote in its short form."""
    value: Any = data
    path: list[str | int] = []
    for key in error_path:
        is_key = isinstance(value, Mapping) and key in value
        if not is_key and not (isinstance(value, list) and isinstance(key, int) and key < len(value)):
            break
        value = value[key]
        path.append(key)
    return tuple(path)


def _delete_at(data: Any, path: KeyPath) -> None:
    container = _value_at(data, path[:-1])
    if isinstance(container, dict):
        container.pop(path[-1], None)
    elif isinstance(container, list) and isinstance(path[-1], int) and path[-1] < len(container):
        del container[path[-1]]


def error_findings(
    model: type[WrittenModel], document: Document, data: Mapping[str, Any], errors: Sequence[ShapeError]
) -> tuple[Finding, ...]:
    """A finding for each error, at most one for a value, in the order of the file."""
    findings: dict[tuple[KeyPath, str], Finding] = {}
    for error in errors:
        path = _written_path(data, error.path)
        key = (path, f"{error.kind} {error.detail or ''}" if error.kind in ("missing", "unknown") else "value")
        if key not in findings:
            findings[key] = _error_finding(document, data, shape_of(model), path, error)
    return tuple(sorted(findings.values(), key=lambda finding: finding.place))


def _error_finding(document: Document, data: Any, shape: Shape, path: KeyPath, error: ShapeError) -> Finding:
    value = _value_at(data, path)
    value_shape = shape.descendant(path)
    if error.kind == "unknown":
        return unknown_key_finding(document, path, shape.descendant(path[:-1]))
    place = document.place(path)
    if error.kind == "missing":
        name = error.detail
        return Finding("invalid-value", "error", place, _("{name} is missing", name=name), "", _("Write {name}: and its value", name=name))
    if error.kind == "key":
        message = _("the name {name} was read", name=_value_text(path[-1]))
        return Finding("invalid-value", "error", document.key_place(path), message, _value_message(error), "")
    rule = "invalid-date" if value_shape is not None and value_shape.is_date else "invalid-value"
    message = _("{key} is {value}", key=_key_path_text(path), value=_value_text(value))
    if value is None or value == "":
        message = _("{key} is empty", key=_key_path_text(path))
    fix = _value_fix(document, path, value_shape, value)
    next_step = _("Write it so: {line}", line=fix.after.strip()) if fix else _suggestion(value, value_shape, error)
    return Finding(rule, "error", place, message, _expectation(value_shape, error), next_step, fix)


def unknown_key_finding(document: Document, path: KeyPath, model_shape: Shape | None) -> Finding:
    """The finding for an unknown key, with the known key that was probably meant."""
    key = str(path[-1])
    known = list(model_shape.keys) if model_shape is not None else []
    import difflib

    translated = _TRANSLATED_KEYS.get(key.casefold().replace("_", "-"), "")
    suggestions = [translated] if translated in known else difflib.get_close_matches(key.casefold(), known, n=1, cutoff=0.6)
    message = _("the key {key} is not known", key=_value_text(key))
    if len(path) > 1:
        message = _("the key {key} is not known in {around}", key=_value_text(key), around=_key_path_text(path[:-1]))
    expected = _("one of {keys}", keys=", ".join(known)) if len(path) > 1 and known else ""
    if suggestions:
        next_step = _("Did you mean {key}?", key=suggestions[0])
    elif len(path) == 1 and document.path.startswith("content/"):
        next_step = _("Delete it, or list it under foreign_keys in brand/brand.yml when another tool needs it")
    else:
        next_step = _("Delete it")
    return Finding("unknown-key", "error", document.key_place(path), message, expected, next_step, _key_fix(document, path, suggestions))


def _key_fix(document: Document, path: KeyPath, suggestions: list[str]) -> Fix | None:
    """The line with the known key, when only capitals or dashes differ and that key is not written yet."""
    key = str(path[-1])
    if not suggestions or key.casefold().replace("-", "_") != suggestions[0] or (*path[:-1], suggestions[0]) in document.places:
        return None
    place = document.key_place(path)
    line = document.line(place.line)
    start = place.column - 1
    if not line.startswith(key, start):
        return None
    return Fix(place.line, line, line[:start] + suggestions[0] + line[start + len(key) :])


def _value_fix(document: Document, path: KeyPath, shape: Shape | None, value: Any) -> Fix | None:
    """The line with the value that was certainly meant: a text instead of a list in brackets, a list instead of names in a row, a date with the year first."""
    place = document.place(path)
    line = document.line(place.line)
    before, text = line[: place.column - 1], line[place.column - 1 :].rstrip()
    if shape is None or not before.endswith((" ", '"', "'", "[")):
        return None
    is_toml = before.rstrip().endswith("=")
    if isinstance(value, str) and (shape.is_date or not is_toml):
        return _rewrite_value(place, line, shape, value)
    if is_toml or shape.kind != "text" or not isinstance(value, (list, dict)) or text[:1] not in "[{" or text[-1:] not in "]}":
        return None
    from marronnier.files.yaml_quotes import quote_yaml

    if shape.choices or shape.converters or path[-1] in _SINGLE_NAME_KEYS:
        # A name has no brackets.
        name = value[0] if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str) else None
        return Fix(place.line, line, before + name) if name is not None and _is_valid(shape, name) else None
    return Fix(place.line, line, before + quote_yaml(text))


def _rewrite_value(place: Place, line: str, shape: Shape, value: str) -> Fix | None:
    """The line with the value in the expected form, when the line holds the value exactly as it was parsed."""
    start = place.column - 1
    quote = line[start] if line[start : start + 1] in ("'", '"') else ""
    written = f"{quote}{value}{quote}"
    after: str | None = None
    if not line.startswith(written, start):
        return None
    if shape.is_date:
        from marronnier.model.loose_dates import guess_date

        after = guess_date(value)
    elif shape.kind == "list":
        from marronnier.files.yaml_quotes import flow_list

        names = split_names(value)
        after = flow_list(names) if len(names) > 1 and not set(value) & set("[]{}:\"'") else None
        quote = ""
    if after is None or not _is_valid(shape, split_names(value) if shape.kind == "list" else after):
        return None
    return Fix(place.line, line, line[:start] + quote + after + quote + line[start + len(written) :])


def _is_valid(shape: Shape, value: object) -> bool:
    errors: list[ShapeError] = []
    shape.parse(value, errors)
    return not errors


_SINGLE_NAME_KEYS = frozenset({"campaign", "pillar", "slot", "lang", "link"})
"""Keys that hold one name."""
_ANSWERS = {"oui": "true", "ja": "true", "vrai": "true", "non": "false", "nee": "false", "neen": "false", "faux": "false"}


def _suggestion(value: Any, shape: Shape | None, error: ShapeError) -> str:
    if shape is None or not isinstance(value, str):
        return ""
    from marronnier.model.loose_dates import names_no_day

    folded = value.strip().casefold()
    if shape.is_date and re.search(r"\d:\d\d\S*\s+\(?[A-Z][\w+-]+(?:/[\w+-]+)*\)?$", value.strip()):
        return _("Write the offset from UTC in place of the zone's name, like 2026-12-05 10:00 +01:00")
    if shape.is_date and names_no_day(value):
        return _("Correct the day or the hour")
    if shape.is_date and folded[:4].isdecimal() and folded[4:5] == "-":
        return _("Keep only the day and the hour") if "looks like" in str(error.detail) else _("Correct the day or the hour")
    if folded in _ANSWERS and (shape.type is bool or not shape.choices) and _is_valid(shape, _ANSWERS[folded]):
        return _("Did you mean {key}?", key=_ANSWERS[folded])
    if not shape.choices:
        return ""
    import difflib

    suggestions = difflib.get_close_matches(folded, shape.choices, n=1, cutoff=0.6)
    return _("Did you mean {key}?", key=suggestions[0]) if suggestions else ""


def _value_message(error: ShapeError) -> str:
    """The translated sentence of a ValueError from `model/`; any other ValueError means a date or hour that does not exist."""
    return _(error.detail) if error.detail in VALUE_MESSAGES else _("a day and an hour that exist")


_EXPECTATIONS: Mapping[ShapeErrorKind, str] = {
    "minimum": N_("a number of at least {least}"),
    "maximum": N_("a number of at most {most}"),
    "min_items": N_("at least {least} of them"),
    "max_items": N_("at most {most} of them"),
    "pattern": N_("a text of the form {pattern}"),
    "whole number": N_("a whole number"),
    "number": N_("a number"),
    "yes or no": N_("true or false"),
    "list": N_("a list"),
    "mapping": N_("keys with their values"),
    "alternatives": N_("ask, or send-until and a duration, like send-until 8h"),
}
"""What was expected, by the kind of error."""


def _expectation(shape: Shape | None, error: ShapeError) -> str:
    if error.kind == "converter":
        return _value_message(error)
    if error.kind in _EXPECTATIONS:
        return _(_EXPECTATIONS[error.kind], least=error.detail, most=error.detail, pattern=error.detail)
    choices = shape.choices or (shape.element.choices if shape.element else ()) if shape is not None else ()
    return _("one of {keys}", keys=", ".join(choices)) if choices else _("one text")


def _value_at(data: Any, path: KeyPath) -> Any:
    for key in path:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _key_path_text(path: KeyPath) -> str:
    """A path of keys for people, indexes from 1: `media 2 alt`."""
    return " ".join(str(key + 1) if isinstance(key, int) else str(key) for key in path) or _("the file")


def _visible(char: str) -> str:
    """A character as people can see it: a space that only looks like one by its code, any other invisible character as a mark."""
    if char.isprintable():
        return char
    return f"[U+{ord(char):04X}]" if unicodedata.category(char) == "Zs" else "�"


def _value_text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return _("a list")
    if isinstance(value, Mapping):
        return _("a mapping")
    text = "".join(_visible(char) for char in str(value))
    return text if len(text) <= 60 else text[:59] + "…"
