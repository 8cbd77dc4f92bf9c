"""Looks that were done, as people type them, and what they say against the design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from equipoise.base.errors import BadInput, Fault, bad_input
from equipoise.design.survival.monitoring import Conclusion, Monitored, Seen, Verdict

SAYS = {
    Verdict.GO_ON: "go on",
    Verdict.REJECT: "efficacy shown",
    Verdict.GIVE_UP: "give up",
    Verdict.NOT_SHOWN: "not shown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A running trial against its design, and its conclusion once it stopped."""

    monitored: Monitored
    conclusion: Conclusion | None


def seen_of(words: Sequence[str]) -> tuple[Seen, ...]:
    """Return the looks that words such as `80:2.1` tell.

    Raises
    ------
    BadInput
        For words that are none; every fault at once.
    """
    looks: list[Seen] = []
    faults: list[Fault] = []
    for word in words:
        try:
            looks.append(_look(word))
        except BadInput as error:
            faults.extend(error.faults)
    if faults:
        raise BadInput(*faults)
    return tuple(looks)


def _look(word: str) -> Seen:
    events, _, z = word.partition(":")
    try:
        return Seen(events=int(events), z=float(z))
    except ValueError as error:
        raise bad_input(
            "a look is a number of events and a Z",
            where=f"--seen {word}",
            got=word,
            fix="for example --seen 80:2.1",
        ) from error


def tell_watched(watched: Watched, console: Console) -> None:
    """Print each look with its bound, the prospect, and what the trial showed."""
    table = Table(box=None, pad_edge=False)
    for column in ("events", "info", "Z", "bound", "HR", "interval", "p", "says"):
        table.add_column(column, justify="right", no_wrap=True)
    for look in watched.monitored.looks:
        table.add_row(
            str(look.events),
            f"{look.information_fraction:.1%}",
            f"{look.z:.3f}",
            f"{look.bound_z:.4f}",
            f"{look.hazard_ratio:.3f}",
            f"{look.lower:.3f}-{look.upper:.3f}",
            f"{look.repeated_p:.4f}",
            SAYS[look.verdict],
        )
    console.print(table)
    console.print(
        "[dim]bound: efficacy bound at the events seen; interval and p: repeated, valid at every "
        "look[/]",
        soft_wrap=True,
    )
    _tell_end(watched, console)


def _tell_end(watched: Watched, console: Console) -> None:
    prospect, end = watched.monitored.prospect, watched.conclusion
    if prospect is not None:
        console.print(
            f"to reject at the looks to come: {prospect.as_planned:.1%} with the planned effect, "
            f"{prospect.as_seen:.1%} with the effect seen, {prospect.predictive:.1%} averaged over "
            "what the data leave open",
            soft_wrap=True,
            highlight=False,
        )
    if end is not None:
        console.print(
            f"stage-wise: one-sided p {end.p_value:.5f}, hazard ratio {end.hazard_ratio:.3f} "
            f"({end.lower:.3f}-{end.upper:.3f}, {end.confidence:.0%})",
            soft_wrap=True,
            highlight=False,
        )
