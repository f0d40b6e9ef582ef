"""Questions of the room: targets and how far one is, calls and how right they were, plans."""
