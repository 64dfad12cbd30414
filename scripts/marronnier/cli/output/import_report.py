"""The report of an import: what was carried over, and by name whatever was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from marronnier.cli import output
from marronnier.messages import N_, NN_, _, ngettext

if TYPE_CHECKING:
    from marronnier.importers.bundle import Bundle, PastOutcome
    from marronnier.importers.writer import ImportDiff


_OUTCOMES: Mapping[PastOutcome, tuple[str, str]] = {
    "sent": NN_(
        "{count} publication was already sent there: it will not be sent again.",
        "{count} publications were already sent there: they will not be sent again.",
    ),
    "failed": NN_("{count} publication failed there and needs your decision.", "{count} publications failed there and need your decision."),
    "unrecorded": NN_(
        "{count} publication has no record there and needs your decision.",
        "{count} publications have no record there and need your decision.",
    ),
}


def print_report(bundle: Bundle, diff: ImportDiff, recorded: Mapping[PastOutcome, int], output_format: str, *, dry_run: bool) -> None:
    """Print the report as text, or as JSON where `output_format` is `json`."""
    if output_format == "json":
        output.print_json(as_json(bundle, diff, recorded))
        return
    for line in as_text(bundle, diff, recorded, dry_run=dry_run):
        output.print_line(line)


def publications_by_network(bundle: Bundle) -> Mapping[str, int]:
    """The number of publications on each network."""
    networks = bundle.networks
    counts = Counter(networks.get(name, name) for post in bundle.posts for name in post.channels)
    return dict(sorted(counts.items()))


def as_json(bundle: Bundle, diff: ImportDiff, recorded: Mapping[PastOutcome, int]) -> Mapping[str, Any]:
    """The whole report, under keys that are never translated."""
    outcomes = Counter(past.outcome for post in bundle.posts for past in post.past.values())
    return {
        "tool": bundle.tool,
        "files": bundle.file_count,
        "posts": {
            "read": len(bundle.posts),
            "written": [post.path for post in diff.new],
            "there": diff.unchanged,
            "differing": diff.conflicting,
            "folded": bundle.repeats,
        },
        "publications": publications_by_network(bundle),
        "past": {"read": dict(outcomes), "noted": dict(recorded)},
        "channels": {"written": diff.channels, "there": _already_there(bundle.channels, diff.channels)},
        "handles": {"written": diff.handles, "there": _already_there(bundle.handles, diff.handles)},
        "foreign_keys": diff.foreign_keys,
        "files_along": diff.copies,
        "files_differing": diff.differing_copies,
        "pictures": {
            "fetched": sorted(diff.pictures.fetched.values()),
            "standing_in": {name: bundle.pictures[name] for name in diff.pictures.stand_ins},
            "failed": diff.pictures.failed,
        },
        "stayed_behind": [{"where": remark.place, "why": remark.message} for remark in bundle.remarks if remark.left_behind],
        "unused_files": list(bundle.unused),
        "changed": [{"where": remark.place, "why": remark.message} for remark in bundle.remarks if not remark.left_behind],
    }


def as_text(bundle: Bundle, diff: ImportDiff, recorded: Mapping[PastOutcome, int], *, dry_run: bool) -> Iterable[str]:
    """A line for each kind of thing, then everything that was left behind or changed."""
    yield ngettext("{count} {tool} file read.", "{count} {tool} files read.", bundle.file_count, tool=bundle.tool)
    if dry_run:
        yield _("Nothing was written: this is only a preview.")
    yield from _post_lines(bundle, diff)
    for network, count in publications_by_network(bundle).items():
        yield "  " + ngettext("{count} publication on {network}", "{count} publications on {network}", count, network=network)
    yield from _history_lines(bundle, recorded, dry_run=dry_run)
    for names, sentence in (
        (diff.channels, N_("Channels written to brand/channels.yml: {names}")),
        (_already_there(bundle.channels, diff.channels), N_("Channels that already exist, left unchanged: {names}")),
        (diff.handles, N_("Handles written to brand/handles.yml: {names}")),
        (_already_there(bundle.handles, diff.handles), N_("Handles that already exist, left unchanged: {names}")),
        (diff.foreign_keys, N_("Keys that only the other tool uses, listed in brand/brand.yml: {names}")),
    ):
        if names:
            yield _(sentence, names=", ".join(names))
    yield from _picture_lines(diff)
    for heading, left_behind in ((_("Not imported:"), True), (_("Imported, but please check:"), False)):
        remarks = [f"{remark.place}: {remark.message}" for remark in bundle.remarks if remark.left_behind == left_behind]
        yield from _list_section(heading, remarks)
    yield ""
    yield _("Next: `marronnier check`, then commit; `marronnier plan --all` shows the state of every post.")


def _already_there(names: Mapping[str, Any], new: Iterable[str]) -> list[str]:
    return sorted(names.keys() - set(new))


def _post_lines(bundle: Bundle, diff: ImportDiff) -> Iterable[str]:
    yield ngettext("{count} new post.", "{count} new posts.", len(diff.new))
    if diff.unchanged:
        yield ngettext("{count} post already imported.", "{count} posts already imported.", len(diff.unchanged))
    if bundle.repeats:
        count = len(bundle.repeats)
        yield ngettext("{count} file repeats a post and is merged into it.", "{count} files repeat a post and are merged into it.", count)
    why = _("a different text already has that name here, and is left unchanged")
    other_file = _("a different file already has that name here, and is left unchanged")
    conflicts = [*(f"{path}: {why}" for path in diff.conflicting.values()), *(f"{path}: {other_file}" for path in diff.differing_copies)]
    yield from _list_section(_("Not written:"), conflicts)


def _history_lines(bundle: Bundle, recorded: Mapping[PastOutcome, int], *, dry_run: bool) -> Iterable[str]:
    outcomes = Counter(past.outcome for post in bundle.posts for past in post.past.values())
    for outcome, sentences in _OUTCOMES.items():
        if outcomes[outcome]:
            yield ngettext(*sentences, outcomes[outcome])
    for post in bundle.posts:
        for name, past in post.past.items():
            if past.outcome != "sent":
                yield f"  {post.id}@{name}  ({past.source})"
    if outcomes and not dry_run and not sum(recorded.values()):
        yield _("The ledger already had all of this.")


def _picture_lines(diff: ImportDiff) -> Iterable[str]:
    pictures = diff.pictures
    if pictures.fetched:
        yield ngettext("{count} picture imported.", "{count} pictures imported.", len(pictures.fetched))
    if pictures.stand_ins:
        count = len(pictures.stand_ins)
        yield ngettext(
            "{count} picture is still on the web, with a placeholder here: run this again with --media fetch, or put the real picture in its place.",
            "{count} pictures are still on the web, with placeholders here: run this again with --media fetch, or put the real pictures in their place.",
            count,
        )
    yield from _list_section(_("Could not be downloaded:"), [f"{address}: {why}" for address, why in pictures.failed.items()])


def _list_section(heading: str, lines: list[str]) -> Iterable[str]:
    if lines:
        yield ""
        yield heading
        yield from (f"  {output.escape_controls(line)}" for line in lines)
