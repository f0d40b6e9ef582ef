"""Steps: planned, done, put off and handed on from any page; calls told in two keystrokes."""
