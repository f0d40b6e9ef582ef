"""A deal's moves: to a stage, to an end, on hold and back, undone; answered to the board, to the deal's page, or plainly."""
