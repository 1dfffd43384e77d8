"""Sentences about people: how somebody was found, what was refused, what was done with a record."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.people.selectors import Kind
from lygte.domain.events import Verb

Words = Promise | str

FOUND_BY: Mapping[Kind, Words] = {
    Kind.CPR: gettext_lazy("found by CPR number"),
    Kind.RETURN_WORDS: gettext_lazy("found by the three words"),
    Kind.PHONE: gettext_lazy("found by phone number"),
    Kind.ALIAS: gettext_lazy("found by alias"),
    Kind.NAME: gettext_lazy("found by name"),
}
REASONS: Mapping[Kind, Words] = {
    Kind.CPR: gettext_lazy("Gave the CPR number"),
    Kind.RETURN_WORDS: gettext_lazy("Said the three words"),
    Kind.PHONE: gettext_lazy("Recognised by the phone number"),
    Kind.ALIAS: gettext_lazy("Gave the alias"),
    Kind.NAME: gettext_lazy("Gave the name"),
}
REFUSED: Mapping[str, Words] = {
    "too_many_searches": gettext_lazy(
        "That was many searches in a short time. Wait a minute, then search again."
    ),
    "already_linked": gettext_lazy("It is linked already. Undo that link first."),
    "same_person": gettext_lazy("They are the same person already."),
    "already_undone": gettext_lazy("The link was undone already."),
    "not_a_thread_link": gettext_lazy("This link is undone from the contact."),
    "identity_taken": gettext_lazy("Somebody else got this number just now. Search for the number."),
    "no_free_words": gettext_lazy("No three words are free right now. Try again."),
    "already_known": gettext_lazy("Your service knows this person already. You may just open the record."),
    "own_break_glass": gettext_lazy("Another leader must look at what you opened yourself."),
    "already_asked": gettext_lazy("It is written down already and waits for another leader."),
    "own_request": gettext_lazy("Another leader decides on what you wrote down yourself."),
    "already_decided": gettext_lazy("It has been decided already."),
    "on_hold": gettext_lazy("There is a hold on the person. Nothing was erased."),
    "glass_waits": gettext_lazy("A broken glass of the person waits for a leader. Look at it first."),
    "already_held": gettext_lazy("There is a hold on the person already."),
    "not_held": gettext_lazy("There is no hold on the person."),
    "already_reviewed": gettext_lazy("Another leader has looked at it already."),
}
INVALID: Mapping[tuple[str, str], Words] = {
    ("cpr", "length"): gettext_lazy("A CPR number has ten digits."),
    ("cpr", "characters"): gettext_lazy(
        "A CPR number holds digits; a replacement number has letters near its end."
    ),
    ("cpr", "date"): gettext_lazy("The first six digits are not a day that exists."),
    ("cpr", "future"): gettext_lazy("The day of birth has not come yet."),
    ("phone", "not_a_number"): gettext_lazy("This is not a phone number that can be rung."),
    ("birth_year", "not_a_year"): gettext_lazy("Write the year with four digits."),
    ("home_municipality_code", "not_a_code"): gettext_lazy("A municipality code has three or four digits."),
    ("reason", "empty"): gettext_lazy("Write a reason. A few words are enough."),
    ("reason", "too_long"): gettext_lazy("The reason is too long. A few words are enough."),
    ("alias", "empty"): gettext_lazy("Write at least an alias, a name or a number."),
}
DONE: Mapping[str, Words] = {
    Verb.PERSON_CREATED: gettext_lazy("made the record"),
    Verb.PERSON_READ: gettext_lazy("opened the record"),
    Verb.PERSON_CHANGED: gettext_lazy("changed the record"),
    Verb.PERSON_REVEALED: gettext_lazy("saw what was hidden"),
    Verb.IDENTITY_LINKED: gettext_lazy("linked"),
    Verb.IDENTITY_UNLINKED: gettext_lazy("undid a link"),
    Verb.CONSENT_GIVEN: gettext_lazy("recorded a yes or no"),
    Verb.CONSENT_WITHDRAWN: gettext_lazy("took a yes or no back"),
    Verb.BREAK_GLASS_OPENED: gettext_lazy("broke the glass"),
    Verb.BREAK_GLASS_REVIEWED: gettext_lazy("looked at a broken glass"),
    Verb.CONTACT_OPENED: gettext_lazy("began a contact"),
    Verb.CONTACT_RECEIVED: gettext_lazy("received a contact"),
    Verb.CONTACT_SAVED: gettext_lazy("wrote in a contact"),
    Verb.CONTACT_READ: gettext_lazy("opened a contact"),
    Verb.CONTACT_LEVEL_SET: gettext_lazy("set the crisis level"),
    Verb.CONTACT_TAKEN_OVER: gettext_lazy("took over a contact"),
    Verb.CONTACT_CLOSED: gettext_lazy("closed a contact"),
    Verb.CONTACT_REOPENED: gettext_lazy("opened a contact again"),
    Verb.PLAN_STARTED: gettext_lazy("began a crisis plan"),
    Verb.PLAN_SAVED: gettext_lazy("wrote in the crisis plan"),
    Verb.PLAN_FINISHED: gettext_lazy("finished the crisis plan"),
    Verb.PLAN_READ: gettext_lazy("read the crisis plan"),
    Verb.PLAN_PRINTED: gettext_lazy("printed the crisis plan"),
    Verb.PLAN_SHARED: gettext_lazy("shared the crisis plan"),
    Verb.PLAN_SHARE_WITHDRAWN: gettext_lazy("withdrew a link to the crisis plan"),
    Verb.PLAN_OPENED_BY_LINK: gettext_lazy("opened the crisis plan by a link"),
    Verb.PROMISE_MADE: gettext_lazy("made a promise"),
    Verb.PROMISE_MOVED: gettext_lazy("moved a promise"),
    Verb.PROMISE_ATTEMPTED: gettext_lazy("tried to keep a promise"),
    Verb.PROMISE_READ: gettext_lazy("looked at a promise"),
    Verb.PROMISE_OWNED: gettext_lazy("took on a promise"),
    Verb.PROMISE_HELD: gettext_lazy("let a promise rest"),
    Verb.PROMISE_RESUMED: gettext_lazy("took up a promise again"),
    Verb.PROMISE_DECIDED: gettext_lazy("decided about a promise"),
    Verb.NOTIFICATION_DECIDED: gettext_lazy("decided about a child notification"),
    Verb.NOTIFICATION_SENT: gettext_lazy("sent a child notification"),
    Verb.NOTIFICATION_RECEIPT: gettext_lazy("noted the answer to a child notification"),
    Verb.NOTIFICATION_READ: gettext_lazy("read a child notification"),
    Verb.MESSAGE_QUEUED: gettext_lazy("wrote a message"),
    Verb.MESSAGE_SENT: gettext_lazy("sent a message"),
    Verb.MESSAGE_FAILED: gettext_lazy("could not send a message"),
}


def refused(problem: Refused) -> str:
    """Return the sentence for an act that could not be done."""
    return str(REFUSED.get(problem.code, _("That could not be done. Look at the page again.")))


def invalid(problem: InvalidField) -> str:
    """Return the sentence for a value that cannot be stored."""
    if problem.code == "too_long":
        return str(INVALID.get((problem.field, "too_long"), _("That is too long. Make it shorter.")))
    return str(INVALID.get((problem.field, problem.code), _("This cannot be kept. Look at it again.")))


def done(verb: str, detail: Mapping[str, object]) -> str:
    """Return in words what an audit event says was done."""
    if verb == Verb.PERSON_READ and detail.get("trail"):
        return _("looked at this list")
    if verb == Verb.PERSON_READ and detail.get("broken_glass"):
        return _("opened the record through a broken glass")
    if verb == Verb.IDENTITY_LINKED:
        return _("linked a contact") if detail.get("source") == "contact" else _("linked a thread")
    return str(DONE.get(verb, _("did something else")))
