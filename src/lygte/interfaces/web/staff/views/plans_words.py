"""Words of the crisis plan: what is asked at each section, and what is said when an act is refused."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lygte.domain.vocab import PlanSection, ShareAudience

PROMPTS: dict[PlanSection, Promise | str] = {
    PlanSection.EARLY_SIGNS: _("What do you notice first, when it is on its way?"),
    PlanSection.HELPS: _("What has helped before, even a little?"),
    PlanSection.WORSENS: _("What do you, and others, do best to leave alone?"),
    PlanSection.PEOPLE_PLACES: _("Who is good to be with? Where do you find calm?"),
    PlanSection.WHOM_TO_CALL: _("One line for each: who, number, when. For example: Mia, 00 00 00 00, 16-22"),
    PlanSection.AGREEMENTS: _("What have we agreed? Who does what, and when?"),
    PlanSection.NEXT_STEP: _("What is the very first thing you do now?"),
}

AUDIENCES: dict[ShareAudience, Promise | str] = {
    ShareAudience.CITIZEN: _("The person"),
    ShareAudience.RELATIVE: _("A relative"),
    ShareAudience.PROFESSIONAL: _("A professional"),
}

REFUSALS: dict[str, Promise | str] = {
    "plan_empty": _("Nothing is written yet. Write at least one section, then finish."),
    "plan_finished": _("This version was finished meanwhile. Start a new version to change the plan."),
    "contact_of_another": _("That contact belongs to someone else."),
    "share_exists": _("The link was made already. It is shown only once; make a new one if it is lost."),
    "share_closed": _("The link was closed already."),
    "plan_not_finished": _("The plan can be shared and printed when a version is finished."),
}

FIELD_ERRORS: dict[str, Promise | str] = {
    "too_long": _("This is too long to save. Shorten it a little."),
    "none_chosen": _("Choose at least one section."),
    "out_of_range": _("Choose how long the link works."),
}


def refusal(code: str) -> str:
    """Return the sentence for a refused act."""
    return str(REFUSALS.get(code, _("That could not be done.")))


def field_error(code: str) -> str:
    """Return the sentence for a value that cannot be stored."""
    return str(FIELD_ERRORS.get(code, _("This cannot be saved.")))
