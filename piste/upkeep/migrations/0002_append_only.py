"""The database itself refuses to change or remove what was measured or said."""

from django.db import migrations

from piste.journal.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("upkeep", "0001_retests"), ("journal", "0002_append_only")]

    operations = [append_only("upkeep_retest"), append_only("upkeep_verdict")]
