"""Commands one after the other in one process: a list of their words comes in, what each answered goes out, as JSON."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout

from piste.commands import main


def told(words: list[str]) -> tuple[int, str, str]:
    """Exit code, what it said, what it complained of."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(words)
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else int(left.code is not None)
            if isinstance(left.code, str):
                print(left.code, file=sys.stderr)
    return code, out.getvalue(), err.getvalue()


if __name__ == "__main__":
    print(json.dumps([told(words) for words in json.load(sys.stdin)]))
