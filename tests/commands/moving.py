"""A process that moves deals for ever and says each move once it is acknowledged; `python -m tests.commands.moving`."""

from __future__ import annotations

import itertools

from piste.commands import set_up

set_up()

from piste.deals import operations as ops  # noqa: E402
from tests import make  # noqa: E402
from tests.cast import NOW, make_cast  # noqa: E402

if __name__ == "__main__":
    cast = make_cast()
    stages = make.stages(make.pipeline())
    deals = [make.deal(stages[0], cast.rosa) for _ in range(3)]
    for turn in itertools.count(1):
        for deal in deals:
            moved = ops.move(deal=deal, to=stages[turn % 5], by=cast.rosa, at=NOW)
            print(deal.pk, moved.number, moved.to_stage_id)
