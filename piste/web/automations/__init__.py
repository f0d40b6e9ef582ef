"""What Piste does by itself: the automations of a pipeline, written as a sentence, with the log of their runs."""
