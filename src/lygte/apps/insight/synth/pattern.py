"""The published pattern of use, as shares in percent.

Source: evaluation of 14 sociale akuttilbud (2017), sections 3.1, 3.2 and 7.2.3. What the evaluation prints is
marked P; the rest is chosen so that the printed totals follow from it.
"""

from lygte.domain.vocab import (
    NOT_STATED,
    About,
    Caller,
    Cause,
    Channel,
    Level,
    MayRing,
    Measure,
    NotificationChoice,
    Outcome,
    PlanState,
    Ternary,
)

Shares = dict[str, float]
NOT_RECORDED = ""

CHANNELS: Shares = {Channel.PHONE: 86.6, Channel.WALK_IN: 12.0, Channel.SMS: 0.9, Channel.EMAIL: 0.5}  # P
FIRST = 13.6  # P; 86.4 % of contacts are made by somebody who has been in touch before
FIRST_TIME_MISSING: Shares = {"stated": 95.9, NOT_STATED: 2.6, NOT_RECORDED: 1.5}  # P: 4.1 % missing
# P: severe 20 % among first-time, 5 % among repeat contacts; 14, 54, 25 and 7 % in all.
LEVELS_FIRST: Shares = {Level.NOT_CRISIS: 12, Level.MILD: 38, Level.MODERATE: 30, Level.SEVERE: 20}
LEVELS_REPEAT: Shares = {Level.NOT_CRISIS: 14.3, Level.MILD: 56.5, Level.MODERATE: 24.2, Level.SEVERE: 5}
LEVEL_MISSING: Shares = {"stated": 99.2, NOT_STATED: 0.5, NOT_RECORDED: 0.3}
KNOWN_AS: Shares = {"cpr": 56, "alias": 15, "thread": 13, "nobody": 16}  # P: 56 % with a registration number

# Segments of people: share of people, mean contacts, mean age (P).
SEGMENTS = ((13, 3, 23), (23, 10, 30), (33, 6, 44), (14, 23, 47), (17, 10, 64))
SEXES: Shares = {"female": 62, "male": 33, "other": 0.8, NOT_STATED: 1.5, NOT_RECORDED: 2.7}  # P: c. 35 % men

# Chance of each cause among first-time and repeat contacts. P: loneliness, anxiety, depression, self-harm.
CAUSES: dict[str, tuple[float, float]] = {
    Cause.LONELINESS: (38, 38),
    Cause.ANXIETY: (32, 32),
    Cause.HOPELESSNESS: (23, 23),
    Cause.DEPRESSION: (19, 13),
    Cause.CONFLICT: (7, 7),
    Cause.SUBSTANCE_USE: (5, 5),
    Cause.PSYCHOSIS_LIKE: (4, 4),
}
SELF_HARM_SEVERE = 50
SELF_HARM_OTHER = (5, 3)  # first-time, repeat: 14 % of first-time contacts in all (P)
CAUSES_ELSE: Shares = {
    Cause.INFORMATION: 44,
    Cause.PRACTICAL: 20,
    Cause.OTHER: 28,
    NOT_STATED: 5,
    NOT_RECORDED: 3,
}

# P: most contacts 15-22, fewest late at night; one weight for each hour of the day.
HOURS = (
    1.2, 0.8, 0.6, 0.5, 0.5, 0.6, 1.0, 1.6, 2.6, 3.6, 4.2, 4.6,
    4.8, 5.0, 5.4, 6.6, 7.2, 7.6, 8.2, 8.6, 8.4, 7.4, 5.6, 3.4,
)  # fmt: skip
# First and last month against the mean. P: 62 % of contacts fall in the last 12 of 22 months.
GROWTH = (0.7, 1.3)

CALLERS: Shares = {
    Caller.CITIZEN: 84, Caller.RELATIVE: 8, Caller.PROFESSIONAL: 5, Caller.OTHER: 1.5,
    NOT_STATED: 1, NOT_RECORDED: 0.5,
}  # fmt: skip
ABOUT = {
    Caller.CITIZEN: About.SELF,
    Caller.RELATIVE: About.RELATIVE,
    Caller.PROFESSIONAL: About.CITIZEN_OF_PROFESSIONAL,
    Caller.OTHER: About.GENERAL,
    NOT_STATED: About.NOT_STATED,
    NOT_RECORDED: NOT_RECORDED,
}
FELT_ACUTE: Shares = {Ternary.YES: 58, Ternary.NO: 24, NOT_STATED: 6, NOT_RECORDED: 12}
CHILDREN: Shares = {Ternary.NO: 78, Ternary.YES: 9, NOT_STATED: 8, NOT_RECORDED: 5}
UNDER_18: Shares = {Ternary.NO: 93, Ternary.YES: 1.2, NOT_STATED: 3, NOT_RECORDED: 2.8}
MAY_RING: Shares = {
    MayRing.YES: 56, MayRing.YES_NO_MESSAGE: 15, MayRing.NO: 6, NOT_STATED: 12, NOT_RECORDED: 11
}  # fmt: skip

# P: stabilised 61, partly 26, not 6 in all; mild 72 and 2, severe about 20 and 31.
OUTCOMES: dict[str, Shares] = {
    Level.NOT_CRISIS: {
        Outcome.STABILISED: 60, Outcome.PARTLY: 24, Outcome.NOT_STABILISED: 4,
        NOT_STATED: 7, NOT_RECORDED: 5,
    },
    Level.MILD: {
        Outcome.STABILISED: 72, Outcome.PARTLY: 20, Outcome.NOT_STABILISED: 2,
        NOT_STATED: 3.5, NOT_RECORDED: 2.5,
    },
    Level.MODERATE: {
        Outcome.STABILISED: 49.3, Outcome.PARTLY: 35.6, Outcome.NOT_STABILISED: 8.8,
        NOT_STATED: 4, NOT_RECORDED: 2.3,
    },
    Level.SEVERE: {
        Outcome.STABILISED: 20, Outcome.PARTLY: 42, Outcome.NOT_STABILISED: 31,
        NOT_STATED: 4, NOT_RECORDED: 3,
    },
}  # fmt: skip

# P: 52 % of contacts set something in motion, most often a new conversation or coming in; 6 % urge the person
# to turn to others.
MEASURE_TAKEN: Shares = {Level.NOT_CRISIS: 35, Level.MILD: 48, Level.MODERATE: 60, Level.SEVERE: 85}
NO_MEASURE: Shares = {Measure.NONE: 84, NOT_STATED: 8, NOT_RECORDED: 8}
MEASURES: Shares = {
    Measure.NEW_CONVERSATION: 42,
    Measure.URGED_TO_COME: 24,
    Measure.URGED_TO_CONTACT_OTHERS: 11.5,
    Measure.HELPED_ON: 9,
    Measure.SERVICE_CONTACTS_OTHERS: 6,
    Measure.EMERGENCY: 2,
    Measure.OTHER: 5.5,
}
SECOND_MEASURE = 18
# P: 2.4 % of contacts, 53.7 % of them for one night, 4.2 % for eight or more, 2.2 nights on average.
OVERNIGHT_OF_WALK_INS: Shares = {Level.SEVERE: 72, Level.MODERATE: 30, Level.MILD: 13.5}
NIGHTS: Shares = {
    "1": 53.7,
    "2": 22,
    "3": 10,
    "4": 5,
    "5": 3,
    "6": 1.2,
    "7": 0.9,
    "8": 2,
    "10": 1.2,
    "12": 1.0,
}

# P: in 80.5 % of crisis contacts.
CONVERSATION: Shares = {Ternary.YES: 80.5, Ternary.NO: 16.5, NOT_STATED: 1, NOT_RECORDED: 2}
CONVERSATION_ELSE: Shares = {Ternary.NO: 70, NOT_RECORDED: 30}
# P: written in 28.9 % of crisis contacts in person.
PLAN_WALK_IN: Shares = {
    PlanState.WRITTEN: 28.9,
    PlanState.ORAL: 26,
    PlanState.NOT_POSSIBLE: 9,
    PlanState.DECLINED: 12,
    PlanState.NOT_RELEVANT: 17.1,
    NOT_RECORDED: 7,
}
PLAN_ELSE: Shares = {
    PlanState.ORAL: 14,
    PlanState.NOT_POSSIBLE: 4,
    PlanState.DECLINED: 3,
    PlanState.NOT_RELEVANT: 69,
    NOT_RECORDED: 10,
}

# P: mean minutes 10 / 29 / 38, missing for 3.0 %. The printed mean of all does not follow from these.
MINUTES = {Level.NOT_CRISIS: 10.0, Level.MILD: 27.0, Level.MODERATE: 31.5, Level.SEVERE: 38.0}
MINUTES_MISSING: Shares = {"stated": 97.0, NOT_RECORDED: 3.0}
MINUTES_SHAPE = 2.4
LONGEST_TALK = 180

# Chosen: answered within 10, 60, 180 and 420 seconds.
ANSWER_SECONDS: Shares = {"2-10": 38, "11-60": 54, "61-180": 6, "181-420": 2}
UNANSWERED_PER_CALL = 0.09
UNANSWERED: Shares = {"1-4": 18, "6-58": 40, "65-300": 22, "voicemail": 20}
AFTER_ABANDONED: Shares = {"rang_again": 62, "callback": 24, "let_go": 14}
CALLBACK_AGREED = 2.0  # of incoming contacts: a new talk was promised at an hour

NOTIFICATIONS: Shares = {
    NotificationChoice.DO_NOT_NOTIFY: 68,
    NotificationChoice.ALREADY_NOTIFIED: 20,
    NotificationChoice.NOTIFY: 12,
}

# What became of promises: kept in the window, kept late, declined, decided by name.
CALLBACK_ENDS: Shares = {"kept": 82, "late": 8, "declined": 3, "decided": 7}
PLAN_ENDS: Shares = {"kept": 74, "late": 6, "declined": 8, "decided": 12}
WELLBEING_ENDS: Shares = {"kept": 58, "late": 7, "declined": 15, "decided": 20}
ATTEMPTS_NEEDED: Shares = {"1": 64, "2": 26, "3": 10}
NOTES: Shares = {"own_words": 55, "two": 25, "none": 20}
