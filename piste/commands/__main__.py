"""`python -m piste.commands`."""

import sys

from . import main

sys.exit(main())
