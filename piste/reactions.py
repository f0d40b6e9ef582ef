"""What follows from what happens, on one page.

*With* X goes Y, in the same transaction, whichever door X came through. *On the clock* W: what the worker does by itself is
named in `config/settings.py`. What a room adds to the definition of a process stands here too, and who says whether a letter
is still wanted.
"""

from __future__ import annotations

from collections.abc import Callable

from django.apps import AppConfig

type Reaction = Callable[..., None]


def with_what_goes() -> dict[str, list[Reaction]]:
    """The reactions, by the verb of the journal that calls them; each is given the entry."""
    from piste.activities import operations as activities
    from piste.automations import operations as automations
    from piste.exchange.importing import undoing
    from piste.experiments import operations as experiments
    from piste.insights.operations import forgetting
    from piste.qualification import operations as qualification

    # First the draw of a split test: what is planned and timed follows from the variant.
    moving = [activities.follow_status, experiments.assign, activities.follow_playbook, qualification.watch_moves]
    closing = [activities.follow_status, qualification.watch_moves]
    erasing = [activities.erase_about, undoing.forget_rows, forgetting.forget]
    return {
        "deal.created": moving[1:],
        "deal.advanced": moving,
        "deal.skipped": moving,
        "deal.returned": moving,
        "deal.reopened": moving,
        "deal.changed_pipeline": moving,
        "deal.won": moving,
        "deal.lost": closing,
        "deal.held": closing,
        "deal.resumed": [activities.greet_waking, *moving],
        "deal.undone": [activities.follow_status, activities.unwind, qualification.watch_moves],
        "deal.discarded": [activities.follow_status],
        "deal.restored": [activities.follow_status],
        "deal.amended": [activities.hand_on],
        "deal.erased": [*erasing, automations.forget],
        "company.erased": erasing,
        "contact.erased": [*erasing, automations.forget],
        "company.merged": [activities.follow_merge],
        "company.unmerged": [activities.follow_unmerge],
        "contact.merged": [activities.follow_merge],
        "contact.unmerged": [activities.follow_unmerge],
        "activity.done": [qualification.watch_activities],
        "activity.logged": [qualification.watch_activities],
        "activity.taken_back": [qualification.watch_taking_back],
        "process.changed": [activities.follow_roles, activities.adopt_playbooks],
        "test.started": [automations.enter_test],
        "test.decided": [automations.leave_test],
        "member.deactivated": [activities.relieve],
        "company.set_up": [activities.offer_outcomes],
        "demo.filled": [activities.offer_outcomes],
    }


class Reactions(AppConfig):
    """Connects the tables above to the rooms that call them."""

    name = "piste.reactions"

    def ready(self) -> None:
        from piste.activities.operations import reminding
        from piste.activities.queries import hour_passed
        from piste.audits.operations import sending
        from piste.automations.operations import still_wanted as automation_wanted
        from piste.automations.operations.shaping import put as put_automations
        from piste.automations.operations.writing import PURPOSE as AUTOMATION
        from piste.automations.queries import told as automations_told
        from piste.automations.rules import changes as automations_changed
        from piste.dashboards.operations import delivering
        from piste.deals.queries.facts import INSTEAD
        from piste.deals.queries.filtering import PASSED
        from piste.experiments.queries import needs_of_variant
        from piste.journal.operations import REACTIONS
        from piste.pipelines.operations import PUTTING
        from piste.pipelines.queries import ADDITIONS, DIFFERENCES, PART_DIFFERENCES, PARTS
        from piste.playbooks.queries import told
        from piste.playbooks.rules import changes
        from piste.post.operations import STILL_WANTED
        from piste.qualification.operations import put_clock
        from piste.qualification.queries import clock_told
        from piste.qualification.rules import clock_changes

        REACTIONS.update(with_what_goes())
        PASSED["next_step_on"] = hour_passed
        INSTEAD.append(needs_of_variant)
        STILL_WANTED[reminding.PURPOSE] = reminding.still_wanted
        STILL_WANTED[delivering.PURPOSE] = delivering.still_wanted
        STILL_WANTED[sending.PURPOSE] = sending.still_wanted
        ADDITIONS["playbook"] = told
        DIFFERENCES["playbook"] = changes
        STILL_WANTED[AUTOMATION] = automation_wanted
        PARTS["automations"] = automations_told
        PART_DIFFERENCES["automations"] = automations_changed
        PUTTING["automations"] = put_automations
        PARTS["clock"] = clock_told
        PART_DIFFERENCES["clock"] = clock_changes
        PUTTING["clock"] = put_clock
