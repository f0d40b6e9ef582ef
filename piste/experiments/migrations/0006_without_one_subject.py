"""A split test no longer varies one thing: what its variants change is told by their changes alone."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0005_copied_changes'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='splittest',
            name='experiments_test_varies',
        ),
        migrations.RemoveField(
            model_name='variant',
            name='way',
        ),
        migrations.RemoveField(
            model_name='variant',
            name='wording',
        ),
        migrations.RemoveField(
            model_name='splittest',
            name='automation',
        ),
        migrations.RemoveField(
            model_name='splittest',
            name='template',
        ),
    ]
