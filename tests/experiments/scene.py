"""A pipeline with a template and an automation, and tests that vary them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from piste.automations.models import Automation
from piste.automations.rules import Action, When
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.experiments import operations
from piste.experiments.models import Assignment, SplitTest
from piste.experiments.rules import Arm, Plan, Way, Wording
from piste.pipelines.models import Pipeline, Stage
from piste.playbooks.models import Template
from piste.playbooks.operations import set_guide
from piste.playbooks.rules import Guide, Text
from tests import make
from tests.automations.scene import automation
from tests.cast import NOW, Cast

DAY = timedelta(days=1)
PLAIN = Text("email", "First e-mail", "Dear {contact}, our brochure.", subject="Our brochure")
ASKING = Wording("A question, {contact}", "Dear {contact}, what is it for?")
CALL = Action("task", text="Call", who="owner", days=0, fact="call")
WRITE = Action("task", text="Write", who="owner", days=1, fact="email")


class Ground:
    """The second stage has a template; who enters it is called, by an automation."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.pipeline: Pipeline = make.pipeline(by=cast.alice)
        self.stages: list[Stage] = make.stages(self.pipeline)
        self.stage = self.stages[1]
        set_guide(stage=self.stage, guide=Guide(templates=(PLAIN,)), by=cast.alice, at=NOW, why="To begin with")
        self.template = Template.objects.get(stage=self.stage)
        self.watch: Automation = automation(self.pipeline, When("stage_entered", stage=self.stage.pk), CALL)

    def design(self, *arms: Arm, **plan: Any) -> SplitTest:
        facts: dict[str, Any] = {
            "title": "Ask first", "measure": "wins", "within_days": 30, "smallest": Decimal(10), "bar": Decimal(3),
            "planned_count": 100,
        }  # fmt: skip
        return operations.design(stage=self.stage, plan=Plan(**facts | plan), arms=arms, by=self.cast.marc, at=NOW)

    def start(self, *arms: Arm, **plan: Any) -> SplitTest:
        test = self.design(*arms, **plan)
        operations.start(test=test, by=self.cast.marc, at=NOW)
        return SplitTest.objects.get(pk=test.pk)

    def words(self, **plan: Any) -> SplitTest:
        """A test of another text."""
        return self.start(Arm("As today", 50), Arm("Ask first", 50, wordings={self.template.pk: ASKING}), **plan)

    def ways(self, way: Way, **plan: Any) -> SplitTest:
        """A test of another way with the automation."""
        return self.start(Arm("As today", 50), Arm("Otherwise", 50, ways={self.watch.pk: way}), **plan)

    def enter(self, test: SplitTest) -> dict[str, Deal]:
        """Deals that come to the stage until each variant has one; the first of each, by its letter."""
        found: dict[str, Deal] = {}
        while len(found) < 2:
            deal = make.deal(self.stages[0], self.cast.rosa, title=f"Deal {Deal.objects.count()}")
            deals.move(deal=deal, to=self.stage, by=self.cast.rosa, at=NOW + DAY)
            found.setdefault(Assignment.objects.select_related("variant").get(deal=deal, test=test).variant.letter, deal)
        return found

    def conclude(self, test: SplitTest) -> None:
        about: dict[str, Any] = {"test": test, "by": self.cast.marc, "at": NOW + 40 * DAY}
        operations.stop(**about)
        winner = test.variants.get(position=1)
        operations.decide(**about, decision="adopt", words="Clear.", verdict={}, winner=winner)
