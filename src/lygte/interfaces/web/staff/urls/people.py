from django.urls import URLPattern, path

from lygte.interfaces.web.staff.views import (
    people,
    people_edit,
    people_glass,
    people_link,
    people_person,
    people_recognise,
    people_rights,
)

_PERSON = "person/<uuid:person>/"

urlpatterns: list[URLPattern] = [
    path("tilbud/<slug:service>/personer/", people.people, name="people"),
    path(
        "tilbud/<slug:service>/henvendelse/<uuid:contact>/kend/",
        people_recognise.recognise,
        name="recognise",
    ),
    path(_PERSON, people_person.person, name="person"),
    path(f"{_PERSON}vis/", people_person.person_reveal, name="person_reveal"),
    path(f"{_PERSON}hvem-saa/", people_person.person_audit, name="person_audit"),
    path(f"{_PERSON}rettigheder/", people_rights.rights, name="person_rights"),
    path(f"{_PERSON}rettigheder/udtraek/", people_rights.person_export, name="person_export"),
    path(f"{_PERSON}rettigheder/slet/", people_rights.erasure_ask, name="erasure_ask"),
    path(f"{_PERSON}rettigheder/fasthold/", people_rights.person_hold, name="person_hold"),
    path("sletning/<uuid:erasure>/", people_rights.erasure_decide, name="erasure_decide"),
    path(f"{_PERSON}ret/", people_edit.person_edit, name="person_edit"),
    path(f"{_PERSON}oensker/", people_edit.person_wishes, name="person_wishes"),
    path(f"{_PERSON}ord/", people_edit.person_words, name="person_words"),
    path(f"{_PERSON}samtykke/", people_edit.consent, name="consent"),
    path(f"{_PERSON}kobl/", people_link.person_link, name="person_link"),
    path("link/<uuid:link>/fortryd/", people_link.link_undo, name="link_undo"),
    path(f"{_PERSON}glas/", people_glass.break_glass, name="break_glass"),
    path("tilbud/<slug:service>/brudt-glas/", people_glass.break_glass_list, name="break_glass_list"),
    path("glas/<uuid:glass>/set/", people_glass.break_glass_review, name="break_glass_review"),
]
