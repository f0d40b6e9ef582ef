"""A variant may do several things otherwise: each template and each automation it changes is a row."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0003_what_varies'),
        ('playbooks', '0002_arms'),
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('automation', models.BigIntegerField(blank=True, db_index=True, null=True)),
                ('said', models.JSONField()),
                ('template', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='playbooks.template')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='experiments.variant')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('automation__isnull', False), ('template', None)), models.Q(('automation', None), ('template__isnull', False)), _connector='OR'), name='experiments_change_of_one'),
                    models.UniqueConstraint(fields=('variant', 'template'), name='experiments_change_template'),
                    models.UniqueConstraint(fields=('variant', 'automation'), name='experiments_change_automation'),
                ],
            },
        ),
    ]
