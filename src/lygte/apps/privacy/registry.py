"""Every shredder, in the order in which they let go: who points to others goes first."""

from collections.abc import Mapping
from types import MappingProxyType

from lygte.apps.audit.shredder import SHREDDER as AUDIT
from lygte.apps.contacts.shredder import SHREDDER as CONTACTS
from lygte.apps.core.shredding import Holding, Shredder, Term
from lygte.apps.outbox.shredder import SHREDDER as OUTBOX
from lygte.apps.people.shredder import SHREDDER as PEOPLE
from lygte.apps.plans.shredder import SHREDDER as PLANS
from lygte.apps.privacy.shredder import SHREDDER as PRIVACY
from lygte.apps.promises.shredder import SHREDDER as PROMISES
from lygte.apps.queue.shredder import SHREDDER as QUEUE
from lygte.apps.workforce.shredder import SHREDDER as WORKFORCE
from lygte.domain.retention import Ground

SHREDDERS: tuple[Shredder, ...] = (
    *(AUDIT, OUTBOX, PLANS, PROMISES, QUEUE, CONTACTS, PRIVACY, PEOPLE, WORKFORCE),
)
HOLDINGS: tuple[Holding, ...] = tuple(one for shredder in SHREDDERS for one in shredder.holdings)
TERMS: Mapping[Ground, Term] = MappingProxyType(
    {term.ground: term for shredder in SHREDDERS for term in shredder.terms}
)
KEPT: Mapping[str, str] = MappingProxyType(
    {label: reason for shredder in SHREDDERS for label, reason in shredder.kept.items()}
)
# Tables without a word on a citizen, each with its reason. Named whole, so that a new table must be judged.
NO_CITIZEN: Mapping[str, str] = MappingProxyType(
    {
        "accounts.User": "those who work here; closed with the employment",
        "accounts.SignInTries": "a digest of a user name that was tried",
        "accounts.Federation": "settings: the municipality's own sign-in",
        "accounts.MappedPrivilege": "settings: which role a privilege gives",
        "accounts.FederatedIdentity": "those who work here: their pseudonym at the municipality's sign-in",
        "crypto.DataKey": "wrapped keys",
        "crypto.InstallationKey": "wrapped keys of what belongs to no municipality",
        "audit.Seal": "digests of audit events",
        "outages.DrawerKey": "the key of what a browser holds while the line is down; no word on anybody",
        "jobs.DutyRun": "names of duties and of what failed",
        "tenancy.Municipality": "the municipality itself",
        "tenancy.Service": "the service itself: its own numbers, address and texts",
        "tenancy.OpeningHours": "settings; who adopted them",
        "tenancy.ServiceTarget": "settings; who adopted them",
        "tenancy.LevelSetting": "settings; who adopted them",
        "tenancy.FollowUpSetting": "settings; who adopted them",
        "tenancy.LocalCode": "settings; who adopted them",
        "tenancy.PracticeChange": "settings: what changed in how the service registers",
        "queue.TelephonyEndpoint": "the telephone system and its secret",
        "privacy.RetentionChoice": "settings: a term and why",
        "plans.PlanErasure": "empty outside the transaction that erases a plan",
        "promises.Move": "when a promise was moved and by which rule; no text",
    }
)
