"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from piste.journal.tables import Tables


class Migration(migrations.Migration):

    replaces = [('post', '0001_tables'), ('post', '0002_letters')]

    initial = True

    dependencies = [
        ('company', '0001_tables_at_once'),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='Letter',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=120, unique=True)),
                        ('purpose', models.CharField(max_length=20)),
                        ('about', models.JSONField(default=dict)),
                        ('message_id', models.CharField(max_length=160)),
                        ('subject', models.CharField(max_length=250)),
                        ('text', models.TextField()),
                        ('html', models.TextField()),
                        ('written_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField()),
                        ('held_until', models.DateTimeField()),
                        ('tries', models.PositiveIntegerField(default=0)),
                        ('sent_at', models.DateTimeField(blank=True, null=True)),
                        ('dropped_at', models.DateTimeField(blank=True, null=True)),
                        ('why_dropped', models.CharField(blank=True, max_length=200)),
                        ('member', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('address', models.EmailField(blank=True, db_default='', max_length=254)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('dropped_at', None), ('sent_at', None)), fields=['held_until'], name='post_letter_waiting'), models.Index(fields=['written_at'], name='post_letter_age')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('sent_at', None), ('dropped_at', None), _connector='OR'), name='post_letter_one_end')],
                    },
                ),
                migrations.CreateModel(
                    name='Enclosure',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=120)),
                        ('kind', models.CharField(max_length=100)),
                        ('content', models.BinaryField()),
                        ('letter', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='post.letter')),
                    ],
                ),
            ],
        ),
    ]
