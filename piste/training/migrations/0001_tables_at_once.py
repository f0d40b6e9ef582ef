"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from piste.journal.tables import Tables
from piste.journal.append_only import append_only


class Migration(migrations.Migration):

    replaces = [('training', '0001_tables'), ('training', '0002_append_only')]

    initial = True

    dependencies = [
        ('company', '0001_tables_at_once'),
        ('journal', '0001_tables_at_once'),
        ('pipelines', '0001_tables_at_once'),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='Lesson',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', models.CharField(blank=True, choices=[('', 'On nobody’s path'), ('rep', 'New reps'), ('manager', 'New managers'), ('all', 'Everybody new')], max_length=8)),
                        ('place', models.PositiveIntegerField(default=0)),
                        ('created_at', models.DateTimeField()),
                        ('retired_at', models.DateTimeField(blank=True, null=True)),
                        ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.pipeline')),
                        ('stage', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.stage')),
                        ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='training.lessonversion')),
                    ],
                    options={
                        'ordering': ['place', 'pk'],
                    },
                ),
                migrations.CreateModel(
                    name='LessonVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField()),
                        ('at', models.DateTimeField()),
                        ('why', models.TextField(blank=True)),
                        ('kind', models.CharField(choices=[('lesson', 'Lesson'), ('script', 'Script'), ('technique', 'Technique')], default='lesson', max_length=10)),
                        ('title', models.CharField(max_length=160)),
                        ('body', models.TextField()),
                        ('supports', models.JSONField(blank=True, default=list)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('lesson', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='training.lesson')),
                    ],
                    options={
                        'ordering': ['-number'],
                        'constraints': [models.UniqueConstraint(fields=('lesson', 'number'), name='training_version_number'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='training_version_title'), models.CheckConstraint(condition=models.Q(('number', 1), models.Q(('why', ''), _negated=True), _connector='OR'), name='training_version_why')],
                    },
                ),
                migrations.CreateModel(
                    name='LessonReceipt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='training.lessonversion')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('member', 'version'), name='training_lesson_read_once')],
                    },
                ),
                migrations.CreateModel(
                    name='ProcessReceipt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.processversion')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('member', 'version'), name='training_process_read_once')],
                    },
                ),
            ],
        ),
        append_only('training_lessonversion'),
        append_only('training_lessonreceipt'),
        append_only('training_processreceipt'),
    ]
