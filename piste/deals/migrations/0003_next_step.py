"""Deals keep the day of their next step, and when something was last done about them."""

import datetime
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('company', '0003_working_hours'),
        ('deals', '0002_append_only'),
        ('people', '0001_tables'),
        ('pipelines', '0002_append_only'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='deal',
            name='last_activity_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='deal',
            name='next_step_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='deal',
            name='step_key',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce(models.F('next_step_on'), models.Value(datetime.date(9999, 12, 31))), output_field=models.DateField()),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(fields=['column', 'step_key', 'id'], name='deals_deal_by_step'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(fields=['owner', 'status', 'step_key'], name='deals_deal_owner_step'),
        ),
    ]
