from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from lygte.apps.accounts import federation, signin
from lygte.apps.core.scope import municipality_scope
from lygte.apps.crypto import installation
from lygte.apps.tenancy import selectors as tenancy
from lygte.interfaces.web.ui.templatetags.ui import clock_time


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator; five failed tries lock a name; every sign-in is audited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        until = signin.locked_until(credentials.get("username", ""), now=timezone.now())
        if until is not None:
            sentence = _("Too many tries. Try again at %(clock)s, or ask your administrator.")
            raise ValidationError(sentence % {"clock": clock_time(until)})
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        signin.failed(credentials.get("username", ""), now=timezone.now())

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        """Send those of the common sign-in there: a passkey kept here must not outlive a privilege."""
        with municipality_scope(user.municipality_id):  # type: ignore[attr-defined]
            if federation.is_federated(user.pk):
                return redirect("federated", municipality=tenancy.current_municipality().key)
        return super().pre_login(request, user, **kwargs)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        signin.succeeded(user, now=timezone.now())  # type: ignore[arg-type]
        request.session["has_second_factor"] = bool(_used_second_factor(request))
        request.session["began"] = int(timezone.now().timestamp())
        return super().post_login(request, user, **kwargs)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Keep a password that its owner has chosen."""
        user.must_change_password = False  # type: ignore[attr-defined]
        super().set_password(user, password)

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        """Refuse to keep the password that an administrator handed out."""
        if (
            user is not None
            and getattr(user, "must_change_password", False)
            and user.check_password(password)
        ):
            raise ValidationError(_("Choose a password of your own, not the one that you were given."))
        return str(super().clean_password(password, user))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go on to the desk."""
        return "/"

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the pages tell what happened in their own words."""


def _used_second_factor(request: HttpRequest) -> bool:
    methods = request.session.get("account_authentication_methods", [])
    return any(method.get("method") == "mfa" for method in methods)


class MfaAdapter(DefaultMFAAdapter):
    """Second factors are encrypted at rest with a key that no municipality has."""

    def encrypt(self, text: str) -> str:
        return installation.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return installation.unseal(encrypted_text)
