from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "lygte.interfaces.web.staff"
    label = "web_staff"
