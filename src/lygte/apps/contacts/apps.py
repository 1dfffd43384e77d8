from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "lygte.apps.contacts"
    label = "contacts"
