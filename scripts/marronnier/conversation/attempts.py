"""Several things that are told on the forge, of which one may fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from marronnier.forge import ForgeTrouble


def attempt_all(works: Iterable[Callable[[], None]]) -> None:
    """Do each: one that the forge refuses stops no other. Raises the first ForgeTrouble when all are done, at once where it concerns them all."""
    refused: list[ForgeTrouble] = []
    for work in works:
        try:
            work()
        except ForgeTrouble as error:
            if error.is_of_the_forge:
                raise
            refused.append(error)
    if refused:
        raise refused[0]
