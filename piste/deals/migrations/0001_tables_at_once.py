"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

import datetime
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from piste.journal.tables import Tables
from piste.journal.append_only import append_only


class Migration(migrations.Migration):

    replaces = [('deals', '0001_tables'), ('deals', '0002_append_only'), ('deals', '0003_next_step'), ('deals', '0004_moves_by_person'), ('deals', '0005_bulk_edits'), ('deals', '0006_saved_views'), ('deals', '0007_erasure'), ('deals', '0008_stepless_by_owner'), ('deals', '0009_undoing_moves'), ('deals', '0010_progress_from_the_index'), ('deals', '0011_stepless_from_the_index'), ('deals', '0012_by_title')]

    initial = True

    dependencies = [
        ('catalogue', '0001_tables'),
        ('company', '0001_tables_at_once'),
        ('journal', '0001_tables_at_once'),
        ('people', '0001_tables_at_once'),
        ('pipelines', '0001_tables_at_once'),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='LossReason',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=120)),
                        ('position', models.PositiveIntegerField(default=0)),
                        ('retired_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['position', 'pk'],
                        'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='deals_lossreason_name')],
                    },
                ),
                migrations.CreateModel(
                    name='Source',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=80)),
                        ('retired_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['name'],
                        'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='deals_source_name')],
                    },
                ),
                migrations.CreateModel(
                    name='Tag',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=60)),
                    ],
                    options={
                        'ordering': ['name'],
                        'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='deals_tag_name')],
                    },
                ),
                migrations.CreateModel(
                    name='Deal',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('title', models.CharField(max_length=200)),
                        ('amount_minor', models.BigIntegerField(blank=True, null=True)),
                        ('currency', models.CharField(max_length=3)),
                        ('expected_close_on', models.DateField(blank=True, null=True)),
                        ('campaign', models.CharField(blank=True, max_length=120)),
                        ('custom', models.JSONField(blank=True, default=dict)),
                        ('external_id', models.CharField(blank=True, db_index=True, max_length=120)),
                        ('created_at', models.DateTimeField()),
                        ('updated_at', models.DateTimeField()),
                        ('deleted_at', models.DateTimeField(blank=True, null=True)),
                        ('status', models.CharField(choices=[('open', 'Open'), ('won', 'Won'), ('lost', 'Lost'), ('held', 'On hold')], default='open', max_length=4)),
                        ('entered_stage_at', models.DateTimeField()),
                        ('closed_at', models.DateTimeField(blank=True, null=True)),
                        ('hold_until', models.DateField(blank=True, null=True)),
                        ('loss_note', models.TextField(blank=True)),
                        ('ledger_number', models.PositiveIntegerField(default=0)),
                        ('ledger_hash', models.BinaryField(default=bytes, max_length=32)),
                        ('closing_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce(models.F('expected_close_on'), models.Value(datetime.date(9999, 12, 31))), output_field=models.DateField())),
                        ('amount_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce(models.F('amount_minor'), models.Value(0)), output_field=models.BigIntegerField())),
                        ('column', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.stage')),
                        ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.company')),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.pipeline')),
                        ('stage', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.stage')),
                        ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='company.team')),
                        ('loss_reason', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.lossreason')),
                        ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.source')),
                        ('tags', models.ManyToManyField(blank=True, related_name='+', to='deals.tag')),
                        ('last_activity_at', models.DateTimeField(blank=True, null=True)),
                        ('next_step_on', models.DateField(blank=True, null=True)),
                        ('step_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce(models.F('next_step_on'), models.Value(datetime.date(9999, 12, 31))), output_field=models.DateField())),
                        ('erased_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['column', 'closing_key', 'id'], name='deals_deal_by_closing'), models.Index(fields=['column', '-amount_key', 'id'], name='deals_deal_by_amount'), models.Index(fields=['column', 'entered_stage_at', 'id'], name='deals_deal_by_entry'), models.Index(fields=['column', '-created_at', 'id'], name='deals_deal_by_creation'), models.Index(fields=['stage', 'status'], name='deals_deal_by_stage'), models.Index(fields=['pipeline', 'status', 'hold_until'], name='deals_deal_by_status'), models.Index(fields=['owner', 'status'], name='deals_deal_by_owner'), models.Index(fields=['column', 'step_key', 'id'], name='deals_deal_by_step'), models.Index(fields=['owner', 'status', 'step_key'], name='deals_deal_owner_step'), models.Index(condition=models.Q(('deleted_at__isnull', False), ('erased_at', None)), fields=['deleted_at'], name='deals_deal_in_bin'), models.Index(condition=models.Q(('deleted_at', None), ('next_step_on', None), ('status', 'open')), fields=['owner', 'last_activity_at', 'team', 'step_key', 'status', 'next_step_on', 'deleted_at'], name='deals_deal_stepless'), models.Index(models.F('column'), django.db.models.functions.text.Lower('title'), models.F('id'), condition=models.Q(('column__isnull', False)), name='deals_deal_by_title')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('status', 'lost'), ('loss_reason', None), _connector='OR'), name='deals_deal_loss_reason'), models.CheckConstraint(condition=models.Q(models.Q(('hold_until__isnull', False), ('status', 'held')), models.Q(models.Q(('status', 'held'), _negated=True), ('hold_until', None)), _connector='OR'), name='deals_deal_hold'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['won', 'lost']), _negated=True), ('closed_at__isnull', False), _connector='OR'), name='deals_deal_closed'), models.CheckConstraint(condition=models.Q(('column', None), models.Q(('column', models.F('stage')), ('deleted_at', None)), _connector='OR'), name='deals_deal_column'), models.CheckConstraint(condition=models.Q(models.Q(('deleted_at', None), ('status', 'open'), _negated=True), ('column', models.F('stage')), _connector='OR'), name='deals_deal_open_in_column')],
                    },
                ),
                migrations.CreateModel(
                    name='Total',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('status', models.CharField(max_length=4)),
                        ('owner_id', models.BigIntegerField()),
                        ('team_key', models.BigIntegerField(default=0)),
                        ('currency', models.CharField(max_length=3)),
                        ('counted', models.BigIntegerField(default=0)),
                        ('amount_minor', models.BigIntegerField(default=0)),
                        ('stage', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pipelines.stage')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('stage', 'status', 'owner_id', 'team_key', 'currency'), name='deals_total_key')],
                    },
                ),
                migrations.CreateModel(
                    name='DealContact',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.CharField(choices=[('decides', 'Decides'), ('signs', 'Signs'), ('champion', 'Champion'), ('influences', 'Influences'), ('uses', 'Uses'), ('buys', 'Buys'), ('blocks', 'Blocks'), ('other', 'Other')], default='other', max_length=10)),
                        ('is_main', models.BooleanField(default=False)),
                        ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.contact')),
                        ('deal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='people', to='deals.deal')),
                    ],
                    options={
                        'ordering': ['-is_main', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('deal', 'contact'), name='deals_dealcontact_once')],
                    },
                ),
                migrations.CreateModel(
                    name='DealProduct',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('quantity_milli', models.BigIntegerField(default=1000)),
                        ('price_minor', models.BigIntegerField(blank=True, null=True)),
                        ('deal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='products', to='deals.deal')),
                        ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.product')),
                    ],
                    options={
                        'ordering': ['pk'],
                        'constraints': [models.UniqueConstraint(fields=('deal', 'product'), name='deals_dealproduct_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Move',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField()),
                        ('kind', models.CharField(choices=[('created', 'Created'), ('advanced', 'Advanced'), ('skipped', 'Skipped ahead'), ('returned', 'Went back'), ('won', 'Won'), ('lost', 'Lost'), ('held', 'Put on hold'), ('resumed', 'Resumed'), ('reopened', 'Reopened'), ('changed_pipeline', 'Changed pipeline'), ('undone', 'Undone')], max_length=16)),
                        ('from_status', models.CharField(blank=True, max_length=4)),
                        ('to_status', models.CharField(max_length=4)),
                        ('at', models.DateTimeField()),
                        ('recorded_at', models.DateTimeField()),
                        ('why', models.TextField(blank=True)),
                        ('cause', models.CharField(default='page', max_length=16)),
                        ('hold_until', models.DateField(blank=True, null=True)),
                        ('undoes', models.PositiveIntegerField(blank=True, null=True)),
                        ('override', models.TextField(blank=True)),
                        ('previous_hash', models.BinaryField(max_length=32)),
                        ('hash', models.BinaryField(max_length=32)),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('deal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='deals.deal')),
                        ('from_stage', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.stage')),
                        ('loss_reason', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.lossreason')),
                        ('process_version', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.processversion')),
                        ('to_stage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.stage')),
                        ('erased_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['deal_id', 'number'],
                        'constraints': [models.UniqueConstraint(fields=('deal', 'number'), name='deals_move_number')],
                        'indexes': [models.Index(condition=models.Q(('undoes__isnull', False)), fields=['deal', 'undoes'], name='deals_move_undoing'), models.Index(fields=['by', 'at', 'kind', 'deal', 'number'], name='deals_move_by_person')],
                    },
                ),
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
                migrations.CreateModel(
                    name='SavedView',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=60)),
                        ('is_shared', models.BooleanField(default=False)),
                        ('screen', models.CharField(choices=[('board', 'Board'), ('list', 'List')], default='list', max_length=5)),
                        ('asked', models.CharField(blank=True, max_length=4000)),
                        ('columns', models.JSONField(blank=True, default=list)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pipelines.pipeline')),
                    ],
                    options={
                        'ordering': ['name', 'pk'],
                        'constraints': [models.UniqueConstraint(models.F('author'), models.F('pipeline'), django.db.models.functions.text.Lower('name'), name='deals_savedview_name')],
                    },
                ),
                migrations.CreateModel(
                    name='Habit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('columns', models.JSONField(blank=True, default=list)),
                        ('member', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('opens_with', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='deals.savedview')),
                    ],
                ),
            ],
        ),
        append_only('deals_move'),
    ]
