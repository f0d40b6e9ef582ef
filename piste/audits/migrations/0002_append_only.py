"""The database itself refuses to change or remove what an audit found."""

from django.db import migrations

from piste.journal.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("audits", "0001_tables"), ("journal", "0002_append_only")]

    operations = [append_only("audits_audit"), append_only("audits_finding")]
