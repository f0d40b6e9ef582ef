"""What is done to keep the house in order: the database is looked after, changes of the process are measured and judged."""

from .retesting import DayMissing, DayPast, NoSuchChoice, RetestOvertaken, WhyMissing, judge, retest
from .tending import count_rows, empty_bin, erase, sweep_files, written_over

__all__ = [
    "DayMissing", "DayPast", "NoSuchChoice", "RetestOvertaken", "WhyMissing", "count_rows", "empty_bin", "erase", "judge",
    "retest", "sweep_files", "written_over",
]  # fmt: skip
