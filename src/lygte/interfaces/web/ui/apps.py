"""App configuration of the design system."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, static files and template tags that all pages share."""

    name = "lygte.interfaces.web.ui"
    label = "ui"
