"""What happened in a pipeline since a moment is found without reading the whole journal."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('journal', '0002_append_only'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['pipeline_id', '-at'], name='journal_entry_pipeline'),
        ),
    ]
