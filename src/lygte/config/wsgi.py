import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lygte.config.settings")
application = get_wsgi_application()
# Every page is loaded now: the first request after a start, or after a worker died, is as quick as the next.
_ = get_resolver().url_patterns
