"""The report of a pull request: one Markdown text, made to be read on a phone first.

Words of posts stand in code only, so that nothing in them mentions, refers, links or acts. What does not fit is named, never cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from marronnier.approval.approvers import ApprovalStanding
from marronnier.approval.names import people
from marronnier.messages import _, ngettext
from marronnier.model.plan import PlanLine
from marronnier.plan.diff import describe_instant, describe_move
from marronnier.pull_request import blocks
from marronnier.pull_request.approval_sentences import approval_sentences
from marronnier.pull_request.blocks import COMMENT_LIMIT, LEFT_OUT, LONGEST, MOST_TOLD, Block, Kind
from marronnier.pull_request.contents import ChangedPublication, MovedPlace, PolicyChange, PullRequestContents
from marronnier.pull_request.finding_blocks import finding_blocks
from marronnier.pull_request.publication_blocks import publication_blocks
from marronnier.text.markdown_code import code_span, continuation_mark, plain_or_code, shortened

MOST_FILES = 20
"""Files of one kind that a list names before it only counts the others."""


def _no_address(_path: str, _line: int) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class ReportLinks:
    """The addresses of the forge that a report may lead to; none where it is read in a terminal."""

    line: Callable[[str, int], str] = _no_address
    """The address of a line within the pull request's changes; empty where there is none."""
    preview: str = ""
    """Where the preview is kept."""
    takes_reviews: bool = False
    """Whether people can approve where they read it."""


def compose(contents: PullRequestContents, links: ReportLinks, limit: int = COMMENT_LIMIT) -> str:
    """The whole report, in the language in use, in at most that many characters."""
    pieces = [*_head(contents), _guide(contents, links), *finding_blocks(contents, links.line), *_calendar(contents)]
    looks = list(publication_blocks(contents))
    if looks:
        pieces += [Block(f"### {_('As the networks will show it')}"), *looks]
        if continued := _continuation_note(looks):
            pieces.append(Block(continued))
    pieces += [*_approvals(contents, links), *_what_stays(contents)]
    fitted = blocks.fit(pieces, limit)
    report = blocks.join([Block(fitted.text), *_left_out(fitted.left_out, links), *_foot(contents)]) + "\n"
    return report if blocks.length(report) <= limit else _without_details(contents, links)


def _without_details(contents: PullRequestContents, links: ReportLinks) -> str:
    """What is left to say where even the shortest form is too long: somebody made it so."""
    note = _("This changes more than a report can hold: read it in {place} before you approve it.", place=_place_to_read(links))
    return blocks.join([*list(_head(contents))[:2], Block(f"> [!CAUTION]\n> {note}"), _guide(contents, links), *_foot(contents)]) + "\n"


def _guide(contents: PullRequestContents, links: ReportLinks) -> Block:
    """Who is asked, and where it can be looked at: the two things to know before reading on."""
    preview = f"📱 [{_('The preview: one file, with pictures, that opens on a phone')}]({links.preview})" if links.preview else ""
    return Block("  \n".join(filter(None, (_who_is_asked(contents), preview))))


def _head(contents: PullRequestContents) -> Iterator[Block]:
    """The verdict, then what is dangerous about it."""
    yield Block(f"## {_('What this changes')}")
    mark, said = _verdict(contents)
    yield Block(f"{mark} **{said}**")
    if contents.base:
        yield Block(
            "> [!WARNING]\n> "
            + _(
                "It is to be merged into {base}: nothing of it goes out, and no approval of it counts, before it is in {branch}.",
                base=code_span(contents.base),
                branch=code_span(contents.situation.branch),
            )
        )
    if contents.dangers:
        yield Block(
            "> [!CAUTION]\n> "
            + _("It changes what runs here, not only words:")
            + f" {_file_list(contents.dangers)}.\n> "
            + _("Once it is merged, that runs with the team's tokens. Read these lines yourself; no approval of words covers them.")
        )
    if contents.policy is not None:
        yield Block(_policy(contents.policy))


def verdict(contents: PullRequestContents) -> str:
    """The first line of the report: what changes, what must be corrected, what is missing."""
    return _verdict(contents)[1]


def _verdict(contents: PullRequestContents) -> tuple[str, str]:
    """One line that tells enough to stop here, with its mark."""
    if contents.problem:
        return "⚪", f"{plain_or_code(contents.problem)}."
    publications = [one for one in contents.publications if one.change.instant.basis != "idea"]
    removed = sum(one.change.kind == "removed" and not one.is_unreadable for one in publications)
    changed = sum(one.change.kind != "removed" for one in publications)
    said = []
    if changed or not (removed or contents.unreadable):
        said.append(
            ngettext("{count} publication is new or different.", "{count} publications are new or different.", changed)
            if changed
            else _("No publication changes.")
        )
    if removed:
        said.append(ngettext("{count} publication is removed.", "{count} publications are removed.", removed))
    if contents.unreadable:
        said.append(
            ngettext(
                "{count} post cannot be read, so nothing of it is shown.",
                "{count} posts cannot be read, so nothing of them is shown.",
                len(contents.unreadable),
            )
        )
    asked = [one for one in publications if one.standing is not None and not one.is_out and not one.is_unreadable]
    unapproved = sum(not one.standing.approval.granted and not one.standing.merging_counts for one in asked if one.standing is not None)
    if contents.errors:
        said.append(ngettext("{count} error must be corrected first.", "{count} errors must be corrected first.", len(contents.errors)))
    if held := sum(one.hold is not None for one in publications):
        said.append(ngettext("{count} is on hold, and does not go out.", "{count} are on hold, and do not go out.", held))
    if unapproved:
        said.append(ngettext("{count} must still be approved.", "{count} must still be approved.", unapproved))
    elif asked:
        said.append(
            _("Merging it approves it.")
            if any(one.standing is not None and one.standing.merging_counts for one in asked)
            else _("All of it is approved as it stands.")
        )
    mark = (
        "⛔"
        if contents.errors
        else "⚠️"
        if contents.dangers or contents.policy is not None or contents.base or held
        else "⏳"
        if unapproved
        else "✅"
    )
    return mark, " ".join(said)


def _who_is_asked(contents: PullRequestContents) -> str:
    """Who must approve, in a line, where it is the same for everything that waits; empty where it is not, or nobody is asked."""
    waiting = [one.standing for one in contents.publications if one.standing is not None and _waits(one)]
    asked = {standing.approval.held_by or _lacking(standing) for standing in waiting}
    if len(asked) != 1 or not (names := asked.pop()):
        return ""
    return "👤 " + _("Who can approve it: {people}", people=plain_or_code(people(waiting[0].policy, names)))


def _lacking(standing: ApprovalStanding) -> tuple[str, ...]:
    """Those who may give the approval that is lacking, where it is of one kind; nobody where it is of several, or somebody must come first."""
    missing = standing.missing
    return missing[0].may if len(missing) == 1 and not missing[0].first else ()


def _waits(one: ChangedPublication) -> bool:
    """Whether somebody must still approve it."""
    if one.standing is None or one.is_out or one.is_unreadable:
        return False
    return not (one.standing.approval.granted or one.standing.merging_counts or one.standing.approval.waits_for_policy)


def _file_list(paths: Sequence[str]) -> str:
    more = len(paths) - MOST_FILES
    listed = ", ".join(map(code_span, paths[:MOST_FILES]))
    return listed + (" " + ngettext("and {count} more", "and {count} more", more) if more > 0 else "")


def _policy(change: PolicyChange) -> str:
    """What changes in who may approve and where channels speak, and when it is in force."""
    lines = [f"> [!WARNING]\n> {_('It changes who may approve, or where channels speak:')}", ">"]
    more = len(change.sentences) - MOST_FILES
    lines += [f"> - {plain_or_code(shortened(sentence, LONGEST))}" for sentence in change.sentences[:MOST_FILES]]
    lines += [f"> - {_place(place)}" for place in change.places[:MOST_FILES]]
    if more > 0:
        lines.append(f"> - {ngettext('and {count} more', 'and {count} more', more)}")
    return "\n".join([*lines, ">", f"> {_policy_in_force(change)}"])


def _place(place: MovedPlace) -> str:
    """Where a channel would speak, and with which secrets."""
    after = place.after
    names = [("account", _("account")), ("host", _("host")), ("network", _("network"))]
    facts = []
    for field, label in names:
        old, new = getattr(place.before, field) if place.before is not None else "", getattr(after, field)
        if old != new:
            facts.append(f"{label} {code_span(old)} → {code_span(new)}" if old else f"{label} {code_span(new)}")
    before = place.before.secrets if place.before is not None else ()
    if before != after.secrets:
        facts.append(_("secrets from {variables}", variables=", ".join(code_span(variable) for _name, variable in after.secrets) or "–"))
    return f"{code_span(place.channel)}: {', '.join(facts)}"


def _policy_in_force(change: PolicyChange) -> str:
    if change.only_asks_for_more:
        return _("It only asks for more, so it is in force as soon as it is merged.")
    if not change.records:
        return _("The ledger records no policy yet: merging it is enough.")
    if not change.approvers:
        return _("Nobody can approve that by the policy in force; until then whatever is stricter counts, the old or the new.")
    return _(
        "It is in force once {people} approved it, by the policy in force; until then whatever is stricter counts, the old or the new.",
        people=plain_or_code(change.approvers),
    )


def _calendar(contents: PullRequestContents) -> Iterator[Block]:
    """What goes out when, and what would no longer."""
    diff, desk = contents.calendar, contents.after.desk
    entries = [
        *((move.line, ("🆕", *describe_move(move, desk))) for move in diff.added),
        *((move.line, ("↪️", *describe_move(move, desk))) for move in diff.moved),
        *(
            (line, ("🗑", describe_instant(line.instant.at, desk), _("removed")))
            for line in diff.removed
            if not _is_unreadable(line, contents)
        ),
    ]
    lines = list(_by_post(entries))
    if not lines:
        return
    yield Block(f"### {_('In the calendar')}")
    for number, line in enumerate(lines):
        yield Block(line, 20 if number >= MOST_TOLD else 0, kind="calendar", tight=number > 0)


def _is_unreadable(line: PlanLine, contents: PullRequestContents) -> bool:
    return line.publication.post.path in contents.after.desk.unreadable_posts


def _by_post(entries: Iterable[tuple[PlanLine, tuple[str, ...]]]) -> Iterator[str]:
    """A line for each post; channels that share a time share it."""
    groups: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for line, (mark, *said) in entries:
        post = line.publication.post
        groups.setdefault((post.title or post.id, mark, tuple(said)), []).append(line.publication.channel_name)
    for (title, mark, (when, *notes)), channels in groups.items():
        names = ", ".join(map(code_span, dict.fromkeys(channels)))
        warned = "".join(f" · ⚠️ {plain_or_code(shortened(note, LONGEST))}" if mark != "🗑" else f" · {note}" for note in notes)
        yield f"- {mark} {plain_or_code(when)} · {code_span(shortened(title, LONGEST))} · {names}{warned}"


def _continuation_note(looks: Sequence[Block]) -> str:
    """What the mark of a continued line means, where one is there."""
    mark = continuation_mark("")
    if not any(f"\n{mark} " in block.text for block in looks):
        return ""
    return _("{mark} continues the line above: the screen is narrow, the post has no break there.", mark=code_span(mark))


def _approvals(contents: PullRequestContents, links: ReportLinks) -> Iterator[Block]:
    """Who must still approve what, and how."""
    groups: dict[tuple[str, ...], list[str]] = {}
    missing: list[str] = []
    for one in contents.publications:
        if one.standing is None or one.is_out or one.is_unreadable:
            continue
        if not (one.standing.approval.granted or one.standing.merging_counts):
            missing.append(one.change.publication.post.id)
        mark = "✅" if one.standing.approval.granted else "🔀" if one.standing.merging_counts else "⏳"
        groups.setdefault((mark, *approval_sentences(one.standing)), []).append(one.key)
    if not groups:
        return
    yield Block(f"### {_('Approval')}")
    for number, ((mark, *sentences), keys) in enumerate(groups.items()):
        said = _("{key}: {why}", key=_file_list(keys), why=_("; ").join(map(plain_or_code, sentences)))
        yield Block(f"- {mark} {said}", 15 if number >= MOST_TOLD else 0, kind="publication", tight=number > 0)
    if missing and contents.refused_reviews:
        told = "\n".join(f"- {plain_or_code(shortened(why, LONGEST))}" for why in dict.fromkeys(contents.refused_reviews))
        yield Block(f"⚠️ {_('Reviews that do not count:')}\n\n{told}", 15, kind="publication")
    if missing and contents.reviews_problem:
        yield Block(f"⚠️ {plain_or_code(contents.reviews_problem)}")
    if missing:
        yield Block(_how_to_approve(list(dict.fromkeys(missing)), links))


def _how_to_approve(posts: Sequence[str], links: ReportLinks) -> str:
    """What an approver does, with the posts by name."""
    command = "marronnier approve " + " ".join((*posts[:MOST_TOLD], *(["…"] if len(posts) > MOST_TOLD else [])))
    how = (
        _("To approve: *Files changed* above, then *Approve*; or {command} on its branch.", command=code_span(command))
        if links.takes_reviews
        else _("To approve: {command} on its branch.", command=code_span(command))
    )
    return f"{how} {_('It counts for the words as they stand here.')}"


def _what_stays(contents: PullRequestContents) -> Iterator[Block]:
    """What the pull request leaves alone, and what may make the merge another text."""
    if contents.problem:
        return
    said = []
    touched = {one.key for one in contents.publications}
    ahead = sum(
        key not in touched
        and (instant.at is None or instant.at >= contents.situation.now)
        and instant.basis != "idea"
        and not instant.problem
        for key, instant in contents.after.timetable.instants.items()
    )
    if ahead:
        said.append(
            ngettext("{count} other publication to come stays as it is.", "{count} other publications to come stay as they are.", ahead)
        )
    if contents.other_findings:
        said.append(
            ngettext(
                "{count} finding of {branch} has nothing to do with it.",
                "{count} findings of {branch} have nothing to do with it.",
                contents.other_findings,
                branch=code_span(contents.situation.branch),
            )
        )
    if said or contents.also_changed or contents.newer or contents.other_files:
        yield Block(f"### {_('What stays')}")
    yield Block(" ".join(said))
    if contents.also_changed:
        yield Block(
            _(
                "{branch} changed these files too since this branch began: {files}. The merge may be another text, which must be approved as such.",
                branch=code_span(contents.situation.branch),
                files=_file_list(contents.also_changed),
            )
        )
    elif contents.newer:
        yield Block(
            ngettext(
                "{branch} has {count} newer commit; it touches none of these files.",
                "{branch} has {count} newer commits; they touch none of these files.",
                contents.newer,
                branch=code_span(contents.situation.branch),
            )
        )
    if contents.other_files:
        yield Block(_("Other files it changes: {files}.", files=_file_list(contents.other_files)), 60, kind="elsewhere")


def _left_out(counts: Mapping[Kind, int], links: ReportLinks) -> Iterator[Block]:
    """What did not fit, and where to read it."""
    said = [ngettext(*LEFT_OUT[kind], counts[kind]) for kind in LEFT_OUT if counts.get(kind)]
    if not said:
        return
    yield Block(
        "> [!IMPORTANT]\n> "
        + _(
            "Not everything fits into this report: {what}. Read the rest in {place} before you approve it.",
            what=_("; ").join(said),
            place=_place_to_read(links),
        )
    )


def _place_to_read(links: ReportLinks) -> str:
    return _("the preview") if links.preview else _("a terminal, with `marronnier report` on this branch")


def _foot(contents: PullRequestContents) -> Iterator[Block]:
    branch, commit = code_span(contents.situation.branch), code_span(contents.head[:12])
    yield Block(f"<sub>{_('About commit {commit}, told by the tool of {branch}.', branch=branch, commit=commit)}</sub>")
