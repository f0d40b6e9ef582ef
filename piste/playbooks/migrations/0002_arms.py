"""Rows of a playbook that one variant of a split test alone follows."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('playbooks', '0001_tables'),
    ]

    operations = [
        migrations.AddField(
            model_name='exitcriterion',
            name='arm',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='standardactivity',
            name='arm',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='template',
            name='arm',
            field=models.BigIntegerField(blank=True, null=True),
        ),
    ]
