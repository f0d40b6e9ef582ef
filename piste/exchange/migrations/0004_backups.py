from django.db import migrations, models


class Migration(migrations.Migration):
    """Each back-up leaves a row, so that the settings and `piste verify` tell when the last one was made."""

    dependencies = [
        ("exchange", "0003_members"),
    ]

    operations = [
        migrations.CreateModel(
            name="Backup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.TextField()),
                ("size", models.PositiveBigIntegerField()),
                ("file_count", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
