"""The outside services Piste talks to, one folder each; `outgoing` is the only door through which it calls anybody."""
