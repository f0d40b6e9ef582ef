"""Times of one call: median, 95th percentile, processor time; and a yardstick, for machines are not equally quick nor idle."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

type Figures = dict[str, Any]


class Watch:
    """Collects the times of many calls of one work."""

    def __init__(self) -> None:
        self.spans: list[float] = []
        self.cpu = 0.0

    def time(self, work: Callable[[], Any]) -> None:
        """Calls `work` once."""
        began, cpu = time.perf_counter(), time.process_time()
        work()
        self.cpu += time.process_time() - cpu
        self.spans.append((time.perf_counter() - began) * 1000)

    @property
    def median(self) -> float:
        return statistics.median(self.spans)

    @property
    def cpu_each(self) -> float:
        """Processor milliseconds of one call."""
        return self.cpu * 1000 / len(self.spans)

    def figures(self) -> Figures:
        """What is reported of each work."""
        return figures(self.spans, cpu_ms=self.cpu_each, per_s=1000 / self.median)


def figures(spans: Sequence[float], *, cpu_ms: float, per_s: float) -> Figures:
    """The common figures of a work, from the times of its calls in milliseconds."""
    ordered = sorted(spans)
    return {
        "median_ms": round(statistics.median(ordered), 2),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 2),
        "cpu_ms": round(cpu_ms, 2),
        "per_s": round(per_s, 1),
    }


def beside(work: Callable[[], Any], bare: Callable[[], Any], *, times: int, warm: int = 5) -> tuple[Watch, Watch]:
    """Times a work and the bare page turn by turn, so that whatever else the machine does weighs on both alike."""
    mine, plain = Watch(), Watch()
    for turn in range(-warm, times):
        for watch, call in ((mine, work), (plain, bare)):
            if turn < 0:
                call()
            else:
                watch.time(call)
    return mine, plain


def compared(work: Callable[[], Any], bare: Callable[[], Any], *, times: int) -> Figures:
    """The figures of a work, with how many bare pages it costs: by the clock and by processor time."""
    mine, plain = beside(work, bare, times=times)
    return mine.figures() | {
        "ratio_to_bare": round(mine.median / plain.median, 2),
        "cpu_ratio_to_bare": round(mine.cpu_each / plain.cpu_each, 2),
        "bare_cpu_ms": round(plain.cpu_each, 2),
    }


def yardstick() -> float:
    """Processor milliseconds of a million additions here and now: it tells how quick and how busy the machine was."""
    watch = Watch()
    for _turn in range(3):
        watch.time(_a_million)
    return round(watch.cpu_each, 1)


def _a_million() -> None:
    total = 0
    for number in range(1_000_000):
        total += number


def held_mib(process: int) -> float:
    """Memory a process holds for itself: without the pages of the database file that it maps, which the machine takes back
    whenever it needs them. Of this one's children at most where /proc is not."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 1)
    return round(next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024, 1)


def cpu_seconds(process: int) -> float:
    """Processor time another process has used; nought where /proc is not."""
    try:
        after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) / 100
