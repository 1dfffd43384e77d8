from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crypto', '0002_audit_chain'),
    ]

    operations = [
        migrations.CreateModel(
            name='InstallationKey',
            fields=[
                ('purpose', models.CharField(max_length=8, primary_key=True, serialize=False)),
                ('wrapped', models.BinaryField()),
                ('wrapped_next', models.BinaryField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='datakey',
            name='wrapped_next',
            field=models.BinaryField(null=True),
        ),
        migrations.AlterField(
            model_name='datakey',
            name='purpose',
            field=models.CharField(choices=[('fields', 'Fields'), ('index', 'Index'), ('audit', 'Audit'), ('next', 'Next'), ('stable', 'Stable')], max_length=8),
        ),
    ]
