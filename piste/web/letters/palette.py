"""The colours of paper: the light ones of `assets/css/tokens.css`, as plain numbers; a test holds the two against each other."""

from __future__ import annotations

PALETTE = {
    "canvas": "#f6f8fa",
    "surface": "#ffffff",
    "line": "#e0e4e8",
    "line-strong": "#c7cdd3",
    "line-control": "#828a93",
    "ink": "#19202a",
    "ink-2": "#464e58",
    "ink-3": "#616871",
    "accent": "#0268a7",
    "accent-fill": "#0065a4",
    "danger-fill": "#bc2729",
    "warning": "#845415",
    "warning-fill": "#e49921",
    "success-fill": "#127d4c",
    "stage-1": "#888b9d",
    "stage-2": "#7e6acf",
    "stage-3": "#2964b0",
    "stage-4": "#015e79",
    "stage-5": "#004b41",
    "stage-kept": "#ad5d7a",
    "stage-none": "#858a8f",
}


def stage(rank: str) -> str:
    """The colour of a mark: a stage's rank, `kept`, `won`, or none."""
    if rank == "won":
        return PALETTE["success-fill"]
    return PALETTE.get(f"stage-{rank}", PALETTE["stage-none"])
