"""What can be done with crisis plans: write them, read them, share them."""

from lygte.apps.plans.services.reading import admit, read
from lygte.apps.plans.services.sharing import ShareClosed, SharedPlan, open_share, share, withdraw
from lygte.apps.plans.services.writing import finish, save_sections, start_version

__all__ = [
    "ShareClosed",
    "SharedPlan",
    "admit",
    "finish",
    "open_share",
    "read",
    "save_sections",
    "share",
    "start_version",
    "withdraw",
]
