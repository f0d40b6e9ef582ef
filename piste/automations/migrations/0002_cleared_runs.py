"""Runs of more than a year ago are cleared from the logs; their counts stay with the automation."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('automations', '0001_tables'),
        ('deals', '0009_undoing_moves'),
    ]

    operations = [
        migrations.AddField(
            model_name='automation',
            name='cleared',
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(fields=['at'], name='automations_run_oldest'),
        ),
    ]
