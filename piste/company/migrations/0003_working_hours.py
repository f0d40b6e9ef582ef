"""The days and hours a company works, and those of its members where they differ."""

import datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('company', '0002_session_turn'),
    ]

    operations = [
        migrations.AddField(
            model_name='member',
            name='closes',
            field=models.TimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='member',
            name='opens',
            field=models.TimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='member',
            name='weekdays',
            field=models.CharField(blank=True, max_length=7),
        ),
        migrations.AddField(
            model_name='settings',
            name='closes',
            field=models.TimeField(default=datetime.time(18, 0)),
        ),
        migrations.AddField(
            model_name='settings',
            name='opens',
            field=models.TimeField(default=datetime.time(9, 0)),
        ),
        migrations.AddField(
            model_name='settings',
            name='region',
            field=models.CharField(blank=True, max_length=6),
        ),
        migrations.AddField(
            model_name='settings',
            name='weekdays',
            field=models.CharField(default='01234', max_length=7),
        ),
    ]
