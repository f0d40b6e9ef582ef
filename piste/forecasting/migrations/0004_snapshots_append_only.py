"""The database itself refuses to change or remove what was forecast."""

from django.db import migrations

from piste.journal.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("forecasting", "0003_snapshots"), ("journal", "0002_append_only")]

    operations = [append_only("forecasting_snapshot")]
