"""The database itself refuses to change or remove what was set or said."""

from django.db import migrations

from piste.journal.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("forecasting", "0001_tables"), ("journal", "0002_append_only")]

    operations = [append_only("forecasting_target"), append_only("forecasting_repcall"), append_only("forecasting_dealcall")]
