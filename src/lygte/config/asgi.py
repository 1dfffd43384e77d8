import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lygte.config.settings")
django.setup()

from lygte.interfaces.events.stream import application  # noqa: E402

__all__ = ["application"]
