"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from piste.journal.tables import Tables


class Migration(migrations.Migration):

    replaces = [('people', '0001_tables'), ('people', '0002_consents'), ('people', '0003_erasure')]

    initial = True

    dependencies = [
        ('company', '0001_tables_at_once'),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='Company',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('phone', models.CharField(blank=True, max_length=40)),
                        ('phone_key', models.CharField(blank=True, db_index=True, max_length=20)),
                        ('name_key', models.CharField(blank=True, db_index=True, max_length=200)),
                        ('custom', models.JSONField(blank=True, default=dict)),
                        ('external_id', models.CharField(blank=True, db_index=True, max_length=120)),
                        ('created_at', models.DateTimeField()),
                        ('deleted_at', models.DateTimeField(blank=True, null=True)),
                        ('name', models.CharField(max_length=200)),
                        ('domain', models.CharField(blank=True, db_index=True, max_length=200)),
                        ('website', models.CharField(blank=True, max_length=300)),
                        ('sector', models.CharField(blank=True, max_length=120)),
                        ('employees', models.PositiveIntegerField(blank=True, null=True)),
                        ('address', models.CharField(blank=True, max_length=300)),
                        ('postcode', models.CharField(blank=True, max_length=20)),
                        ('city', models.CharField(blank=True, max_length=120)),
                        ('country', models.CharField(blank=True, max_length=80)),
                        ('registration_number', models.CharField(blank=True, max_length=40)),
                        ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.company')),
                        ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.company')),
                        ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='company.team')),
                        ('erased_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['name', 'id'], name='people_company_name'), models.Index(condition=models.Q(('deleted_at__isnull', False), ('erased_at', None)), fields=['deleted_at'], name='people_company_in_bin')],
                    },
                ),
                migrations.CreateModel(
                    name='Contact',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('phone', models.CharField(blank=True, max_length=40)),
                        ('phone_key', models.CharField(blank=True, db_index=True, max_length=20)),
                        ('name_key', models.CharField(blank=True, db_index=True, max_length=200)),
                        ('custom', models.JSONField(blank=True, default=dict)),
                        ('external_id', models.CharField(blank=True, db_index=True, max_length=120)),
                        ('created_at', models.DateTimeField()),
                        ('deleted_at', models.DateTimeField(blank=True, null=True)),
                        ('name', models.CharField(max_length=200)),
                        ('first_name', models.CharField(blank=True, max_length=100)),
                        ('last_name', models.CharField(blank=True, max_length=100)),
                        ('email', models.EmailField(blank=True, max_length=254)),
                        ('email_key', models.CharField(blank=True, db_index=True, max_length=254)),
                        ('job_title', models.CharField(blank=True, max_length=120)),
                        ('language', models.CharField(blank=True, max_length=5)),
                        ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.company')),
                        ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.contact')),
                        ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='company.team')),
                        ('erased_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['name', 'id'], name='people_contact_name'), models.Index(condition=models.Q(('deleted_at__isnull', False), ('erased_at', None)), fields=['deleted_at'], name='people_contact_in_bin')],
                    },
                ),
                migrations.CreateModel(
                    name='Merge',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=8)),
                        ('kept_id', models.BigIntegerField()),
                        ('folded_id', models.BigIntegerField()),
                        ('at', models.DateTimeField()),
                        ('moved', models.JSONField(default=dict)),
                        ('undone_at', models.DateTimeField(blank=True, null=True)),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                ),
                migrations.CreateModel(
                    name='Consent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('purpose', models.CharField(choices=[('email', 'E-mail'), ('phone', 'Phone')], max_length=8)),
                        ('agreement', models.CharField(choices=[('given', 'Given'), ('withdrawn', 'Withdrawn')], max_length=10)),
                        ('how', models.CharField(max_length=200)),
                        ('said_on', models.DateField()),
                        ('at', models.DateTimeField()),
                        ('by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('contact', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.contact')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['contact', '-said_on', '-id'], name='people_consent_latest')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('how', ''), _negated=True), name='people_consent_how')],
                    },
                ),
            ],
        ),
    ]
