from django.urls import include, path

from lygte.interfaces.api.main import api
from lygte.interfaces.web import health

urlpatterns = [
    path("sundhed", health.health, name="health"),
    path("sundhed/lever", health.alive, name="alive"),
    path("sundhed/klar", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
    path("sprog/", include("django.conf.urls.i18n")),
    path("konto/", include("lygte.interfaces.web.staff.urls.accounts")),
    path("k/", include("lygte.interfaces.web.citizen.urls")),
    path("api/", api.urls),
    path("", include("lygte.interfaces.web.staff.urls")),
]
handler400 = "lygte.interfaces.web.errors.bad_request"
handler403 = "lygte.interfaces.web.errors.forbidden"
handler404 = "lygte.interfaces.web.errors.not_found"
handler500 = "lygte.interfaces.web.errors.server_error"
