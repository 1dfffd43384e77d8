"""What can be done with crisis plans: write them, read them, share them."""

from lygte.apps.plans.services.reading import admit, read
from lygte.apps.plans.services.sharing import (
    OwnLink,
    ShareClosed,
    SharedPlan,
    open_share,
    own_link,
    share,
    withdraw,
)
from lygte.apps.plans.services.writing import finish, save_sections, start_version

__all__ = [
    "OwnLink",
    "ShareClosed",
    "SharedPlan",
    "admit",
    "finish",
    "open_share",
    "own_link",
    "read",
    "save_sections",
    "share",
    "start_version",
    "withdraw",
]
