"""Sentences about people: how somebody was found, what was refused, what was done with a record."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.people.selectors import Kind
from lygte.domain.events import Verb

Words = Promise | str

FOUND_BY: Mapping[Kind, Words] = {
    Kind.CPR: lazy("found by CPR number"),
    Kind.RETURN_WORDS: lazy("found by the three words"),
    Kind.PHONE: lazy("found by phone number"),
    Kind.ALIAS: lazy("found by alias"),
    Kind.NAME: lazy("found by name"),
}
REASONS: Mapping[Kind, Words] = {
    Kind.CPR: lazy("Gave the CPR number"),
    Kind.RETURN_WORDS: lazy("Said the three words"),
    Kind.PHONE: lazy("Recognised by the phone number"),
    Kind.ALIAS: lazy("Gave the alias"),
    Kind.NAME: lazy("Gave the name"),
}
REFUSED: Mapping[str, Words] = {
    "too_many_searches": lazy("That was many searches in a short time. Wait a minute, then search again."),
    "already_linked": lazy("It is linked already. Undo that link first."),
    "same_person": lazy("They are the same person already."),
    "already_undone": lazy("The link was undone already."),
    "not_a_thread_link": lazy("This link is undone from the contact."),
    "identity_taken": lazy("Somebody else got this number just now. Search for the number."),
    "no_free_words": lazy("No three words are free right now. Try again."),
    "already_known": lazy("Your service knows this person already. You may just open the record."),
    "own_break_glass": lazy("Another leader must look at what you opened yourself."),
    "already_reviewed": lazy("Another leader has looked at it already."),
}
INVALID: Mapping[tuple[str, str], Words] = {
    ("cpr", "length"): lazy("A CPR number has ten digits."),
    ("cpr", "characters"): lazy("A CPR number holds digits; a replacement number has letters near its end."),
    ("cpr", "date"): lazy("The first six digits are not a day that exists."),
    ("cpr", "future"): lazy("The day of birth has not come yet."),
    ("phone", "not_a_number"): lazy("This is not a phone number that can be rung."),
    ("birth_year", "not_a_year"): lazy("Write the year with four digits."),
    ("home_municipality_code", "not_a_code"): lazy("A municipality code has three or four digits."),
    ("reason", "empty"): lazy("Write a reason. A few words are enough."),
    ("reason", "too_long"): lazy("The reason is too long. A few words are enough."),
    ("alias", "empty"): lazy("Write at least an alias, a name or a number."),
}
DONE: Mapping[str, Words] = {
    Verb.PERSON_CREATED: lazy("made the record"),
    Verb.PERSON_READ: lazy("opened the record"),
    Verb.PERSON_CHANGED: lazy("changed the record"),
    Verb.PERSON_REVEALED: lazy("saw what was hidden"),
    Verb.IDENTITY_LINKED: lazy("linked"),
    Verb.IDENTITY_UNLINKED: lazy("undid a link"),
    Verb.CONSENT_GIVEN: lazy("recorded a yes or no"),
    Verb.CONSENT_WITHDRAWN: lazy("took a yes or no back"),
    Verb.BREAK_GLASS_OPENED: lazy("broke the glass"),
    Verb.BREAK_GLASS_REVIEWED: lazy("looked at a broken glass"),
    Verb.CONTACT_OPENED: lazy("began a contact"),
    Verb.CONTACT_RECEIVED: lazy("received a contact"),
    Verb.CONTACT_SAVED: lazy("wrote in a contact"),
    Verb.CONTACT_READ: lazy("opened a contact"),
    Verb.CONTACT_LEVEL_SET: lazy("set the crisis level"),
    Verb.CONTACT_TAKEN_OVER: lazy("took over a contact"),
    Verb.CONTACT_CLOSED: lazy("closed a contact"),
    Verb.CONTACT_REOPENED: lazy("opened a contact again"),
    Verb.PLAN_STARTED: lazy("began a crisis plan"),
    Verb.PLAN_SAVED: lazy("wrote in the crisis plan"),
    Verb.PLAN_FINISHED: lazy("finished the crisis plan"),
    Verb.PLAN_READ: lazy("read the crisis plan"),
    Verb.PLAN_PRINTED: lazy("printed the crisis plan"),
    Verb.PLAN_SHARED: lazy("shared the crisis plan"),
    Verb.PLAN_SHARE_WITHDRAWN: lazy("withdrew a link to the crisis plan"),
    Verb.PLAN_OPENED_BY_LINK: lazy("opened the crisis plan by a link"),
    Verb.PROMISE_MADE: lazy("made a promise"),
    Verb.PROMISE_MOVED: lazy("moved a promise"),
    Verb.PROMISE_ATTEMPTED: lazy("tried to keep a promise"),
    Verb.PROMISE_READ: lazy("looked at a promise"),
    Verb.PROMISE_OWNED: lazy("took on a promise"),
    Verb.PROMISE_HELD: lazy("let a promise rest"),
    Verb.PROMISE_RESUMED: lazy("took up a promise again"),
    Verb.PROMISE_DECIDED: lazy("decided about a promise"),
    Verb.NOTIFICATION_DECIDED: lazy("decided about a child notification"),
    Verb.NOTIFICATION_SENT: lazy("sent a child notification"),
    Verb.NOTIFICATION_RECEIPT: lazy("noted the answer to a child notification"),
    Verb.NOTIFICATION_READ: lazy("read a child notification"),
    Verb.MESSAGE_QUEUED: lazy("wrote a message"),
    Verb.MESSAGE_SENT: lazy("sent a message"),
    Verb.MESSAGE_FAILED: lazy("could not send a message"),
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
