from django.urls import URLPattern, path

from lygte.interfaces.web.staff.views import (
    settings,
    settings_audit,
    settings_facts,
    settings_lists,
    settings_opening,
    settings_retention,
    settings_rules,
    settings_telephony,
    settings_users,
)

_SETTINGS = "tilbud/<slug:service>/indstillinger/"
_USER = f"{_SETTINGS}brugere/<uuid:user>/"
_ENDPOINT = f"{_SETTINGS}telefoni/<uuid:endpoint>/"

urlpatterns: list[URLPattern] = [
    path(_SETTINGS, settings.overview, name="settings"),
    path(f"{_SETTINGS}vedtag/<slug:kind>/<uuid:row>/", settings.adopt, name="settings_adopt"),
    path(f"{_SETTINGS}tilbuddet/", settings_facts.facts, name="settings_facts"),
    path(f"{_SETTINGS}tilbuddet/ret/", settings_facts.facts_edit, name="settings_facts_edit"),
    path(f"{_SETTINGS}tekster/", settings_facts.texts_edit, name="settings_texts_edit"),
    path(f"{_SETTINGS}aabent/", settings_opening.opening_rules, name="settings_opening"),
    path(f"{_SETTINGS}aabent/ny/", settings_opening.opening_new, name="settings_opening_new"),
    path(f"{_SETTINGS}aabent/<uuid:rule>/", settings_opening.opening_edit, name="settings_opening_edit"),
    path(f"{_SETTINGS}aabent/<uuid:rule>/slut/", settings_opening.opening_end, name="settings_opening_end"),
    path(f"{_SETTINGS}maal/", settings_rules.targets, name="settings_targets"),
    path(f"{_SETTINGS}maal/<slug:channel>/", settings_rules.target_edit, name="settings_target_edit"),
    path(f"{_SETTINGS}niveauer/", settings_rules.levels, name="settings_levels"),
    path(f"{_SETTINGS}niveauer/<slug:level>/", settings_rules.level_edit, name="settings_level_edit"),
    path(f"{_SETTINGS}opfoelgning/", settings_rules.follow_ups, name="settings_follow_ups"),
    path(
        f"{_SETTINGS}opfoelgning/<slug:kind>/", settings_rules.follow_up_edit, name="settings_follow_up_edit"
    ),
    path(f"{_SETTINGS}koder/", settings_lists.code_lists, name="settings_codes"),
    path(f"{_SETTINGS}koder/ny/", settings_lists.code_new, name="settings_code_new"),
    path(f"{_SETTINGS}koder/<uuid:code>/slut/", settings_lists.code_end, name="settings_code_end"),
    path(f"{_SETTINGS}praksis/", settings_lists.practice, name="settings_practice"),
    path(f"{_SETTINGS}praksis/ny/", settings_lists.practice_new, name="settings_practice_new"),
    path(
        f"{_SETTINGS}praksis/<uuid:change>/fjern/",
        settings_lists.practice_remove,
        name="settings_practice_remove",
    ),
    path(f"{_SETTINGS}brugere/", settings_users.users, name="settings_users"),
    path(f"{_SETTINGS}brugere/ny/", settings_users.user_new, name="settings_user_new"),
    path(_USER, settings_users.user, name="settings_user"),
    path(f"{_USER}rolle/", settings_users.role_give, name="settings_role_give"),
    path(f"{_USER}luk/", settings_users.user_close, name="settings_user_close"),
    path(f"{_USER}genaabn/", settings_users.user_reopen, name="settings_user_reopen"),
    path(f"{_USER}adgangskode/", settings_users.user_password, name="settings_user_password"),
    path(f"{_USER}andet-trin/", settings_users.user_factor, name="settings_user_factor"),
    path(f"{_SETTINGS}rolle/<uuid:grant>/slut/", settings_users.grant_end, name="settings_grant_end"),
    path(f"{_SETTINGS}telefoni/", settings_telephony.telephony, name="settings_telephony"),
    path(f"{_SETTINGS}telefoni/ny/", settings_telephony.endpoint_new, name="settings_endpoint_new"),
    path(_ENDPOINT, settings_telephony.endpoint, name="settings_endpoint"),
    path(f"{_ENDPOINT}hemmelighed/", settings_telephony.endpoint_secret, name="settings_endpoint_secret"),
    path(f"{_SETTINGS}opbevaring/", settings_retention.retention, name="settings_retention"),
    path(f"{_SETTINGS}opbevaring/ryd-op/", settings_retention.run, name="settings_retention_run"),
    path(
        f"{_SETTINGS}opbevaring/<slug:ground>/", settings_retention.term_edit, name="settings_retention_term"
    ),
    path(f"{_SETTINGS}spor/", settings_audit.trail, name="settings_audit"),
]
