"""The database itself refuses to change or remove rows of pipelines_processversion."""

from django.db import migrations

from piste.journal.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("pipelines", "0001_tables"), ("journal", "0002_append_only")]

    operations = [append_only("pipelines_processversion")]
