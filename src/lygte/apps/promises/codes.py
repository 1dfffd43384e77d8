"""Codes of the history of promises and of what a closing contact led to."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class MoveCause(StrEnum):
    """Why a promise was moved."""

    BY_HAND = "by_hand"
    IN_TOUCH = "in_touch"
    LEVEL = "level"
    DISCHARGED = "discharged"
    EXTENDED = "extended"


class NoFollowUp(StrEnum):
    """Why a closed contact leads to no plan follow-up. Told where the contact is closed, never kept quiet."""

    NO_WAY_TO_REACH = "no_way_to_reach"
    NOT_WITH_THE_PERSON = "not_with_the_person"
    NOT_A_CRISIS = "not_a_crisis"
    NOT_REACHED = "not_reached"
    ALREADY_FOLLOWED_UP = "already_followed_up"


@dataclass(frozen=True, slots=True)
class FollowUps:
    """What the closing of a contact did to promises, by their identifiers.

    `reason` is None exactly when a plan follow-up is promised or was moved. `to_decide` are those among
    `made` that may not be rung and wait for a decision by name at once.
    """

    made: tuple[UUID, ...] = ()
    moved: tuple[UUID, ...] = ()
    kept: tuple[UUID, ...] = ()
    to_decide: tuple[UUID, ...] = ()
    reason: NoFollowUp | None = None
