"""Forms of the settings pages. They read what was typed; the services decide whether it holds."""

from datetime import date, time
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from lygte.apps.accounts.services import FactorReason
from lygte.apps.core.labels import word
from lygte.domain.vocab import AbandonRule, Access, Channel, CodeList, FreeDayRule, OrganisationModel, Role
from lygte.interfaces.web.staff.views.settings_words import ABANDON_SENTENCES, ACCESS_RULES, FACTOR_REASONS

MIDNIGHT = time.min


def day_input() -> forms.DateInput:
    """Return the control for a day."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def time_input() -> forms.TimeInput:
    """Return the control for a clock time."""
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def words_of(codes: Any) -> Any:
    """Return a closed list as choices, read in the language of the page."""
    return lambda: [(code.value, word(codes, code)) for code in codes]


class DatedForm(forms.Form):
    """From when something holds, and who adopted it."""

    valid_from = forms.DateField(
        label=_("Holds from"),
        help_text=_("What held before ends the day before and is kept."),
        widget=day_input(),
    )
    adopted_by = forms.CharField(
        label=_("Adopted by"),
        help_text=_("The committee or person who decided. Left empty it is shown as proposed."),
        required=False,
        max_length=120,
    )
    adopted_on = forms.DateField(label=_("Adopted on"), required=False, widget=day_input())

    def values(self) -> dict[str, Any]:
        """Return what was typed, without days and adoption."""
        apart = ("valid_from", "adopted_by", "adopted_on")
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}

    @property
    def first_day(self) -> date:
        """Return the first day."""
        day: date = self.cleaned_data["valid_from"]
        return day


class AdoptForm(forms.Form):
    adopted_by = forms.CharField(
        label=_("Adopted by"), max_length=120, help_text=_("The committee or person who decided.")
    )
    adopted_on = forms.DateField(label=_("Adopted on"), widget=day_input())


class FactsForm(forms.Form):
    name = forms.CharField(label=_("Name of the service"), max_length=120)
    organisation_model = forms.ChoiceField(
        label=_("How it is organised"), choices=words_of(OrganisationModel)
    )
    phone = forms.CharField(label=_("Phone"), required=False, max_length=20)
    address = forms.CharField(label=_("Address"), required=False, max_length=200)
    on_call_phone = forms.CharField(
        label=_("On-call backup"),
        required=False,
        max_length=20,
        help_text=_("Shown when a crisis is severe."),
    )
    emergency_room_phone = forms.CharField(
        label=_("Psychiatric emergency room"),
        required=False,
        max_length=20,
        help_text=_("Shown when a crisis is severe."),
    )
    lock_after_seconds = forms.IntegerField(
        label=_("The screen locks after (seconds)"),
        help_text=_("60 to 3600. A shared desk is left many times on a shift."),
        min_value=60,
        max_value=3600,
    )
    short_ring_seconds = forms.IntegerField(
        label=_("Shortest ring that counts (seconds)"),
        help_text=_("A call that is hung up sooner is taken for a wrong number."),
        min_value=0,
        max_value=60,
    )


class TextsForm(forms.Form):
    received_text_da = forms.CharField(
        label=_("Text message in Danish"),
        help_text=_(
            "{kl} becomes the clock time at which we ring at the latest. Name nobody and no illness."
        ),
        required=False,
        max_length=160,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "da"}),
    )
    received_text_en = forms.CharField(
        label=_("Text message in English"),
        required=False,
        max_length=160,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
    )


class OpeningForm(DatedForm):
    channel = forms.ChoiceField(label=_("How people reach us"), choices=words_of(Channel))
    access = forms.ChoiceField(
        label=_("Then we are"), choices=lambda: [(code.value, ACCESS_RULES[code]) for code in Access]
    )
    weekdays = forms.MultipleChoiceField(
        label=_("On these days"),
        choices=lambda: [(str(number), str(name).capitalize()) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    starts = forms.TimeField(label=_("From"), widget=time_input())
    ends = forms.TimeField(
        label=_("To"),
        widget=time_input(),
        help_text=_("Earlier than the start means past midnight; the same means all day."),
    )
    on_holidays = forms.TypedChoiceField(
        label=_("Public holidays"),
        required=False,
        empty_value=None,
        coerce=lambda value: value == "yes",
        choices=[("", _("make no difference")), ("yes", _("only then")), ("no", _("not then"))],
    )

    field_order = ["channel", "access", "weekdays", "starts", "ends", "on_holidays", "valid_from"]

    def values(self) -> dict[str, Any]:
        """Return the rule as it is stored."""
        values = super().values()
        return values | {"weekdays": "".join(values["weekdays"])}


class LastDayForm(forms.Form):
    last_day = forms.DateField(
        label=_("Last day"),
        widget=day_input(),
        help_text=_("It holds on that day too. Yesterday ends it now."),
    )


class TargetForm(DatedForm):
    seconds = forms.IntegerField(label=_("Within (seconds)"), min_value=1, max_value=86400)
    share_percent = forms.IntegerField(label=_("Share (percent)"), min_value=1, max_value=100)
    abandon_rule = forms.ChoiceField(
        label=_("Calls that are hung up before we answer"),
        choices=lambda: [(code.value, ABANDON_SENTENCES[code]) for code in AbandonRule],
        widget=forms.RadioSelect,
    )
    field_order = ["seconds", "share_percent", "abandon_rule", "valid_from"]


class LevelForm(DatedForm):
    callback_minutes = forms.IntegerField(label=_("Callback within (minutes)"), min_value=1, max_value=10080)
    plan_days = forms.IntegerField(label=_("Follow-up on day"), min_value=0, max_value=365)
    plan_earliest_day = forms.IntegerField(label=_("At the earliest day"), min_value=0, max_value=365)
    plan_latest_day = forms.IntegerField(label=_("At the latest day"), min_value=0, max_value=365)
    colleague = forms.BooleanField(label=_("A colleague is called in"), required=False)
    field_order = [
        *("callback_minutes", "plan_days", "plan_earliest_day", "plan_latest_day", "colleague", "valid_from"),
    ]


class FollowUpForm(DatedForm):
    days = forms.IntegerField(label=_("On day"), min_value=0, max_value=365)
    earliest_day = forms.IntegerField(label=_("At the earliest day"), min_value=0, max_value=365)
    latest_day = forms.IntegerField(label=_("At the latest day"), min_value=0, max_value=365)
    ring_from = forms.TimeField(label=_("We ring from"), widget=time_input())
    ring_to = forms.TimeField(label=_("We ring until"), widget=time_input())
    on_free_days = forms.ChoiceField(
        label=_("On weekends and public holidays"), choices=words_of(FreeDayRule)
    )
    max_attempts = forms.IntegerField(label=_("Attempts before somebody decides"), min_value=1, max_value=20)
    spacing_hours = forms.IntegerField(label=_("Hours between two attempts"), min_value=0, max_value=336)
    quiet_hours_after_contact = forms.IntegerField(
        label=_("Quiet hours after another contact"), min_value=0, max_value=336
    )
    field_order = [
        *("days", "earliest_day", "latest_day", "ring_from", "ring_to", "on_free_days"),
        *("max_attempts", "spacing_hours", "quiet_hours_after_contact", "valid_from"),
    ]


class CodeForm(DatedForm):
    code_list = forms.ChoiceField(label=_("List"), choices=words_of(CodeList))
    label_da = forms.CharField(label=_("Danish word"), max_length=80)
    label_en = forms.CharField(label=_("English word"), max_length=80)
    field_order = ["code_list", "label_da", "label_en", "valid_from"]


class PracticeForm(forms.Form):
    on = forms.DateField(label=_("From this day"), widget=day_input())
    note_da = forms.CharField(
        label=_("What changed"),
        max_length=200,
        help_text=_("Stands beside the line in every figure that crosses the day."),
    )
    note_en = forms.CharField(label=_("The same in English"), required=False, max_length=200)


class UserForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    username = forms.CharField(
        label=_("Username"), max_length=150, help_text=_("Typed at sign-in. No spaces.")
    )
    role = forms.ChoiceField(label=_("Role"), choices=words_of(Role), initial=Role.WORKER.value)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=words_of(Role))


class FactorForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why"), choices=lambda: [(code.value, FACTOR_REASONS[code]) for code in FactorReason]
    )


class EndpointForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("For instance the name of the telephone system.")
    )
    mapping = forms.CharField(
        label=_("How its words map to ours"),
        help_text=_("JSON. It can stay as it is for a telephone system that speaks our own format."),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "lang": "en"}),
    )
    is_active = forms.BooleanField(label=_("Deliveries are accepted"), required=False)
