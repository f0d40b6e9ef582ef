"""Finding anything and acting from anywhere: the palette and its page."""
