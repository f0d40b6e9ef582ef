"""The process: its stages, what they ask for, its versions; managers change it, everybody reads it."""
