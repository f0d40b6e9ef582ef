"""Edits of many deals at once, and what became of each deal."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('deals', '0004_moves_by_person'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkEdit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('change', models.JSONField(default=dict)),
                ('counted', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('undo_asked_at', models.DateTimeField(blank=True, null=True)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='BulkPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('done', 'done'), ('same', 'same'), ('refused', 'refused'), ('back', 'back'), ('kept', 'kept')], default='waiting', max_length=8)),
                ('reason', models.CharField(blank=True, max_length=16)),
                ('facts', models.JSONField(default=list)),
                ('move', models.PositiveIntegerField(blank=True, null=True)),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='deals.deal')),
                ('edit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='deals.bulkedit')),
            ],
            options={
                'indexes': [models.Index(fields=['edit', 'state', 'deal'], name='deals_bulkpart_state')],
                'constraints': [models.UniqueConstraint(fields=('edit', 'deal'), name='deals_bulkpart_once')],
            },
        ),
    ]
