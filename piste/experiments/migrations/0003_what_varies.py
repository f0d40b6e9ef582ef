"""A split test may vary the text of a template, or an automation."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0002_append_only'),
        ('pipelines', '0005_tested_stages'),
        ('playbooks', '0002_arms'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='splittest',
            name='automation',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='splittest',
            name='template',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='playbooks.template'),
        ),
        migrations.AddField(
            model_name='variant',
            name='way',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='variant',
            name='wording',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='splittest',
            constraint=models.CheckConstraint(condition=models.Q(('template', None), ('automation', None), _connector='OR'), name='experiments_test_varies'),
        ),
    ]
