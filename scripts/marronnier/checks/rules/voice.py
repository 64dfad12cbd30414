"""Words that do not follow the brand's voice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from marronnier.checks import word_matching
from marronnier.checks.levels import level_for_post
from marronnier.checks.text_spans import MAX_FINDINGS, TextSpan
from marronnier.checks.view import View
from marronnier.messages import _, ngettext
from marronnier.model.finding import Finding, Fix, Level
from marronnier.model.strategy import VoiceRule
from marronnier.text import masks, phrases
from marronnier.text.phrases import Phrase

LEVEL: Level = "error"
ALLOWABLE = True
ENDS_WITH_SENDING = True

_NEAR = 100
"""How far around a word its replacement is searched, in characters beyond the replacement's length."""


@dataclass(frozen=True, slots=True)
class _PreparedRule:
    """One rule of brand/voice.yml with its words as patterns."""

    name: str
    rule: VoiceRule
    words: tuple[tuple[Phrase, str], ...]
    """Each pattern with its replacement, which is empty where there is none."""

    def may_be_broken(self, source: str) -> bool:
        """Whether a file may break the rule: a quick test of its lower-case source."""
        if self.rule.kind == "occurrence":
            most = self.rule.most or 0
            return sum(source.count(pattern.stem) if pattern.stem else most + 1 for pattern, _replacement in self.words) > most
        return any(pattern.may_occur_in(source) for pattern, _replacement in self.words)


def check(view: View) -> Iterator[Finding]:
    """All sentences of all posts without their code, links, mentions and hashtags; a notice in an idea."""
    prepared_rules = [_PreparedRule(name, rule, tuple(_patterns(rule))) for name, rule in view.desk.voice.rules.items()]
    replaced_patterns = [
        pattern for prepared in prepared_rules if prepared.rule.kind == "substitution" for pattern, _replacement in prepared.words
    ]
    for post in view.posts if prepared_rules else ():
        source = word_matching.lowercase_source(post)
        candidates = [prepared for prepared in prepared_rules if prepared.may_be_broken(source)]
        for span in view.texts.spans(post) if candidates else ():
            if span.kind not in word_matching.SPOKEN:
                continue
            prose = masks.mask_non_prose(span.text)
            for prepared in candidates:
                if word_matching.language_matches(prepared.rule.lang, span.lang):
                    yield from _rule_findings(span, prose, prepared, level_for_post(post, prepared.rule.level), replaced_patterns)


def _patterns(rule: VoiceRule) -> Iterator[tuple[Phrase, str]]:
    words_and_replacements = rule.swap.items() if rule.kind == "substitution" else ((words, "") for words in rule.words)
    for words, replacement in words_and_replacements:
        pattern = phrases.compile_phrase(words)
        if pattern is not None:
            yield pattern, replacement


def _rule_findings(span: TextSpan, prose: str, prepared: _PreparedRule, level: Level, replaced_patterns: list[Phrase]) -> Iterator[Finding]:
    rule = prepared.rule
    if rule.kind == "occurrence":
        yield from _occurrence_findings(span, prose, prepared, level)
        return
    for pattern, replacement in prepared.words:
        for start, end in islice(pattern.find_spans(prose), MAX_FINDINGS):
            if replacement and _is_already_replaced(replacement, prose, start):
                continue
            matched = span.text[start:end]
            fix = _fix(span, prose, (start, end), replacement, replaced_patterns) if replacement else None
            message = _(
                "“{words}” is written, and `{name}` in brand/voice.yml asks for other words",
                words=word_matching.one_line_excerpt(matched),
                name=prepared.name,
            )
            expected = _expected_words(rule, replacement)
            next = _next_step(phrases.match_capitals(matched, replacement), fix)
            yield Finding("voice", level, span.place(start), message, expected, next, fix)


def _expected_words(rule: VoiceRule, replacement: str) -> str:
    reason = word_matching.without_full_stop(rule.why)
    if replacement:
        return _("“{other}”; {why}", other=replacement, why=reason) if reason else _("“{other}”", other=replacement)
    return reason or _("other words")


def _next_step(replacement: str, fix: Fix | None) -> str:
    if fix:
        return _("`marronnier check --fix` writes “{other}”", other=replacement)
    if replacement:
        return _("write “{other}”, and adapt the words around it", other=replacement)
    return _("write it differently")


def _is_already_replaced(replacement: str, prose: str, start: int) -> bool:
    """Whether the words are part of their replacement already: it may contain them."""
    pattern = phrases.compile_phrase(replacement)
    at = max(0, start - len(replacement) - _NEAR)
    around = prose[at : start + len(replacement) + _NEAR]
    return pattern is not None and any(match_start <= start - at < match_end for match_start, match_end in pattern.find_spans(around))


def _fix(span: TextSpan, prose: str, match: tuple[int, int], replacement: str, replaced_patterns: list[Phrase]) -> Fix | None:
    """The line with the replacement, where no other word has to change with it, and no rule would change it again."""
    start, end = match
    matched = span.text[start:end]
    if any(next(pattern.find_spans(replacement), None) for pattern in replaced_patterns) or any(mark in matched for mark in "*_~"):
        return None
    if not phrases.keeps_agreement(prose[max(0, start - 24) : start], matched, replacement):
        return None
    return span.fix([(start, end, phrases.match_capitals(matched, replacement))])


def _occurrence_findings(span: TextSpan, prose: str, prepared: _PreparedRule, level: Level) -> Iterator[Finding]:
    most = prepared.rule.most or 0
    places = sorted(match for pattern, _replacement in prepared.words for match in pattern.find_spans(prose))
    if len(places) > most:
        start, end = places[most]
        message = ngettext(
            "“{words}” and similar occur {count} time in this text, and `{name}` in brand/voice.yml limits them",
            "“{words}” and similar occur {count} times in this text, and `{name}` in brand/voice.yml limits them",
            len(places),
            words=word_matching.one_line_excerpt(span.text[start:end]),
            name=prepared.name,
        )
        expected = (
            _("at most {most}; {why}", most=most, why=reason)
            if (reason := word_matching.without_full_stop(prepared.rule.why))
            else _("at most {most}", most=most)
        )
        next = _("remove some of them")
        yield Finding("voice", level, span.place(start), message, expected, next)
