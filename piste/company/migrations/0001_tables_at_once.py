"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

import datetime
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from piste.journal.tables import Tables


class Migration(migrations.Migration):

    replaces = [('company', '0001_tables'), ('company', '0002_session_turn'), ('company', '0003_working_hours'), ('company', '0004_reminding')]

    initial = True

    dependencies = [
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='Member',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('email', models.EmailField(max_length=254, unique=True)),
                        ('name', models.CharField(max_length=120)),
                        ('role', models.CharField(choices=[('rep', 'Rep'), ('manager', 'Manager'), ('admin', 'Admin')], default='rep', max_length=8)),
                        ('sees', models.CharField(choices=[('own', 'Their own'), ('team', 'Their team’s'), ('all', 'All')], default='team', max_length=4)),
                        ('language', models.CharField(default='en', max_length=5)),
                        ('time_zone', models.CharField(default='Europe/Paris', max_length=64)),
                        ('theme', models.CharField(default='system', max_length=6)),
                        ('single_keys', models.BooleanField(default=True)),
                        ('hue', models.PositiveSmallIntegerField(default=210)),
                        ('is_active', models.BooleanField(default=True)),
                        ('joined_at', models.DateTimeField()),
                        ('deactivated_at', models.DateTimeField(blank=True, null=True)),
                        ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='company.team')),
                        ('session_turn', models.PositiveIntegerField(default=0)),
                        ('closes', models.TimeField(blank=True, null=True)),
                        ('opens', models.TimeField(blank=True, null=True)),
                        ('weekdays', models.CharField(blank=True, max_length=7)),
                        ('digest_at', models.TimeField(blank=True, default=datetime.time(8, 0), null=True)),
                        ('remind_by_mail', models.BooleanField(default=True)),
                        ('remind_minutes', models.PositiveSmallIntegerField(blank=True, default=10, null=True)),
                    ],
                    options={
                        'ordering': ['name'],
                        'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='company_member_email')],
                    },
                ),
                migrations.CreateModel(
                    name='CustomField',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('subject', models.CharField(choices=[('deal', 'Deals'), ('contact', 'Contacts'), ('company', 'Companies')], max_length=8)),
                        ('key', models.SlugField(max_length=60)),
                        ('label', models.CharField(max_length=80)),
                        ('kind', models.CharField(choices=[('text', 'Text'), ('long_text', 'Long text'), ('number', 'Number'), ('date', 'Date'), ('yes_no', 'Yes or no'), ('choice', 'One choice'), ('choices', 'Several choices'), ('url', 'Web address'), ('email', 'E-mail'), ('phone', 'Phone')], default='text', max_length=10)),
                        ('options', models.JSONField(blank=True, default=list)),
                        ('position', models.PositiveIntegerField(default=0)),
                        ('retired_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['subject', 'position', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('subject', 'key'), name='company_customfield_key'), models.UniqueConstraint(models.F('subject'), django.db.models.functions.text.Lower('label'), condition=models.Q(('retired_at', None)), name='company_customfield_label')],
                    },
                ),
                migrations.CreateModel(
                    name='Settings',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=120)),
                        ('language', models.CharField(default='en', max_length=5)),
                        ('currency', models.CharField(default='EUR', max_length=3)),
                        ('country', models.CharField(default='FR', max_length=2)),
                        ('time_zone', models.CharField(default='Europe/Paris', max_length=64)),
                        ('fiscal_year_month', models.PositiveSmallIntegerField(default=1)),
                        ('is_demo', models.BooleanField(default=False)),
                        ('created_at', models.DateTimeField()),
                        ('closes', models.TimeField(default=datetime.time(18, 0))),
                        ('opens', models.TimeField(default=datetime.time(9, 0))),
                        ('region', models.CharField(blank=True, max_length=6)),
                        ('weekdays', models.CharField(default='01234', max_length=7)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='company_settings_one')],
                    },
                ),
                migrations.CreateModel(
                    name='SignInLink',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('token_hash', models.CharField(max_length=64, unique=True)),
                        ('created_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField()),
                        ('used_at', models.DateTimeField(blank=True, null=True)),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                ),
                migrations.CreateModel(
                    name='Team',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=80)),
                        ('created_at', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['name'],
                        'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='company_team_name')],
                    },
                ),
                migrations.CreateModel(
                    name='Invitation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('email', models.EmailField(max_length=254)),
                        ('role', models.CharField(choices=[('rep', 'Rep'), ('manager', 'Manager'), ('admin', 'Admin')], default='rep', max_length=8)),
                        ('sees', models.CharField(choices=[('own', 'Their own'), ('team', 'Their team’s'), ('all', 'All')], default='team', max_length=4)),
                        ('token_hash', models.CharField(max_length=64, unique=True)),
                        ('created_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField()),
                        ('accepted_at', models.DateTimeField(blank=True, null=True)),
                        ('revoked_at', models.DateTimeField(blank=True, null=True)),
                        ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='company.team')),
                    ],
                ),
            ],
        ),
    ]
