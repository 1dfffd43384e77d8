"""Words for the tables that hold something on a person, and for why something is kept."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lygte.domain.retention import Act, Ground

TABLES: Mapping[str, Promise | str] = {
    "people.Person": _("Who it is, and threads linked to them"),
    "people.ServiceTie": _("Services that know the person"),
    "people.IdentityIndex": _("Entries by which the person can be found"),
    "people.IdentityLink": _("Links between contacts, threads and the person"),
    "people.Consent": _("What they said yes or no to"),
    "people.BreakGlass": _("Broken glass"),
    "contacts.Contact": _("Contacts"),
    "contacts.ContactNote": _("Texts of contacts"),
    "contacts.LevelChange": _("Changes of the crisis level"),
    "contacts.Reopening": _("Contacts that were opened again"),
    "contacts.ChildNotification": _("Decisions on child notifications"),
    "queue.Call": _("Calls"),
    "promises.Promise": _("Promises"),
    "promises.Attempt": _("Attempts to keep promises"),
    "plans.Plan": _("Crisis plan"),
    "plans.PlanVersion": _("Versions of the crisis plan"),
    "plans.PlanText": _("Texts of the crisis plan"),
    "plans.PlanMark": _("Who may be shown what of the plan"),
    "plans.PlanShare": _("Links to the plan"),
    "outbox.OutboxMessage": _("Messages"),
    "privacy.LegalHold": _("Holds"),
    "privacy.ErasureRequest": _("Requests to be erased"),
    "audit.AuditEvent": _("The trail: what was done and read"),
}
GROUNDS: Mapping[Ground, Promise | str] = {
    Ground.PERSON_RECORD: _("A person with everything that is theirs"),
    Ground.CONTACT_WITHOUT_PERSON: _("Texts of a contact without a person"),
    Ground.CHILD_NOTIFICATION: _("Texts of a decision on a child notification"),
    Ground.CALL_NUMBER: _("The number of a call"),
    Ground.PROMISE_NUMBER: _("A number on a promise that has ended"),
    Ground.OUTBOX_MESSAGE: _("A message that was sent or failed"),
    Ground.ENDED_CONSENT: _("A consent that has ended"),
    Ground.ENDED_SHARE: _("A link to a plan that has ended"),
    Ground.BREAK_GLASS: _("A broken glass that was looked at"),
    Ground.HANDOVER_NOTE: _("What was added to a hand-over"),
    Ground.WEBHOOK_DELIVERY: _("The number of a delivery from the telephone system"),
    Ground.AUDIT_EVENT: _("The trail"),
}
ACTS: Mapping[Act, Promise | str] = {
    Act.ERASE: _("is erased"),
    Act.ANONYMISE: _("is emptied; figures stay"),
    Act.KEEP: _("is kept"),
}


def table_word(label: str) -> str:
    """Return what a table holds, in words."""
    return str(TABLES[label])
