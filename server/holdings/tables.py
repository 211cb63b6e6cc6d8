"""A heading, a sentence and a table, as docs/what-the-server-holds.md has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def part(
    name: str, sentence: str, head: Sequence[str], rows: Iterable[Sequence[str]]
) -> Iterator[str]:
    """The lines of one part; the first cell of each row is code."""
    yield from (f"### `{name}`", "", sentence, "")
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for first, *others in rows:
        yield f"| {' | '.join((f'`{first}`', *others))} |"
    yield ""
