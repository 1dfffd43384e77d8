"""The part of allauth that a service without sign-up and without e-mail needs."""

from allauth.account import views as account
from django.urls import include, path

from lygte.interfaces.web.staff.views import federated

urlpatterns = [
    path("faelles/<slug:municipality>/", federated.start, name="federated"),
    path("faelles/<slug:municipality>/tilbage/", federated.back, name="federated_back"),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inaktiv/", account.account_inactive, name="account_inactive"),
    path("bekraeft/", account.reauthenticate, name="account_reauthenticate"),
    path("adgangskode/", account.password_change, name="account_change_password"),
    path("to-trin/", include("allauth.mfa.urls")),
]
