from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deals", "0008_stepless_by_owner")]

    operations = [
        migrations.AddIndex(
            model_name="move",
            index=models.Index(
                condition=models.Q(("undoes__isnull", False)), fields=["deal", "undoes"], name="deals_move_undoing"
            ),
        ),
    ]
