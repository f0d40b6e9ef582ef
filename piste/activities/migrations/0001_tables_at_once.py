"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from piste.journal.tables import Tables


class Migration(migrations.Migration):

    replaces = [('activities', '0001_tables'), ('activities', '0002_activities'), ('activities', '0003_first_outcomes'), ('activities', '0004_criterion_met'), ('activities', '0005_reminders'), ('activities', '0006_pinned_notes'), ('activities', '0007_erasure'), ('activities', '0008_indexes_of_days'), ('activities', '0009_about_the_work_itself'), ('activities', '0010_adoptions'), ('activities', '0011_days_from_the_index'), ('activities', '0012_done_from_the_index'), ('activities', '0013_in_play'), ('activities', '0014_days_in_play'), ('activities', '0015_next_steps_that_count')]

    initial = True

    dependencies = [
        ('company', '0001_tables_at_once'),
        ('deals', '0001_tables_at_once'),
        ('people', '0001_tables_at_once'),
        ('pipelines', '0001_tables_at_once'),
        ('playbooks', '0001_tables_at_once'),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='Note',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('subject_kind', models.CharField(max_length=16)),
                        ('subject_id', models.BigIntegerField()),
                        ('text', models.TextField()),
                        ('at', models.DateTimeField()),
                        ('edited_at', models.DateTimeField(blank=True, null=True)),
                        ('deleted_at', models.DateTimeField(blank=True, null=True)),
                        ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pinned_at', models.DateTimeField(blank=True, null=True)),
                        ('erased_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['subject_kind', 'subject_id', '-at'], name='activities_note_subject'), models.Index(condition=models.Q(('deleted_at__isnull', False), ('erased_at', None)), fields=['deleted_at'], name='activities_note_in_bin')],
                    },
                ),
                migrations.CreateModel(
                    name='Mention',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('read_at', models.DateTimeField(blank=True, null=True)),
                        ('member', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('note', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='activities.note')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['member', 'read_at'], name='activities_mention_unread')],
                        'constraints': [models.UniqueConstraint(fields=('note', 'member'), name='activities_mention_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Attachment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('subject_kind', models.CharField(max_length=16)),
                        ('subject_id', models.BigIntegerField()),
                        ('name', models.CharField(max_length=240)),
                        ('size', models.BigIntegerField()),
                        ('media_type', models.CharField(max_length=100)),
                        ('sha256', models.CharField(max_length=64)),
                        ('at', models.DateTimeField()),
                        ('deleted_at', models.DateTimeField(blank=True, null=True)),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('erased_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['subject_kind', 'subject_id', '-at'], name='activities_file_subject'), models.Index(condition=models.Q(('deleted_at__isnull', False), ('erased_at', None)), fields=['deleted_at'], name='activities_file_in_bin')],
                    },
                ),
                migrations.CreateModel(
                    name='Outcome',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('task', 'Task'), ('call', 'Call'), ('meeting', 'Meeting'), ('email', 'E-mail')], max_length=8)),
                        ('name', models.CharField(max_length=80)),
                        ('is_contact', models.BooleanField(default=True)),
                        ('position', models.PositiveIntegerField(default=0)),
                        ('retired_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['kind', 'position', 'pk'],
                        'constraints': [models.UniqueConstraint(models.F('kind'), django.db.models.functions.text.Lower('name'), condition=models.Q(('retired_at', None)), name='activities_outcome_name')],
                    },
                ),
                migrations.CreateModel(
                    name='Activity',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('task', 'Task'), ('call', 'Call'), ('meeting', 'Meeting'), ('email', 'E-mail')], default='task', max_length=8)),
                        ('title', models.CharField(max_length=200)),
                        ('detail', models.TextField(blank=True)),
                        ('due_on', models.DateField(blank=True, null=True)),
                        ('due_at', models.DateTimeField(blank=True, null=True)),
                        ('minutes', models.PositiveIntegerField(blank=True, null=True)),
                        ('repeats', models.CharField(blank=True, choices=[('week', 'Every week'), ('month', 'Every month'), ('quarter', 'Every quarter'), ('year', 'Every year')], max_length=8)),
                        ('created_at', models.DateTimeField()),
                        ('updated_at', models.DateTimeField()),
                        ('done_at', models.DateTimeField(blank=True, null=True)),
                        ('result', models.TextField(blank=True)),
                        ('deleted_at', models.DateTimeField(blank=True, null=True)),
                        ('assignee', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.company')),
                        ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.contact')),
                        ('created_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('deal', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.deal')),
                        ('done_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('follows', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='activities.activity')),
                        ('standard', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='playbooks.standardactivity')),
                        ('outcome', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.outcome')),
                        ('erased_at', models.DateTimeField(blank=True, null=True)),
                        ('in_play', models.BooleanField(db_default=True, default=True)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('deleted_at', None), ('done_at', None)), fields=['deal', 'due_on'], name='activities_activity_to_do'), models.Index(fields=['deal', '-done_at'], name='activities_activity_of_deal'), models.Index(condition=models.Q(('deleted_at', None), ('done_at', None), ('due_at__isnull', False)), fields=['due_at'], name='activities_activity_at_hour'), models.Index(condition=models.Q(('deleted_at__isnull', False), ('erased_at', None)), fields=['deleted_at'], name='activities_activity_in_bin'), models.Index(condition=models.Q(('deleted_at', None), ('due_at__isnull', False)), fields=['assignee', 'due_on'], name='activities_activity_agenda'), models.Index(condition=models.Q(('done_at__isnull', False)), fields=['assignee', '-done_at', 'deleted_at'], name='activities_activity_done_of'), models.Index(condition=models.Q(('deleted_at', None), ('done_at', None), ('in_play', True)), fields=['assignee', 'due_on', 'due_at', 'id', 'in_play', 'done_at', 'deleted_at'], name='activities_activity_of_member'), models.Index(condition=models.Q(('deleted_at', None), ('done_at', None), ('in_play', True)), fields=['due_on', 'due_at', 'id', 'deal', 'assignee', 'contact', 'company', 'in_play', 'done_at', 'deleted_at'], name='activities_activity_on_day')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('due_at', None), ('due_on__isnull', False), _connector='OR'), name='activities_activity_due'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='activities_activity_title'), models.CheckConstraint(condition=models.Q(('outcome', None), ('done_at__isnull', False), _connector='OR'), name='activities_activity_outcome'), models.UniqueConstraint(condition=models.Q(('standard__isnull', False)), fields=('deal', 'standard'), name='activities_standard_once')],
                    },
                ),
                migrations.CreateModel(
                    name='CriterionMet',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='playbooks.exitcriterion')),
                        ('deal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.deal')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('deal', 'criterion'), name='activities_criterion_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Reminder',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('due_at', models.DateTimeField()),
                        ('at', models.DateTimeField()),
                        ('shown_at', models.DateTimeField(blank=True, null=True)),
                        ('read_at', models.DateTimeField(blank=True, null=True)),
                        ('activity', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='activities.activity')),
                        ('member', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['member', 'read_at'], name='activities_reminder_unread')],
                        'constraints': [models.UniqueConstraint(fields=('activity', 'member', 'due_at'), name='activities_reminder_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Adoption',
                    fields=[
                        ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='pipelines.processversion')),
                        ('at', models.DateTimeField()),
                        ('counted', models.PositiveIntegerField()),
                        ('done', models.PositiveIntegerField(default=0)),
                        ('last', models.BigIntegerField(default=0)),
                        ('finished_at', models.DateTimeField(blank=True, null=True)),
                        ('by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pipeline', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.pipeline')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('finished_at', None)), fields=['pipeline'], name='activities_adoption_under_way')],
                    },
                ),
            ],
        ),
    ]
