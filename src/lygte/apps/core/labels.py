"""Words for the codes of the closed lists, in the language of the reader."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lygte.domain import vocab

WORDS: dict[type[StrEnum], dict[str, Promise | str]] = {
    vocab.Access: {
        vocab.Access.OPEN: _("open now"),
        vocab.Access.CALL_FIRST: _("call first"),
        vocab.Access.CLOSED: _("closed now"),
    },
    vocab.LateKind: {
        vocab.LateKind.OFFLINE: _("written without connection"),
        vocab.LateKind.AFTERWARDS: _("registered afterwards"),
    },
    vocab.Direction: {
        vocab.Direction.INCOMING: _("to us"),
        vocab.Direction.OUTGOING: _("from us"),
    },
    vocab.OutgoingKind: {
        vocab.OutgoingKind.CALLBACK: _("callback"),
        vocab.OutgoingKind.PLAN_FOLLOW_UP: _("follow-up on crisis plan"),
        vocab.OutgoingKind.WELLBEING: _("wellbeing measurement"),
        vocab.OutgoingKind.SECURITY_CALL: _("reassurance call"),
        vocab.OutgoingKind.OTHER: _("other"),
    },
    vocab.Channel: {
        vocab.Channel.PHONE: _("phone"),
        vocab.Channel.WALK_IN: _("in person"),
        vocab.Channel.SMS: _("SMS"),
        vocab.Channel.EMAIL: _("e-mail"),
        vocab.Channel.OUTREACH: _("we drove out"),
        vocab.Channel.OTHER: _("other way"),
    },
    vocab.Caller: {
        vocab.Caller.CITIZEN: _("the person themself"),
        vocab.Caller.RELATIVE: _("relative"),
        vocab.Caller.PROFESSIONAL: _("professional"),
        vocab.Caller.OTHER: _("someone else"),
        vocab.Caller.NOT_STATED: _("not stated"),
    },
    vocab.About: {
        vocab.About.SELF: _("themself"),
        vocab.About.RELATIVE: _("a relative"),
        vocab.About.CITIZEN_OF_PROFESSIONAL: _("someone they work with"),
        vocab.About.OTHER: _("someone else"),
        vocab.About.GENERAL: _("no one in particular"),
        vocab.About.NOT_STATED: _("not stated"),
    },
    vocab.Level: {
        vocab.Level.NOT_CRISIS: _("not crisis"),
        vocab.Level.MILD: _("mild"),
        vocab.Level.MODERATE: _("moderate"),
        vocab.Level.SEVERE: _("severe"),
        vocab.Level.NOT_STATED: _("not stated"),
    },
    vocab.Cause: {
        vocab.Cause.LONELINESS: _("loneliness"),
        vocab.Cause.ANXIETY: _("anxiety"),
        vocab.Cause.HOPELESSNESS: _("hopelessness"),
        vocab.Cause.DEPRESSION: _("feeling depressed"),
        vocab.Cause.SELF_HARM_SUICIDAL: _("self-harm or thoughts of dying"),
        vocab.Cause.INFORMATION: _("information and guidance"),
        vocab.Cause.CONFLICT: _("conflict or break-up"),
        vocab.Cause.SUBSTANCE_USE: _("alcohol or drugs"),
        vocab.Cause.PSYCHOSIS_LIKE: _("frightening or confusing experiences"),
        vocab.Cause.PRACTICAL: _("money, home or work"),
        vocab.Cause.OTHER: _("something else"),
        vocab.Cause.NOT_STATED: _("not stated"),
    },
    vocab.Ternary: {
        vocab.Ternary.YES: _("yes"),
        vocab.Ternary.NO: _("no"),
        vocab.Ternary.NOT_STATED: _("not stated"),
    },
    vocab.Sex: {
        vocab.Sex.FEMALE: _("woman"),
        vocab.Sex.MALE: _("man"),
        vocab.Sex.OTHER: _("other"),
        vocab.Sex.NOT_STATED: _("not stated"),
    },
    vocab.FirstTime: {
        vocab.FirstTime.FIRST: _("first time"),
        vocab.FirstTime.REPEAT: _("has been in touch before"),
        vocab.FirstTime.NOT_STATED: _("not stated"),
    },
    vocab.Outcome: {
        vocab.Outcome.STABILISED: _("calmer"),
        vocab.Outcome.PARTLY: _("partly calmer"),
        vocab.Outcome.NOT_STABILISED: _("not calmer"),
        vocab.Outcome.NOT_STATED: _("not stated"),
    },
    vocab.Measure: {
        vocab.Measure.NONE: _("nothing further"),
        vocab.Measure.NEW_CONVERSATION: _("new conversation agreed"),
        vocab.Measure.URGED_TO_COME: _("invited to come here"),
        vocab.Measure.OVERNIGHT: _("stays the night"),
        vocab.Measure.SERVICE_CONTACTS_OTHERS: _("we contact others"),
        vocab.Measure.URGED_TO_CONTACT_OTHERS: _("advised to contact others"),
        vocab.Measure.HELPED_ON: _("helped on to another place"),
        vocab.Measure.EMERGENCY: _("emergency room, 112 or police"),
        vocab.Measure.OTHER: _("something else"),
        vocab.Measure.NOT_STATED: _("not stated"),
    },
    vocab.PlanState: {
        vocab.PlanState.WRITTEN: _("written"),
        vocab.PlanState.ORAL: _("spoken only"),
        vocab.PlanState.NOT_POSSIBLE: _("not possible now"),
        vocab.PlanState.DECLINED: _("declined"),
        vocab.PlanState.NOT_RELEVANT: _("not relevant"),
    },
    vocab.Stage: {
        vocab.Stage.CONTACT: _("Contact"),
        vocab.Stage.DANGER: _("Danger"),
        vocab.Stage.PROBLEM: _("What weighs most"),
        vocab.Stage.OPTIONS: _("Options"),
        vocab.Stage.AGREEMENT: _("Agreement"),
        vocab.Stage.FOLLOW_UP: _("Afterwards"),
    },
    vocab.CallState: {
        vocab.CallState.RINGING: _("ringing"),
        vocab.CallState.ANSWERED: _("answered"),
        vocab.CallState.ENDED: _("ended"),
        vocab.CallState.ABANDONED: _("hung up before answer"),
        vocab.CallState.VOICEMAIL: _("left a message"),
    },
    vocab.ContactState: {
        vocab.ContactState.WAITING: _("waiting"),
        vocab.ContactState.OPEN: _("open"),
        vocab.ContactState.CLOSED: _("closed"),
    },
    vocab.PromiseKind: {
        vocab.PromiseKind.CALLBACK: _("callback"),
        vocab.PromiseKind.PLAN_FOLLOW_UP: _("follow-up on crisis plan"),
        vocab.PromiseKind.WELLBEING: _("wellbeing measurement"),
    },
    vocab.PromiseState: {
        vocab.PromiseState.PROMISED: _("promised"),
        vocab.PromiseState.ON_HOLD: _("on hold"),
        vocab.PromiseState.NEEDS_DECISION: _("someone must decide"),
        vocab.PromiseState.KEPT: _("kept"),
        vocab.PromiseState.DECLINED: _("declined"),
        vocab.PromiseState.DECIDED: _("decided"),
    },
    vocab.Standing: {
        vocab.Standing.UPCOMING: _("later"),
        vocab.Standing.OPEN: _("now"),
        vocab.Standing.WAITING: _("next try later"),
        vocab.Standing.OVERDUE: _("overdue"),
        vocab.Standing.ON_HOLD: _("on hold"),
        vocab.Standing.NEEDS_DECISION: _("someone must decide"),
        vocab.Standing.CLOSED: _("done"),
    },
    vocab.AttemptOutcome: {
        vocab.AttemptOutcome.REACHED: _("spoke together"),
        vocab.AttemptOutcome.NO_ANSWER: _("no answer"),
        vocab.AttemptOutcome.BUSY: _("busy"),
        vocab.AttemptOutcome.MESSAGE_LEFT: _("we left a message"),
        vocab.AttemptOutcome.SOMEONE_ELSE: _("someone else answered"),
        vocab.AttemptOutcome.WRONG_NUMBER: _("wrong number"),
        vocab.AttemptOutcome.DECLINED: _("would rather not"),
    },
    vocab.Decision: {
        vocab.Decision.WRITE: _("write instead"),
        vocab.Decision.EXTEND: _("wait and try again"),
        vocab.Decision.VISIT: _("visit"),
        vocab.Decision.PASS_ON: _("pass on to someone"),
        vocab.Decision.ALREADY_IN_TOUCH: _("already in touch"),
        vocab.Decision.LET_GO: _("let go"),
    },
    vocab.FreeDayRule: {
        vocab.FreeDayRule.KEEP: _("keep the day"),
        vocab.FreeDayRule.NEXT_WORKING_DAY: _("next working day"),
        vocab.FreeDayRule.PREVIOUS_WORKING_DAY: _("previous working day"),
    },
    vocab.DayBand: {
        vocab.DayBand.ANY: _("any time"),
        vocab.DayBand.MORNING: _("morning"),
        vocab.DayBand.AFTERNOON: _("afternoon"),
        vocab.DayBand.EVENING: _("evening"),
    },
    vocab.Medium: {
        vocab.Medium.PHONE: _("phone"),
        vocab.Medium.SMS: _("SMS"),
        vocab.Medium.EMAIL: _("e-mail"),
        vocab.Medium.IN_PERSON: _("in person"),
    },
    vocab.MayRing: {
        vocab.MayRing.YES: _("may be rung"),
        vocab.MayRing.YES_NO_MESSAGE: _("may be rung, leave no message"),
        vocab.MayRing.NO: _("do not ring"),
        vocab.MayRing.NOT_STATED: _("not stated"),
    },
    vocab.PlanSection: {
        vocab.PlanSection.EARLY_SIGNS: _("Early signs"),
        vocab.PlanSection.HELPS: _("What helps"),
        vocab.PlanSection.WORSENS: _("What makes it worse"),
        vocab.PlanSection.PEOPLE_PLACES: _("People and places"),
        vocab.PlanSection.WHOM_TO_CALL: _("Whom I can call, and when"),
        vocab.PlanSection.AGREEMENTS: _("What we have agreed"),
        vocab.PlanSection.NEXT_STEP: _("My next step"),
    },
    vocab.PlanVersionState: {
        vocab.PlanVersionState.DRAFT: _("draft"),
        vocab.PlanVersionState.FINISHED: _("finished"),
    },
    vocab.ShareAudience: {
        vocab.ShareAudience.CITIZEN: _("the person"),
        vocab.ShareAudience.RELATIVE: _("a relative"),
        vocab.ShareAudience.PROFESSIONAL: _("a professional"),
    },
    vocab.GlassVerdict: {
        vocab.GlassVerdict.IN_ORDER: _("in order"),
        vocab.GlassVerdict.FOLLOW_UP: _("to be followed up"),
    },
    vocab.IdentityLevel: {
        vocab.IdentityLevel.THREAD: _("anonymous"),
        vocab.IdentityLevel.ALIAS: _("known by alias"),
        vocab.IdentityLevel.IDENTIFIED: _("identified"),
    },
    vocab.CprAnswer: {
        vocab.CprAnswer.GIVEN: _("given"),
        vocab.CprAnswer.DECLINED: _("would rather not"),
        vocab.CprAnswer.NOT_ASKED: _("not asked"),
    },
    vocab.ConsentPurpose: {
        vocab.ConsentPurpose.KEEP_PHONE: _("keep the phone number"),
        vocab.ConsentPurpose.FOLLOW_UP: _("be contacted afterwards"),
        vocab.ConsentPurpose.SHARE_PLAN: _("share the crisis plan"),
        vocab.ConsentPurpose.REGISTER_STUDY: _("be part of a register study"),
        vocab.ConsentPurpose.INTERVIEW: _("be interviewed"),
    },
    vocab.NotificationChoice: {
        vocab.NotificationChoice.NOTIFY: _("notify"),
        vocab.NotificationChoice.DO_NOT_NOTIFY: _("do not notify"),
        vocab.NotificationChoice.ALREADY_NOTIFIED: _("already notified"),
    },
    vocab.OrganisationModel: {
        vocab.OrganisationModel.INTEGRATED: _("integrated with a residential facility"),
        vocab.OrganisationModel.SEMI_INTEGRATED: _("semi-integrated"),
    },
    vocab.AbandonRule: {
        vocab.AbandonRule.NEVER_COUNTED: _("abandoned calls are left out"),
        vocab.AbandonRule.LATE_COUNT_AGAINST: _("abandoned after the target counts as missed"),
        vocab.AbandonRule.ALL_COUNT_AGAINST: _("every abandoned call counts as missed"),
    },
    vocab.Shift: {
        vocab.Shift.DAY: _("day"),
        vocab.Shift.EVENING: _("evening"),
        vocab.Shift.NIGHT: _("night"),
    },
    vocab.DutyKind: {
        vocab.DutyKind.PRESENT: _("here"),
        vocab.DutyKind.ON_CALL: _("on call"),
    },
    vocab.Role: {
        vocab.Role.WORKER: _("worker"),
        vocab.Role.LEADER: _("leader"),
        vocab.Role.EVALUATOR: _("evaluator"),
        vocab.Role.ADMINISTRATOR: _("administrator"),
    },
    vocab.CodeList: {
        vocab.CodeList.CAUSE: _("cause"),
        vocab.CodeList.MEASURE: _("measure"),
    },
}

DEFINITIONS: dict[StrEnum, Promise | str] = {
    vocab.Level.NOT_CRISIS: _("wants to talk, ask or give a message"),
    vocab.Level.MILD: _("needs care and security; lonely or under pressure"),
    vocab.Level.MODERATE: _("anxiety or panic; first needs to calm down"),
    vocab.Level.SEVERE: _("thoughts of dying, self-harm, or close to admission"),
    vocab.Level.NOT_STATED: _("could not be judged"),
}

STAGE_PROMPTS: dict[StrEnum, Promise | str] = {
    vocab.Stage.CONTACT: _("Say who you are and that there is time."),
    vocab.Stage.DANGER: _("Ask straight out about thoughts of dying, and about children at home."),
    vocab.Stage.PROBLEM: _("What has happened? What is hardest right now?"),
    vocab.Stage.OPTIONS: _("What has helped before? Who can come tonight?"),
    vocab.Stage.AGREEMENT: _("Come here, be rung, or talk to someone else?"),
    vocab.Stage.FOLLOW_UP: _("May we ring in five days? When does it suit?"),
}


def word(codes: type[StrEnum], code: str | None) -> str:
    """Return the word for a code: "not recorded" for none, and a code of the service's own as it is."""
    if not code:
        return str(_("not recorded"))
    return str(WORDS[codes].get(code, code))
