from django.db import migrations

#: Of what is closed or in the bin, the day of the next step was that of anything undone; only what counts gives one.
THAT_COUNT = """
    UPDATE deals_deal SET next_step_on = (
        SELECT MIN(a.due_on) FROM activities_activity a
        WHERE a.deal_id = deals_deal.id AND a.done_at IS NULL AND a.deleted_at IS NULL AND a.in_play
    ) WHERE next_step_on IS NOT NULL AND (status IN ('won', 'lost') OR status = 'open' AND deleted_at IS NOT NULL)"""


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0014_days_in_play'),
        ('deals', '0012_by_title'),
    ]

    operations = [
        migrations.RunSQL([THAT_COUNT], migrations.RunSQL.noop),
    ]
