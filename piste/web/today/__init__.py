"""My day: what to do now, where to begin."""
