"""From texts to types: the models judge, and every refusal becomes one of our sentences at its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, TypeVar

from marronnier.files.document import Document
from marronnier.messages import N_, _
from marronnier.model.fields import WrittenModel
from marronnier.model.finding import Finding, Fix, Place
from marronnier.model.scalars import names_within
from marronnier.model.shape import Shape, ShapeError, read, shape_of

Model = TypeVar("Model", bound=WrittenModel)
Path = tuple[str | int, ...]

SENTENCES = (
    N_("a date is one text, like 2026-12-05 10:00"),
    N_("a date looks like 2026-12-05 10:00"),
    N_("a day and an hour that exist"),
    N_("the year lies between 1990 and 2199"),
    N_("an offset needs an hour, like 2026-12-05 10:00 +01:00"),
    N_("an offset lies between -14:00 and +14:00"),
    N_("a duration looks like 90 min, 2h, 3d or 1w"),
    N_("a weekday is monday … sunday, lundi … dimanche or maandag … zondag"),
    N_("an hour lies between 00:00 and 23:59"),
    N_("an hour looks like 09:00 or 18h30"),
    N_("a language is written in two letters, like fr, nl or fr-BE"),
    N_("several names stand between brackets, like [one, another]"),
    N_("true, false, or the words of the warning"),
    N_("a day looks like 2026-12-05"),
    N_("a name uses small letters a-z, digits, '.', '_' and '-', and starts with a letter or digit"),
)
"""What the values of `model/` say when they refuse a text."""


_TRANSLATED = {
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
    }.items()
    for word in words.split()
}
"""Keys as a French or Dutch hand writes them, and the ones they are here."""


def validate(model: type[Model], document: Document, data: Mapping[str, Any] | None = None) -> tuple[Model | None, tuple[Finding, ...]]:
    """The model of a document's front matter, or None; with everything that is wrong in it."""
    if not document.whole:
        return None, ()
    written = document.data if data is None else data
    made, refused = read(model, written)
    if refused:
        written = without_empty(written, shape_of(model))
        made, refused = read(model, written)
    return made, refusal_findings(model, document, written, refused)


def salvage(
    model: type[Model], document: Document, data: Mapping[str, Any] | None = None
) -> tuple[Model | None, tuple[Finding, ...], tuple[Path, ...]]:
    """Like `understand`, but what is wrong is left out and the rest is used: so that other files are not blamed. Also says what was left out."""
    if not document.whole:
        return None, (), ((),)
    written = without_empty(document.data if data is None else data, shape_of(model))
    findings: tuple[Finding, ...] = ()
    dropped: list[Path] = []
    for _try in range(6):
        made, refused = read(model, written)
        if not refused:
            return made, findings, tuple(dropped)
        findings = findings or refusal_findings(model, document, written, refused)
        written = deepcopy(written)
        for path in sorted({_written(written, one.path) for one in refused}, key=len, reverse=True):
            if not path:
                return None, findings, tuple(dropped)
            _drop(written, path)
            dropped.append(path)
    return None, findings, tuple(dropped)


def without_empty(value: Any, shape: Shape | None) -> Any:
    """The data without keys that hold nothing: a key that is only begun counts as not written."""
    if isinstance(value, Mapping) and shape is not None and shape.kind == "model":
        return {key: without_empty(inside, shape.at(key)) for key, inside in value.items() if inside is not None or key not in shape.keys}
    if isinstance(value, Mapping) and shape is not None and shape.kind == "mapping":
        return {key: without_empty(inside, shape.each) for key, inside in value.items()}
    if isinstance(value, list) and shape is not None and shape.kind == "list":
        return [without_empty(inside, shape.each) for inside in value]
    return value


def _written(data: Any, loc: tuple[int | str, ...]) -> Path:
    """The longest part of a location that leads through the data as written: a short form was read as if it were the long one."""
    here: Any = data
    path: list[str | int] = []
    for key in loc:
        inside = isinstance(here, Mapping) and key in here
        if not inside and not (isinstance(here, list) and isinstance(key, int) and key < len(here)):
            break
        here = here[key]
        path.append(key)
    return tuple(path)


def _drop(data: Any, path: Path) -> None:
    here = data
    for key in path[:-1]:
        try:
            here = here[key]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(here, dict):
        here.pop(path[-1], None)
    elif isinstance(here, list) and isinstance(path[-1], int) and path[-1] < len(here):
        del here[path[-1]]


def refusal_findings(
    model: type[WrittenModel], document: Document, data: Mapping[str, Any], refused: Sequence[ShapeError]
) -> tuple[Finding, ...]:
    """Every refusal as a finding in our words, one for a place, in the order of the file."""
    found: dict[tuple[Path, str], Finding] = {}
    for one in refused:
        path = _written(data, one.path)
        key = (path, f"{one.wrong} {one.limit or ''}" if one.wrong in ("missing", "unknown") else "value")
        if key not in found:
            found[key] = _refusal(document, data, shape_of(model), path, one)
    return tuple(sorted(found.values(), key=lambda finding: finding.place))


def _refusal(document: Document, data: Any, shape: Shape, path: Path, refused: ShapeError) -> Finding:
    value = _at(data, path)
    here = shape.below(path)
    if refused.wrong == "unknown":
        return unknown_key(document, path, shape.below(path[:-1]))
    place = _place(document, path)
    if refused.wrong == "missing":
        name = refused.limit
        return Finding("invalid-value", "error", place, _("{name} is missing", name=name), "", _("Write {name}: and its value", name=name))
    if refused.wrong == "name":
        said = _("the name {name} was read", name=_shown(path[-1]))
        return Finding("invalid-value", "error", _key_place(document, path), said, _sentence(refused), "")
    rule = "invalid-date" if here is not None and here.dated else "invalid-value"
    said = _("{key} is {value}", key=_named(path), value=_shown(value))
    if value is None or value == "":
        said = _("{key} is empty", key=_named(path))
    fix = _fix(document, path, here, value)
    then = _("Write it so: {line}", line=fix.after.strip()) if fix else _choice(value, here, refused)
    return Finding(rule, "error", place, said, _expected(here, refused), then, fix)


def unknown_key(document: Document, path: Path, around: Shape | None) -> Finding:
    """The finding for a key that nobody knows, with the one that was perhaps meant."""
    key = str(path[-1])
    known = list(around.keys) if around is not None else []
    import difflib

    translated = _TRANSLATED.get(key.casefold().replace("_", "-"), "")
    close = [translated] if translated in known else difflib.get_close_matches(key.casefold(), known, n=1, cutoff=0.6)
    said = _("the key {key} is not known", key=_shown(key))
    if len(path) > 1:
        said = _("the key {key} is not known in {around}", key=_shown(key), around=_named(path[:-1]))
    expected = _("one of {keys}", keys=", ".join(known)) if len(path) > 1 and known else ""
    if close:
        then = _("Did you mean {key}?", key=close[0])
    elif len(path) == 1 and document.path.startswith("content/"):
        then = _("Delete it, or list it under foreign_keys in brand/brand.yml when another tool needs it")
    else:
        then = _("Delete it")
    return Finding("unknown-key", "error", _key_place(document, path), said, expected, then, _renamed(document, path, close))


def _renamed(document: Document, path: Path, close: list[str]) -> Fix | None:
    """The line with the key as it was meant, when only capitals or dashes differ and no such key stands there yet."""
    key = str(path[-1])
    if not close or key.casefold().replace("-", "_") != close[0] or (*path[:-1], close[0]) in document.places:
        return None
    place = _key_place(document, path)
    line = _line(document, place.line)
    start = place.column - 1
    if not line.startswith(key, start):
        return None
    return Fix(place.line, line, line[:start] + close[0] + line[start + len(key) :])


def _fix(document: Document, path: Path, shape: Shape | None, value: Any) -> Fix | None:
    """The line with what was surely meant: a text for a list in brackets, a list for several names in a row, a date the year first."""
    place = _place(document, path)
    line = _line(document, place.line)
    before, text = line[: place.column - 1], line[place.column - 1 :].rstrip()
    if shape is None or not before.endswith((" ", '"', "'", "[")):
        return None
    is_toml = before.rstrip().endswith("=")
    if isinstance(value, str) and (shape.dated or not is_toml):
        return _rewritten(place, line, shape, value)
    if is_toml or shape.kind != "text" or not isinstance(value, (list, dict)) or text[:1] not in "[{" or text[-1:] not in "]}":
        return None
    from marronnier.files.yaml_quotes import yaml_quoted

    if shape.choices or shape.reads or path[-1] in _NAMES_OF_ONE:
        # Brackets are no part of a name.
        one = value[0] if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str) else None
        return Fix(place.line, line, before + one) if one is not None and _is_read(shape, one) else None
    return Fix(place.line, line, before + yaml_quoted(text))


def _rewritten(place: Place, line: str, shape: Shape, value: str) -> Fix | None:
    """The line with a value written another way, where it stands on its line as it was read."""
    start = place.column - 1
    quote = line[start] if line[start : start + 1] in ("'", '"') else ""
    written = f"{quote}{value}{quote}"
    after: str | None = None
    if not line.startswith(written, start):
        return None
    if shape.dated:
        from marronnier.model.loose_dates import guess_date

        after = guess_date(value)
    elif shape.kind == "list":
        from marronnier.files.yaml_quotes import flow_list

        names = names_within(value)
        after = flow_list(names) if len(names) > 1 and not set(value) & set("[]{}:\"'") else None
        quote = ""
    if after is None or not _is_read(shape, names_within(value) if shape.kind == "list" else after):
        return None
    return Fix(place.line, line, line[:start] + quote + after + quote + line[start + len(written) :])


def _is_read(shape: Shape, value: object) -> bool:
    refused: list[ShapeError] = []
    shape.read(value, refused)
    return not refused


_NAMES_OF_ONE = frozenset({"campaign", "pillar", "slot", "lang", "link"})
"""Keys that hold the name of one thing, and no words."""
_ANSWERS = {"oui": "true", "ja": "true", "vrai": "true", "non": "false", "nee": "false", "neen": "false", "faux": "false"}


def _choice(value: Any, shape: Shape | None, refused: ShapeError) -> str:
    if shape is None or not isinstance(value, str):
        return ""
    folded = value.strip().casefold()
    if shape.dated and folded[:4].isdecimal() and folded[4:5] == "-":
        return _("Keep only the day and the hour") if "looks like" in str(refused.limit) else _("Correct the day or the hour")
    if folded in _ANSWERS and (shape.type is bool or not shape.choices) and _is_read(shape, _ANSWERS[folded]):
        return _("Did you mean {key}?", key=_ANSWERS[folded])
    if not shape.choices:
        return ""
    import difflib

    close = difflib.get_close_matches(folded, shape.choices, n=1, cutoff=0.6)
    return _("Did you mean {key}?", key=close[0]) if close else ""


def _sentence(refused: ShapeError) -> str:
    """What a value of `model/` says, translated; a date or hour that is written rightly and does not exist says that."""
    return _(refused.limit) if refused.limit in SENTENCES else _("a day and an hour that exist")


def _expected(shape: Shape | None, refused: ShapeError) -> str:
    limit = refused.limit
    match refused.wrong:
        case "said":
            return _sentence(refused)
        case "least":
            return _("a number of at least {least}", least=limit)
        case "most":
            return _("a number of at most {most}", most=limit)
        case "fewest":
            return _("at least {least} of them", least=limit)
        case "several":
            return _("at most {most} of them", most=limit)
        case "pattern":
            return _("a text of the form {pattern}", pattern=limit)
        case "whole number":
            return _("a whole number")
        case "number":
            return _("a number")
        case "yes or no":
            return _("true or false")
        case "list":
            return _("a list")
        case "mapping":
            return _("keys with their values")
        case "either":
            return _("ask, or send-until and a duration, like send-until 8h")
    choices = shape.choices or (shape.each.choices if shape.each else ()) if shape is not None else ()
    return _("one of {keys}", keys=", ".join(choices)) if choices else _("one text")


def _at(data: Any, path: Path) -> Any:
    for key in path:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _named(path: Path) -> str:
    """A path of keys as people would say it: `media 2 alt`."""
    return " ".join(str(key + 1) if isinstance(key, int) else str(key) for key in path) or _("the file")


def _shown(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return _("a list")
    if isinstance(value, Mapping):
        return _("a mapping")
    text = "".join(char if char.isprintable() else "�" for char in str(value))
    return text if len(text) <= 60 else text[:59] + "…"


def _place(document: Document, path: Path) -> Place:
    for end in range(len(path), -1, -1):
        if path[:end] in document.places:
            return Place(document.path, *document.places[path[:end]])
    return Place(document.path, 1, 1)


def _key_place(document: Document, path: Path) -> Place:
    return Place(document.path, *document.keys[path]) if path in document.keys else _place(document, path)


def _line(document: Document, number: int) -> str:
    lines = document.text.split("\n")
    return lines[number - 1] if 0 < number <= len(lines) else ""
