"""What somebody moved in a week is found without reading all they ever moved."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("deals", "0003_next_step")]

    operations = [
        migrations.AddIndex(
            model_name="move",
            index=models.Index(fields=["by", "at"], name="deals_move_by_person"),
        ),
    ]
