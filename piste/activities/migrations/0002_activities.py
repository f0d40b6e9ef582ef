"""Activities and what can come of them."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0001_tables'),
        ('deals', '0003_next_step'),
        ('people', '0001_tables'),
        ('playbooks', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('deleted_at', None), ('done_at', None)), fields=['deal', 'due_on'], name='activities_activity_to_do'), models.Index(condition=models.Q(('deleted_at', None), ('done_at', None)), fields=['assignee', 'due_on'], name='activities_activity_of_member'), models.Index(fields=['deal', '-done_at'], name='activities_activity_of_deal'), models.Index(fields=['assignee', '-done_at'], name='activities_activity_done_by')],
                'constraints': [models.CheckConstraint(condition=models.Q(('deal__isnull', False), ('contact__isnull', False), ('company__isnull', False), _connector='OR'), name='activities_activity_subject'), models.CheckConstraint(condition=models.Q(('due_at', None), ('due_on__isnull', False), _connector='OR'), name='activities_activity_due'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='activities_activity_title'), models.CheckConstraint(condition=models.Q(('outcome', None), ('done_at__isnull', False), _connector='OR'), name='activities_activity_outcome'), models.UniqueConstraint(condition=models.Q(('standard__isnull', False)), fields=('deal', 'standard'), name='activities_standard_once')],
            },
        ),
    ]
