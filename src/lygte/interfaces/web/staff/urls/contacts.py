from django.urls import URLPattern, path

from lygte.interfaces.web.staff.views import (
    contacts,
    contacts_closing,
    contacts_notification,
    contacts_page,
)

urlpatterns: list[URLPattern] = [
    path("tilbud/<slug:service>/henvendelser/", contacts.contacts, name="contacts"),
    path("tilbud/<slug:service>/henvendelser/ny/", contacts.contact_new, name="contact_new"),
    path("henvendelse/<uuid:contact>/", contacts_page.contact, name="contact"),
    path("henvendelse/<uuid:contact>/gem/", contacts_page.contact_save, name="contact_save"),
    path("henvendelse/<uuid:contact>/tag-imod/", contacts.contact_receive, name="contact_receive"),
    path("henvendelse/<uuid:contact>/overtag/", contacts.contact_take_over, name="contact_take_over"),
    path("henvendelse/<uuid:contact>/afslut/", contacts_closing.contact_close, name="contact_close"),
    path("henvendelse/<uuid:contact>/genaabn/", contacts.contact_reopen, name="contact_reopen"),
    path("henvendelse/<uuid:contact>/underretning/", contacts_notification.notification, name="notification"),
    path(
        "underretning/<uuid:notification>/kvittering/",
        contacts_notification.notification_receipt,
        name="notification_receipt",
    ),
]
