"""What to tell of a name that is no publication's."""

from __future__ import annotations

from collections.abc import Iterable

from marronnier.messages import Trouble, _
from marronnier.model.publication import Publication


def unknown_publication(name: str, publications: Iterable[Publication], unread: Iterable[str] = ()) -> Trouble:
    """What to tell of a name that is none of these publications; `unread` are sentences about what could not be read."""
    import difflib

    known = {known for publication in publications for known in (publication.key, publication.post.id)}
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.75)
    advice = (
        _("Did you mean {name}?", name=near[0])
        if near
        else _("Name a post, or a key like portes-ouvertes@journal: `marronnier plan --all --format json` lists them.")
    )
    return Trouble(_("There is no publication {name} in the plan", name=name), " ".join((*unread, advice)), status=2)
