"""Changing the shape of pipelines; each change is a process version. What touches deals is in `deals.operations`."""

from .changing import PUTTING, NameTaken, ProcessOvertaken, WhyMissing, changing
from .drafting import (
    DraftOvertaken,
    abandon_draft,
    draft_addition,
    draft_new_stage,
    draft_order,
    draft_part,
    draft_stage,
    drop_new_stage,
)
from .pipelines import copy_pipeline, create_pipeline, rename_pipeline, reorder_pipelines
from .stages import (
    NoSuchStage,
    add_stage,
    mark_tested,
    rename_stage,
    reorder,
    require,
    revive_stage,
    set_norm,
    set_probability,
    shape_stage,
    vacate_names,
)

__all__ = [
    "PUTTING",
    "DraftOvertaken",
    "NameTaken",
    "NoSuchStage",
    "ProcessOvertaken",
    "WhyMissing",
    "abandon_draft",
    "add_stage",
    "changing",
    "copy_pipeline",
    "create_pipeline",
    "draft_addition",
    "draft_new_stage",
    "draft_order",
    "draft_part",
    "draft_stage",
    "drop_new_stage",
    "mark_tested",
    "rename_pipeline",
    "rename_stage",
    "reorder",
    "reorder_pipelines",
    "require",
    "revive_stage",
    "set_norm",
    "set_probability",
    "shape_stage",
    "vacate_names",
]
