"""Output of who must approve publications, for each kind of reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from marronnier.approval.approvers import ApprovalStanding
from marronnier.cli import output
from marronnier.messages import _
from marronnier.pull_request.approval_sentences import approval_sentences
from marronnier.pull_request.standings import KeyStanding


def print_standings(standings: Sequence[KeyStanding], output_format: str) -> None:
    """Print them in that format."""
    if output_format == "json":
        output.print_json([_as_json(each) for each in standings])
        return
    for line in _lines(standings):
        output.print_line(line)


def _lines(standings: Sequence[KeyStanding]) -> Iterator[str]:
    """The key of each publication, and below it how it stands on each branch."""
    for key, places in groupby(standings, key=lambda each: each.key):
        yield output.coloured(output.escape_controls(key), "white", bold=True)
        for each in places:
            first, *others = _sentences(each)
            mark = "✓" if each.is_out or (each.standing is not None and each.standing.approval.granted) else "·"
            yield output.escape_controls(f"  {mark} {_('{key}: {why}', key=each.place, why=first)}")
            yield from (output.escape_controls(f"    {sentence}") for sentence in others)


def _sentences(each: KeyStanding) -> Sequence[str]:
    if each.is_out:
        return (_("it is out, and needs no approval any more"),)
    if each.standing is None:
        return (_("nobody has to approve it: it is removed there, or only an idea"),)
    sentences = approval_sentences(each.standing)
    return sentences if each.standing.approval.granted else tuple(dict.fromkeys((*sentences, *each.refused_reviews)))


def _as_json(each: KeyStanding) -> Mapping[str, object]:
    standing = each.standing
    return {
        "key": each.key,
        "branch": each.place,
        "proposed": each.is_proposed,
        "sent": each.is_out,
        "approved": each.is_out or (standing is not None and standing.approval.granted),
        "merging": standing is not None and standing.merging_counts,
        "why": "" if standing is None else standing.approval.why,
        "sentences": list(_sentences(each)),
        "held_by": [] if standing is None else [_person(person, standing) for person in standing.approval.held_by],
        "quorums": [] if standing is None else _quorums_as_json(standing),
    }


def _quorums_as_json(standing: ApprovalStanding) -> list[Mapping[str, object]]:
    return [
        {
            "needed": quorum.needed,
            "missing": 0 if standing.approval.granted else quorum.missing,
            "approved": [_person(person, standing) for person in quorum.approved],
            "first": [_person(person, standing) for person in quorum.first],
            "may": [_person(person, standing) for person in quorum.may],
            "barred": [{**_person(person, standing), "why": why} for person, why in quorum.barred],
        }
        for quorum in standing.quorums
    ]


def _person(person: str, standing: ApprovalStanding) -> Mapping[str, str]:
    return {"id": person, "name": standing.name(person)}
