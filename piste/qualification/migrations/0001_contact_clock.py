"""The contact clock of deals, and what the company chose for it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('activities', '0003_first_outcomes'),
        ('deals', '0003_next_step'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ClockRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('prospecting', 'Prospecting'), ('qualification', 'Qualification'), ('meeting', 'Meeting'), ('proposal', 'Proposal'), ('closing', 'Closing'), ('retention', 'Retention')], default='qualification', max_length=16)),
                ('working_days', models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='qualification_clockrule_one')],
            },
        ),
        migrations.CreateModel(
            name='ContactClock',
            fields=[
                ('deal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='deals.deal')),
                ('started_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('met_at', models.DateTimeField(blank=True, null=True)),
                ('dropped_at', models.DateTimeField(blank=True, null=True)),
                ('met_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.activity')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('dropped_at', None), ('met_at', None)), fields=['due_at'], name='qualification_clock_running'), models.Index(fields=['owner', '-started_at'], name='qualification_clock_owner')],
                'constraints': [models.CheckConstraint(condition=models.Q(('met_at', None), ('dropped_at', None), _connector='OR'), name='qualification_clock_one_end')],
            },
        ),
    ]
