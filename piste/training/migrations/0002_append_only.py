"""The database itself refuses to change or remove what a lesson said, and who read it."""

from django.db import migrations

from piste.journal.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("training", "0001_tables"), ("journal", "0002_append_only")]

    operations = [append_only(f"training_{table}") for table in ("lessonversion", "lessonreceipt", "processreceipt")]
