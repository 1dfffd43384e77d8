from django.apps import AppConfig


class CitizenConfig(AppConfig):
    name = "lygte.interfaces.web.citizen"
    label = "web_citizen"
