"""Words that do not sound like the brand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from marronnier.checks import word_rules
from marronnier.checks.text_spans import MOST, TextSpan
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Fix, Level
from marronnier.model.strategy import VoiceRule
from marronnier.text import masks, phrases
from marronnier.text.phrases import Phrase
from marronnier.timetable.written_times import is_idea

LEVEL: Level = "error"
ALLOWABLE = True

_NEAR = 100
"""How far around a word what should be said instead is looked for, in characters beyond its own length."""


@dataclass(frozen=True, slots=True)
class _Habit:
    """One rule of brand/voice.yml, ready to look."""

    name: str
    rule: VoiceRule
    words: tuple[tuple[Phrase, str], ...]
    """What is looked for, and what to say instead; empty where nothing is."""

    def may_be_broken(self, lowered: str) -> bool:
        """Told from a whole file, quickly."""
        if self.rule.kind == "occurrence":
            most = self.rule.most or 0
            return sum(lowered.count(sought.stem) if sought.stem else most + 1 for sought, _other in self.words) > most
        return any(sought.may_occur_in(lowered) for sought, _other in self.words)


def check(view: View) -> Iterator[Finding]:
    """All sentences of all posts, but their code, links, mentions and hashtags; in an idea it is only a notice."""
    habits = [_Habit(name, rule, tuple(_sought(rule))) for name, rule in view.desk.voice.rules.items()]
    replaced = [sought for habit in habits if habit.rule.kind == "substitution" for sought, _other in habit.words]
    for post in view.posts if habits else ():
        lowered = word_rules.lowercase_source(post)
        wanted = [habit for habit in habits if habit.may_be_broken(lowered)]
        for passage in view.passages(post) if wanted else ():
            if passage.kind not in word_rules.SPOKEN:
                continue
            prose = masks.mask_non_prose(passage.text)
            for habit in wanted:
                if word_rules.language_matches(habit.rule.lang, passage.lang):
                    yield from _judged(passage, prose, habit, "notice" if is_idea(post) else habit.rule.level, replaced)


def _sought(rule: VoiceRule) -> Iterator[tuple[Phrase, str]]:
    pairs = rule.swap.items() if rule.kind == "substitution" else ((words, "") for words in rule.words)
    for words, other in pairs:
        sought = phrases.compile_phrase(words)
        if sought is not None:
            yield sought, other


def _judged(passage: TextSpan, prose: str, habit: _Habit, level: Level, replaced: list[Phrase]) -> Iterator[Finding]:
    rule = habit.rule
    if rule.kind == "occurrence":
        yield from _too_often(passage, prose, habit, level)
        return
    for sought, other in habit.words:
        for start, end in islice(sought.find_spans(prose), MOST):
            if other and _stands(other, prose, start):
                continue
            said = passage.text[start:end]
            fix = _fix(passage, prose, (start, end), other, replaced) if other else None
            yield Finding(
                "voice",
                level,
                passage.place(start),
                _(
                    "“{words}” is written, and `{name}` in brand/voice.yml asks for other words",
                    words=word_rules.one_line_excerpt(said),
                    name=habit.name,
                ),
                _expected(rule, other),
                _next(phrases.match_capitals(said, other), fix),
                fix,
            )


def _expected(rule: VoiceRule, other: str) -> str:
    why = word_rules.without_full_stop(rule.why)
    if other:
        return _("“{other}”; {why}", other=other, why=why) if why else _("“{other}”", other=other)
    return why or _("words of your own")


def _next(other: str, fix: Fix | None) -> str:
    if fix:
        return _("`marronnier check --fix` writes “{other}”", other=other)
    if other:
        return _("write “{other}”, and what goes with it", other=other)
    return _("say it otherwise")


def _stands(other: str, prose: str, start: int) -> bool:
    """Whether what to say instead stands there already: it may hold the very words."""
    sought = phrases.compile_phrase(other)
    at = max(0, start - len(other) - _NEAR)
    near = prose[at : start + len(other) + _NEAR]
    return sought is not None and any(begins <= start - at < ends for begins, ends in sought.find_spans(near))


def _fix(passage: TextSpan, prose: str, span: tuple[int, int], other: str, replaced: list[Phrase]) -> Fix | None:
    """The line with the other words: only where no other word of the line has to change with them, and no rule would change them again."""
    start, end = span
    said = passage.text[start:end]
    if any(next(sought.find_spans(other), None) for sought in replaced) or any(mark in said for mark in "*_~"):
        return None
    if not phrases.keeps_agreement(prose[max(0, start - 24) : start], said, other):
        return None
    return passage.fix([(start, end, phrases.match_capitals(said, other))])


def _too_often(passage: TextSpan, prose: str, habit: _Habit, level: Level) -> Iterator[Finding]:
    most = habit.rule.most or 0
    places = sorted(span for sought, _other in habit.words for span in sought.find_spans(prose))
    if len(places) > most:
        start, end = places[most]
        yield Finding(
            "voice",
            level,
            passage.place(start),
            _(
                "“{words}” and its like stand {count} times in this text, and `{name}` in brand/voice.yml counts them",
                words=word_rules.one_line_excerpt(passage.text[start:end]),
                count=len(places),
                name=habit.name,
            ),
            _("at most {most}; {why}", most=most, why=why)
            if (why := word_rules.without_full_stop(habit.rule.why))
            else _("at most {most}", most=most),
            _("take some of them out"),
        )
