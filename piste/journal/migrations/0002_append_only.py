"""The database itself refuses to change or remove rows of journal_entry."""

from django.db import migrations

from piste.journal.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_tables")]

    operations = [append_only("journal_entry")]
