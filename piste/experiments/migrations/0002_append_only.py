"""The database itself refuses to change or remove who got which variant."""

from django.db import migrations

from piste.journal.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("experiments", "0001_tables"), ("journal", "0002_append_only")]

    operations = [append_only("experiments_assignment")]
