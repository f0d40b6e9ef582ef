"""Changing the shape of pipelines; each change is a process version. What touches deals is in `deals.operations`."""

from .changing import NameTaken, ProcessOvertaken, WhyMissing, changing
from .pipelines import copy_pipeline, create_pipeline, rename_pipeline, reorder_pipelines
from .stages import (
    NoSuchStage,
    add_stage,
    rename_stage,
    reorder,
    require,
    set_norm,
    set_probability,
    shape_stage,
)

__all__ = [
    "NameTaken",
    "NoSuchStage",
    "ProcessOvertaken",
    "WhyMissing",
    "add_stage",
    "changing",
    "copy_pipeline",
    "create_pipeline",
    "rename_pipeline",
    "rename_stage",
    "reorder",
    "reorder_pipelines",
    "require",
    "set_norm",
    "set_probability",
    "shape_stage",
]
