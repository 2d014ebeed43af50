from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Concat, Left, Trim


def keep_names(apps, schema_editor):
    both = Trim(Concat(F("first_name"), Value(" "), F("last_name")))
    apps.get_model("accounts", "User").objects.update(name=Left(both, 100))


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_scopes_of_tokens'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='name',
            field=models.CharField(blank=True, max_length=100, verbose_name='name'),
        ),
        migrations.RunPython(keep_names, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(
            model_name='user',
            name='first_name',
        ),
        migrations.RemoveField(
            model_name='user',
            name='last_name',
        ),
        migrations.AddField(
            model_name='user',
            name='language',
            field=models.CharField(blank=True, max_length=10, verbose_name='language'),
        ),
        migrations.AddField(
            model_name='user',
            name='defaults',
            field=models.JSONField(blank=True, default=dict, verbose_name='usual options'),
        ),
    ]
