"""Audits of a pipeline: the page, one finding with its deals, the tasks, the schedule, the paper."""
