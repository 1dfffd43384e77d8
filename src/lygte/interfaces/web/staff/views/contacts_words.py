"""Sentences of the contact pages: what is asked, what was refused, what will be counted as missing."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lygte.apps.core.refusals import InvalidField, Refused
from lygte.domain.closing import ContactField

Words = Promise | str

QUESTIONS: Mapping[str, Words] = {
    "channel": gettext_lazy("How are you in touch?"),
    "caller": gettext_lazy("Who is in touch?"),
    "about": gettext_lazy("Whom is it about?"),
    "level": gettext_lazy("How severe is the crisis?"),
    "causes": gettext_lazy("What is it about?"),
    "children": gettext_lazy("Are children mentioned?"),
    "under_18": gettext_lazy("Is the person under 18?"),
    "first_time": gettext_lazy("First time in touch?"),
    "sex": gettext_lazy("Sex"),
    "felt_acute": gettext_lazy("Does it feel acute to the person?"),
    "outcome": gettext_lazy("How is it now?"),
    "measures": gettext_lazy("What happens next?"),
    "conversation_held": gettext_lazy("Was it a crisis conversation?"),
    "plan_state": gettext_lazy("The crisis plan"),
    "may_ring": gettext_lazy("May we ring?"),
    "cpr_answer": gettext_lazy("Was the CPR number told? Help never depends on it."),
    "band": gettext_lazy("When does it suit?"),
    "medium": gettext_lazy("How?"),
    "minutes": gettext_lazy("Minutes spent"),
    "nights": gettext_lazy("Nights"),
    "stay_from": gettext_lazy("Stays from"),
    "stay_until": gettext_lazy("Stays until"),
    "closing": gettext_lazy("Remarks"),
    "own_words": gettext_lazy("In the person's own words"),
    "earlier_words": gettext_lazy("What was said earlier"),
}

MISSING: Mapping[ContactField, Words] = {
    ContactField.CHANNEL: gettext_lazy("how you were in touch"),
    ContactField.CALLER: gettext_lazy("who was in touch"),
    ContactField.LEVEL: gettext_lazy("how severe the crisis is"),
    ContactField.CAUSES: gettext_lazy("what it is about"),
    ContactField.CHILDREN: gettext_lazy("whether children were mentioned"),
    ContactField.UNDER_18: gettext_lazy("whether the person is under 18"),
    ContactField.CONVERSATION: gettext_lazy("whether it was a crisis conversation"),
    ContactField.PLAN: gettext_lazy("the crisis plan"),
    ContactField.OUTCOME: gettext_lazy("how it is now"),
    ContactField.MEASURES: gettext_lazy("what happens next"),
    ContactField.MAY_RING: gettext_lazy("whether we may ring"),
    ContactField.MINUTES: gettext_lazy("minutes spent"),
}

_INVALID: Mapping[str, Words] = {
    "unknown_field": gettext_lazy("This cannot be saved here."),
    "unknown_code": gettext_lazy("That choice is not on the list. Load the page again."),
    "required": gettext_lazy("Write something here."),
    "number": gettext_lazy("Write a whole number, such as 25."),
    "time": gettext_lazy("Write a day and a time, such as 20/11 2026 19.30."),
    "too_long": gettext_lazy("The text is too long to save. Shorten it."),
    "before_arrival": gettext_lazy("The stay cannot end before it begins."),
    "needs_a_person": gettext_lazy("Give the person a name or three words first."),
    "not_a_number": gettext_lazy("This is not a telephone number. Write eight digits, or leave it empty."),
    "in_the_future": gettext_lazy("The day lies ahead."),
    "not_between_sending_and_today": gettext_lazy("The day must lie between the sending and today."),
}

_REFUSED: Mapping[str, Words] = {
    "contact_closed": gettext_lazy("The contact is closed. Open it again to change something."),
    "already_left": gettext_lazy("It is already noted that the guest has left."),
    "already_linked": gettext_lazy("The contact already belongs to somebody. Undo that first."),
    "notification_sent": gettext_lazy("The notification has been sent. That cannot be undone here."),
    "notification_decided": gettext_lazy("It is decided already. Change it on the page of the notification."),
    "notification_not_sent": gettext_lazy("Write first when the notification was sent."),
}


def invalid(problem: InvalidField) -> str:
    """Return what is wrong with a typed value, as a sentence."""
    return str(_INVALID.get(problem.code, _INVALID["unknown_field"]))


def refused(problem: Refused) -> str:
    """Return why an act could not be done, as a sentence."""
    if problem.code == "contact_taken":
        by = problem.facts.get("by") or _("A colleague")
        return _("%(name)s was first and has received this contact.") % {"name": by}
    return str(_REFUSED.get(problem.code, _("Someone was faster. Look again.")))
