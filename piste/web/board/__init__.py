"""The board: one column a stage, its cards moved by drag, keys or menu, and kept true while the team works."""
