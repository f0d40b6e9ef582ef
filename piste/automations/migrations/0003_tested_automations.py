"""Kept on an automation: whether a split test varies it, and whether it runs for some deals though it is paused."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('automations', '0002_cleared_runs'),
    ]

    operations = [
        migrations.AddField(
            model_name='automation',
            name='is_tested',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='automation',
            name='is_tried',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
