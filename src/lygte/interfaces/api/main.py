from ninja import NinjaAPI

from lygte import __version__
from lygte.interfaces.api import telephony

api = NinjaAPI(title="Lygte", version=__version__, urls_namespace="api", docs_url=None)
api.add_router("/telephony", telephony.router)
