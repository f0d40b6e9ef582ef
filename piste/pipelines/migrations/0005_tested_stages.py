"""Stages know whether a split test is in force there."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pipelines', '0004_drafts'),
    ]

    operations = [
        migrations.AddField(
            model_name='stage',
            name='is_tested',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
