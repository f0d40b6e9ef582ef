"""The list of a pipeline's deals: columns one chooses, any order, edits in place, export."""
