"""Source files that an import neither carries nor names: each is named, so that nothing of the other tool vanishes unseen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from marronnier.files import Tree, printable_path
from marronnier.importers.bundle import Bundle, Remark
from marronnier.messages import _, ngettext

MAX_NAMES = 5
"""The most files that one line of the report names; JSON names them all."""


def with_leftovers(bundle: Bundle, source: Tree) -> Bundle:
    """The bundle with a remark for every file of the source that it neither carries nor names yet."""
    carried = {*bundle.sources, *bundle.copies.values(), *bundle.repeats}
    everything = source.paths(("",))
    files = {path for remark in bundle.remarks for path in (remark.place, remark.place.partition(":")[0])}.intersection(everything)
    left = [path for path in everything if path not in carried and path not in files]
    kept = {*carried, *files}
    named = {remark.place for remark in bundle.remarks}
    remarks = [_skipped_remark(path, kind) for path, kind in sorted(source.skipped_paths.items()) if path not in named]
    by_folder: dict[str, list[str]] = {}
    inhabited = {folder for path in kept for folder in _folders(path)}
    for path in left:
        by_folder.setdefault(_highest_unused(path, inhabited), []).append(path)
    for folder, paths in by_folder.items():
        if len(paths) <= MAX_NAMES and folder in inhabited:
            remarks += [Remark(path, _("not imported: it is no post, and no post shows it")) for path in paths]
        else:
            remarks.append(_unused_remark(folder, paths))
    return replace(bundle, remarks=(*bundle.remarks, *remarks), unused=tuple(left))


def _folders(path: str) -> Iterable[str]:
    parts = path.split("/")[:-1]
    return ("/".join(parts[:end]) for end in range(len(parts) + 1))


def _highest_unused(path: str, inhabited: set[str]) -> str:
    """The highest folder around a file of which nothing is carried or named; else the file's own folder."""
    return next((folder for folder in _folders(path) if folder and folder not in inhabited), path.rpartition("/")[0])


def _unused_remark(folder: str, paths: list[str]) -> Remark:
    names = [path.removeprefix(f"{folder}/") for path in paths[:MAX_NAMES]]
    names += ["…"] if len(paths) > MAX_NAMES else []
    return Remark(
        f"{folder or '.'}/",
        ngettext(
            "{count} file not imported: it is no post, and no post shows it ({names})",
            "{count} files not imported: they are no posts, and no post shows them ({names})",
            len(paths),
            names=", ".join(names),
        ),
    )


def _skipped_remark(path: str, kind: str) -> Remark:
    return Remark(printable_path(path), _("not read: it is not a regular file ({kind})", kind=kind))
