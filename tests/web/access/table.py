"""Every address of Piste, and what each person is answered there. An address that is not here fails the build."""

from __future__ import annotations

from .improving import AUDITS, RETESTS, TRAINING, TRIALS
from .rows import ADMINS, EVERYBODY, MANAGERS, MEMBERS, SEEING, SEEING_RUN, Row, of_stage, on, papers


def of_automation(name: str, get: int, post: int, door: frozenset[str]) -> list[tuple[str, Row]]:
    """An automation of a pipeline; of another it does not exist."""
    at = {"key": "pipeline", "automation": "automation"}
    astray = Row(door, 404 if get != 405 else 405, 404 if post != 405 else 405, at | {"key": "unknown"})
    return [(name, Row(door, get, post, at)), (name, astray)]


def of_insights(name: str, get: int = 200, query: str = "", **at: str) -> tuple[str, Row]:
    return name, Row(MEMBERS, get, 405, {"key": "pipeline", **at}, query=query)


INSIGHTS: list[tuple[str, Row]] = [
    ("insights_home", Row(MEMBERS, 302, 405)),
    *(of_insights(f"insights{page}{filtered}") for page in ("", "_team", "_sources", "_losses") for filtered in ("", "_filter")),
    of_insights("insights_stage", stage="stage"),
    of_insights("insight_period", screen="=insights_team"),
    of_insights("insight_period", 404, screen="=nothing"),
    of_insights("insight_deals", query="figure=closing.won"),
    of_insights("insight_deals", 404, query="figure=nothing.at.all"),
    of_insights("insight_activities", query="figure=team.{member}.all"),
    of_insights("insight_activities", 404, query="figure=nothing.at.all"),
    of_insights("insight_stage_csv", stage="stage", figure="=outgoing"),
    of_insights("insight_stage_csv", 404, stage="stage", figure="=nothing"),
    of_insights("insight_csv", screen="=insights", figure="=stages"),
    of_insights("insight_csv", 404, screen="=insights", figure="=nothing"),
]

FORECAST: list[tuple[str, Row]] = [
    ("forecast", Row(MEMBERS, 302, 405)),
    ("forecast_ahead", Row(MEMBERS, 200, 405, {"key": "pipeline"})),
    ("forecast_ahead", Row(MEMBERS, 404, 405, {"key": "unknown"})),
    ("forecast_ahead", Row(MEMBERS, 422, 405, {"key": "pipeline"}, query="first=soon")),
    ("forecast_compute", Row(MEMBERS, 405, 302, {"key": "pipeline"})),
    ("forecast_csv", Row(MEMBERS, 200, 405, {"key": "pipeline", "figure": "=course"})),
    ("forecast_csv", Row(MEMBERS, 404, 405, {"key": "pipeline", "figure": "=nothing"})),
    ("forecast_plan", Row(MEMBERS, 200, 405, {"key": "pipeline"}, query="target=5000")),
    ("forecast_plan", Row(MEMBERS, 422, 405, {"key": "pipeline"}, query="conversion=9999")),
    ("forecast_plan_json", Row(MEMBERS, 200, 405, {"key": "pipeline"}, query="target=5000")),
    ("forecast_plan_json", Row(MEMBERS, 422, 405, {"key": "pipeline"})),
    ("forecast_targets", Row(MEMBERS, 200, 405, {"key": "pipeline"})),
    ("forecast_targets", Row(MEMBERS, 404, 405, {"key": "unknown"})),
    ("forecast_targets", Row(MEMBERS, 422, 405, {"key": "pipeline"}, query="first=soon&span=week")),
    ("forecast_target", Row(MANAGERS, 200, 422, {"key": "pipeline"})),
    ("forecast_year", Row(MANAGERS, 200, 302, {"key": "pipeline"})),
    ("forecast_calls", Row(MEMBERS, 200, 405, {"key": "pipeline"})),
    ("forecast_calls", Row(MEMBERS, 404, 405, {"key": "pipeline"}, query="who=987654")),
    ("forecast_say", Row(MEMBERS, 405, 422, {"key": "pipeline"})),
    ("forecast_sort", Row(MEMBERS, 405, 404, {"key": "pipeline", "deal": "deal"})),
    ("deal_category", on("deal", 405, 404)),
    ("forecast_history", Row(MEMBERS, 200, 405, {"key": "pipeline"})),
]

ROSAS = frozenset({"rosa"})


def of_dashboard(name: str, get: int, post: int, ready: tuple[int, int] | None = None, **at: str) -> list[tuple[str, Row]]:
    """An address of a dashboard that is Rosa's alone, and of the ready-made one, which everybody has."""
    own = (name, on("dashboard", get, post, seen=ROSAS, **at))
    return [own, (name, Row(MEMBERS, *(ready or (get, post)), {"key": "ready_dashboard", **at}))]


DASHBOARDS: list[tuple[str, Row]] = [
    ("dashboards", Row(MEMBERS, 302, 405)),
    *of_dashboard("dashboard", 200, 405),
    ("dashboard", Row(MEMBERS, 404, 405, {"key": "=ready-987654"})),
    ("dashboard", Row(MEMBERS, 404, 405, {"key": "=nothing"})),
    *of_dashboard("dashboard_tiles", 302, 405, part="=live"),
    ("dashboard_tiles", Row(MEMBERS, 404, 405, {"key": "ready_dashboard", "part": "=nothing"})),
    *of_dashboard("dashboard_figures", 200, 422),
    *of_dashboard("dashboard_place", 405, 302, figure="=now-won"),
    *of_dashboard("dashboard_off", 405, 302, figure="=now-won"),
    *of_dashboard("dashboard_csv", 200, 405, figure="=now-won"),
    ("dashboard_csv", Row(MEMBERS, 404, 405, {"key": "ready_dashboard", "figure": "=nothing"})),
    *of_dashboard("dashboard_new", 200, 422),
    *of_dashboard("dashboard_settings", 200, 422, ready=(404, 404)),
    *of_dashboard("dashboard_keep", 405, 302),
    *of_dashboard("dashboard_remove", 405, 302, ready=(405, 404)),
    *of_dashboard("dashboard_filter", 200, 405),
    *of_dashboard("dashboard_period", 200, 405),
    *of_dashboard("dashboard_paper", 200, 405),
    *of_dashboard("dashboard_letters", 200, 405),
    *of_dashboard("dashboard_letter_new", 200, 422),
    *of_dashboard("dashboard_letter", 200, 422, ready=(404, 404), schedule="schedule"),
    *of_dashboard("dashboard_letter_act", 405, 302, ready=(405, 404), schedule="schedule", act="=send"),
    *of_dashboard("dashboard_letter_act", 405, 302, ready=(405, 404), schedule="schedule", act="=remove"),
    *of_dashboard("dashboard_letter_act", 405, 404, ready=(405, 404), schedule="schedule", act="=nothing"),
]

BOARD: list[tuple[str, Row]] = [
    ("home", Row(MEMBERS, 302, 302)),
    ("board", Row(MEMBERS, 200, 200, {"key": "pipeline"})),
    ("board_columns", Row(MEMBERS, 302, 302, {"key": "pipeline"})),
    of_stage("board_more", 302, 302, MEMBERS),
    ("board_filter", Row(MEMBERS, 200, 200, {"key": "pipeline"})),
    ("list", Row(MEMBERS, 200, 405, {"key": "pipeline"})),
    ("list_filter", Row(MEMBERS, 200, 405, {"key": "pipeline"})),
    ("list_columns", Row(MEMBERS, 200, 302, {"key": "pipeline"})),
    ("list_export", Row(MEMBERS, 200, 405, {"key": "pipeline", "kind": "=csv"})),
    ("list_export", Row(MEMBERS, 200, 405, {"key": "pipeline", "kind": "=xlsx"})),
    ("list_export", Row(MEMBERS, 404, 405, {"key": "pipeline", "kind": "=pdf"})),
    ("list_cell", on("pipeline", 200, 422, deal="deal", name="=title")),
    ("views", Row(MEMBERS, 200, 405, {"key": "pipeline", "screen": "=list"})),
    ("views", Row(MEMBERS, 404, 405, {"key": "pipeline", "screen": "=nothing"})),
    ("new_view", Row(MEMBERS, 200, 422, {"key": "pipeline", "screen": "=board"})),
    ("view", on("view", 200, 422, seen=frozenset({"rosa"}))),
    ("view_keep", on("view", 405, 302, seen=frozenset({"rosa"}), screen="=list")),
    ("view_remove", on("view", 405, 302, seen=frozenset({"rosa"}))),
    ("deal_move", on("deal", 200, 302)),
    ("deal_win", on("deal", 200, 302)),
    ("deal_lose", on("deal", 200, 422)),
    ("deal_hold", on("deal", 200, 422)),
    ("deal_resume", on("deal", 200, 302)),
    ("deal_undo", on("deal", 200, 302)),
    ("deal_needs", on("deal", 200, 200)),
]

STEPS: list[tuple[str, Row]] = [
    ("step_new", Row(MEMBERS, 200, 422, seen=SEEING, query="deal={deal}")),
    ("step_new", Row(MEMBERS, 404, 404)),
    ("call_new", Row(MEMBERS, 200, 302, seen=SEEING, query="deal={deal}")),
    ("call_new", Row(MEMBERS, 404, 404)),
    ("step", on("step", 200, 422)),
    ("step_done", on("step", 200, 302)),
    ("step_snooze", on("step", 200, 422)),
    ("step_undo", on("step", 405, 302)),
    ("step_remove", on("step", 405, 302)),
    ("deal_call", on("deal", 200, 302)),
    ("today", Row(MEMBERS, 200, 405)),
    ("take_over", on("deal", 405, 302)),
]

DEAL: list[tuple[str, Row]] = [
    ("bulk", Row(MEMBERS, 200, 422, {"key": "pipeline"})),
    ("bulk_edit", Row(MEMBERS, 200, 405, {"key": "bulk"}, frozenset({"rosa"}))),
    ("bulk_undo", Row(MEMBERS, 405, 302, {"key": "bulk"}, frozenset({"rosa"}))),
    ("new_deal", Row(MEMBERS, 200, 422)),
    ("bin", Row(MEMBERS, 200, 405)),
    ("bin_erase", Row(ADMINS, 200, 302, {"kind": "=deal", "key": "binned"})),
    ("bin_erase", Row(ADMINS, 200, 302, {"kind": "=company", "key": "binned_company"})),
    ("bin_erase", Row(ADMINS, 404, 404, {"kind": "=deal", "key": "deal"})),
    ("bin_erase", Row(ADMINS, 404, 404, {"kind": "=nothing", "key": "deal"})),
    ("deal", on("deal", 200, 405)),
    ("deal_live", on("deal", 302, 405)),
    ("deal_history", on("deal", 200, 405)),
    ("deal_fact", on("deal", 200, 422, name="=title")),
    ("deal_fact", Row(MEMBERS, 404, 404, {"key": "deal", "name": "=nothing"})),
    ("deal_goods", on("deal", 200, 409)),
    ("deal_goods_sum", on("deal", 405, 302)),
    ("deal_people", on("deal", 200, 422)),
    ("deal_person", on("deal", 200, 422, contact="contact")),
    ("deal_criterion", on("deal", 405, 302, criterion="criterion")),
    ("deal_edit_undo", on("deal", 405, 302, entry="deal_edit")),
    ("deal_edit_undo", on("deal", 405, 404, entry="company_edit")),
    ("deal_discard", on("deal", 405, 302)),
    ("deal_restore", on("binned", 405, 302)),
    ("deal_restore", on("deal", 405, 404)),
    ("deal", on("binned", 404, 405)),
    ("suggest_companies", Row(MEMBERS, 200, 200, query="q=zugsp")),
    ("suggest_contacts", Row(MEMBERS, 200, 200, query="q=zugsp")),
    *papers("deal"),
    *papers("company"),
    *papers("contact"),
    # A file under another subject's address does not exist there.
    ("file", Row(MEMBERS, 404, 405, {"about": "=company", "key": "company", "file": "deal_file"})),
    ("note", Row(MEMBERS, 405, 404, {"about": "=company", "key": "company", "note": "deal_note"})),
    ("notifications", Row(MEMBERS, 200, 405)),
    ("bell", Row(MEMBERS, 405, 200)),
]

PEOPLE: list[tuple[str, Row]] = [
    ("companies", Row(MEMBERS, 200, 200)),
    ("companies", Row(MEMBERS, 200, 200, query="q=zugsp")),
    ("companies_export", Row(MEMBERS, 200, 405, {"kind": "=csv"})),
    ("companies_export", Row(MEMBERS, 404, 405, {"kind": "=pdf"})),
    ("new_company", Row(MEMBERS, 200, 422)),
    ("company", on("company", 200, 200)),
    ("edit_company", on("company", 200, 422)),
    ("discard_company", on("company", 405, 302)),
    ("restore_company", on("binned_company", 405, 302)),
    ("restore_company", on("company", 405, 404)),
    ("company_edit_undo", on("company", 405, 302, entry="company_edit")),
    ("contacts", Row(MEMBERS, 200, 200)),
    ("contacts", Row(MEMBERS, 200, 200, query="q=zugsp")),
    ("contacts_export", Row(MEMBERS, 200, 405, {"kind": "=csv"})),
    ("contacts_export", Row(MEMBERS, 404, 405, {"kind": "=pdf"})),
    ("new_contact", Row(MEMBERS, 200, 422)),
    ("contact", on("contact", 200, 200)),
    ("edit_contact", on("contact", 200, 422)),
    ("discard_contact", on("contact", 405, 302)),
    ("contact_consent", on("contact", 405, 422)),
    ("restore_contact", on("binned_contact", 405, 302)),
    ("restore_contact", on("contact", 405, 404)),
    ("contact_edit_undo", on("contact", 405, 302, entry="contact_edit")),
    ("alike", Row(MEMBERS, 200, 200, {"kind": "=companies"}, query="name=zugspitze+ag")),
    ("alike", Row(MEMBERS, 200, 200, {"kind": "=contacts"}, query="email=zita@zugspitze.example")),
    ("alike", Row(MEMBERS, 404, 404, {"kind": "=deals"})),
    ("doubles", Row(MEMBERS, 200, 200)),
    ("fold", Row(MEMBERS, 200, 302, {"kind": "=company", "kept": "company", "folded": "double"}, SEEING)),
    ("fold", Row(MEMBERS, 200, 302, {"kind": "=contact", "kept": "contact", "folded": "twin"}, SEEING)),
    ("fold", Row(MEMBERS, 404, 404, {"kind": "=deal", "kept": "deal", "folded": "binned"})),
    ("merged", on("merge", 200, 200)),
    ("undo_merge", on("merge", 405, 302)),
    ("search", Row(MEMBERS, 200, 200, query="q=zugsp")),
    ("search", Row(MEMBERS, 200, 200, query="q=zugsp&palette=1")),
    ("keyboard", Row(MEMBERS, 200, 302)),
    ("manifest", Row(EVERYBODY, 200, 405)),
    ("styleguide", Row(ADMINS, 200, 200)),
]

IMPORTING: list[tuple[str, Row]] = [
    ("import", Row(MANAGERS, 200, 422)),
    *(
        (name, Row(MANAGERS, get, post, {"key": "pending"}, frozenset({"marc"})))
        for name, get, post in (
            ("import_mapping", 200, 302),
            ("import_check", 302, 302),
            ("import_go", 405, 302),
            ("import_done", 302, 302),
            ("import_refused", 200, 200),
        )
    ),
    ("import_mapping", Row(MANAGERS, 302, 302, {"key": "done"}, frozenset({"marc"}))),
    ("import_done", Row(MANAGERS, 200, 200, {"key": "done"}, frozenset({"marc"}))),
    ("import_run_refused", Row(MANAGERS, 200, 200, {"key": "run"}, SEEING_RUN)),
    ("import_undo", Row(MANAGERS, 405, 302, {"key": "run"}, SEEING_RUN)),
]

PROCESS: list[tuple[str, Row]] = [
    ("process", Row(MEMBERS, 302, 302)),
    ("process_new", Row(MANAGERS, 200, 422)),
    ("process_pipeline", Row(MEMBERS, 200, 200, {"key": "pipeline"})),
    ("process_name", Row(MANAGERS, 200, 422, {"key": "pipeline"})),
    ("process_place", Row(MANAGERS, 405, 302, {"key": "pipeline"})),
    ("process_leaving", Row(MANAGERS, 200, 422, {"key": "pipeline"})),
    ("process_keep", Row(MANAGERS, 405, 302, {"key": "pipeline"})),
    ("process_order", Row(MANAGERS, 405, 302, {"key": "pipeline"})),
    ("process_clock", Row(MANAGERS, 200, 422, {"key": "pipeline"})),
    ("process_publish", Row(MANAGERS, 405, 422, {"key": "pipeline"})),
    ("process_publish", Row(MANAGERS, 405, 404, {"key": "unknown"})),
    ("process_abandon", Row(MANAGERS, 200, 302, {"key": "pipeline"})),
    ("process_add", Row(MANAGERS, 200, 422, {"key": "pipeline"})),
    of_stage("process_stage", 200, 422, MEMBERS, MANAGERS),
    of_stage("process_stage_drop", 405, 404, MANAGERS),
    ("process_stage_drop", Row(MANAGERS, 405, 302, {"key": "pipeline", "stage": "=-1"})),
    of_stage("process_stage_leaving", 200, 422, MANAGERS),
    of_stage("process_stage_keep", 405, 302, MANAGERS),
    of_stage("process_playbook", 200, 302, MANAGERS),
    ("automations", Row(MEMBERS, 200, 405, {"key": "pipeline"})),
    ("automation_new", Row(MANAGERS, 200, 422, {"key": "pipeline"})),
    *of_automation("automation", 200, 422, MANAGERS),
    *of_automation("automation_switch", 200, 422, MANAGERS),
    *of_automation("automation_leaving", 405, 302, MANAGERS),
    *of_automation("automation_secret", 405, 200, MANAGERS),
    *of_automation("automation_runs", 200, 405, MEMBERS),
    ("process_versions", Row(MEMBERS, 200, 200, {"key": "pipeline"})),
    ("process_compare", Row(MEMBERS, 200, 200, {"key": "pipeline"})),
    ("process_compare", Row(MEMBERS, 404, 404, {"key": "pipeline"}, query="from=99")),
    ("process_restore", Row(MANAGERS, 200, 422, {"key": "pipeline", "number": "=1"})),
    ("process_restore", Row(MANAGERS, 404, 404, {"key": "pipeline", "number": "=99"})),
    ("process_version", Row(MEMBERS, 200, 200, {"key": "pipeline", "number": "=1"})),
    ("process_version", Row(MEMBERS, 404, 404, {"key": "pipeline", "number": "=99"})),
]


def item(name: str, get: int, post: int, what: str, key: str) -> tuple[str, Row]:
    return name, Row(MANAGERS, get, post, {"what": f"={what}", "key": key})


SETTINGS: list[tuple[str, Row]] = [
    ("settings", Row(MEMBERS, 200, 200)),
    ("profile", Row(MEMBERS, 200, 422)),
    ("company_settings", Row(ADMINS, 200, 422)),
    ("own_hours", Row(MEMBERS, 200, 302)),
    ("company_hours", Row(ADMINS, 200, 422)),
    ("remove_demo", Row(ADMINS, 405, 302)),
    ("audit_log", Row(ADMINS, 200, 200)),
    ("members", Row(ADMINS, 200, 200)),
    ("invite", Row(ADMINS, 200, 422)),
    ("member", Row(ADMINS, 200, 422, {"key": "member"})),
    ("member", Row(ADMINS, 404, 404, {"key": "gone_member"})),
    ("member_leaving", Row(ADMINS, 200, 302, {"key": "member"})),
    ("member_return", Row(ADMINS, 405, 302, {"key": "gone_member"})),
    ("member_sign_out", Row(ADMINS, 405, 302, {"key": "member"})),
    ("member_second_factor", Row(ADMINS, 405, 302, {"key": "member"})),
    ("invitation_renew", Row(ADMINS, 405, 200, {"key": "invitation"})),
    ("invitation_revoke", Row(ADMINS, 405, 302, {"key": "invitation"})),
    ("teams", Row(ADMINS, 200, 422)),
    ("team", Row(ADMINS, 200, 422, {"key": "team"})),
    ("team_removal", Row(ADMINS, 405, 302, {"key": "team"})),
    *((name, Row(MANAGERS, 200, 422)) for name in ("sources", "loss_reasons", "tags", "products", "custom_fields")),
    item("list_item", 200, 422, "sources", "source"),
    item("list_item", 200, 422, "products", "product"),
    item("list_item", 404, 404, "members", "member"),
    item("list_retire", 405, 302, "custom_fields", "field"),
    item("list_restore", 405, 302, "sources", "retired_source"),
    item("list_restore", 405, 404, "sources", "source"),
    item("list_place", 405, 302, "loss_reasons", "loss_reason"),
    item("list_place", 405, 404, "sources", "source"),
]

#: The keys of one's account ask for the password once more (302) before anything is shown or changed.
ACCOUNT: list[tuple[str, Row]] = [
    ("enter", Row(EVERYBODY, 200, 302, {"token": "enter"})),
    ("enter", Row(EVERYBODY, 410, 410, {"token": "late"})),
    ("enter", Row(EVERYBODY, 410, 410, {"token": "join"})),
    ("join", Row(EVERYBODY, 200, 422, {"token": "join"})),
    ("join", Row(EVERYBODY, 410, 410, {"token": "enter"})),
    ("language", Row(EVERYBODY, 405, 302)),
    ("start", Row(EVERYBODY, 302, 302)),
    ("account_login", Row(EVERYBODY, 302, 302, stranger=(200, 422))),
    ("account_logout", Row(EVERYBODY, 200, 302, stranger=(302, 302))),
    ("account_signup", Row(EVERYBODY, 302, 302, stranger=(200, 200))),
    ("account_inactive", Row(EVERYBODY, 200, 405)),
    ("account_reauthenticate", Row(MEMBERS, 200, 422)),
    ("account_change_password", Row(MEMBERS, 200, 422)),
    ("account_set_password", Row(MEMBERS, 302, 302)),
    ("account_reset_password", Row(EVERYBODY, 200, 422)),
    ("account_reset_password_done", Row(EVERYBODY, 200, 405)),
    ("account_reset_password_from_key", Row(EVERYBODY, 200, 422, {"uidb36": "=1", "key": "=x"})),
    ("account_reset_password_from_key_done", Row(EVERYBODY, 200, 405)),
    ("usersessions_list", Row(MEMBERS, 200, 200)),
    ("sign_out_everywhere", Row(MEMBERS, 405, 302)),
    ("mfa_index", Row(MEMBERS, 200, 405)),
    ("mfa_authenticate", Row(EVERYBODY, 302, 302)),
    ("mfa_reauthenticate", Row(MEMBERS, 302, 302)),
    ("mfa_activate_totp", Row(MEMBERS, 302, 302)),
    ("mfa_deactivate_totp", Row(MEMBERS, 404, 404)),
    ("mfa_view_recovery_codes", Row(MEMBERS, 404, 405)),
    ("mfa_generate_recovery_codes", Row(MEMBERS, 302, 302)),
    ("mfa_download_recovery_codes", Row(MEMBERS, 404, 404)),
    ("mfa_list_webauthn", Row(MEMBERS, 200, 405)),
    ("mfa_add_webauthn", Row(MEMBERS, 302, 302)),
    ("mfa_login_webauthn", Row(EVERYBODY, 302, 302)),
    ("mfa_reauthenticate_webauthn", Row(MEMBERS, 302, 302)),
    ("mfa_remove_webauthn", Row(MEMBERS, 302, 302, {"pk": "passkey"})),
    ("mfa_edit_webauthn", Row(MEMBERS, 302, 302, {"pk": "passkey"})),
]


TABLE = [
    *BOARD,
    *INSIGHTS,
    *FORECAST,
    *DASHBOARDS,
    *STEPS,
    *DEAL,
    *PEOPLE,
    *IMPORTING,
    *PROCESS,
    *AUDITS,
    *RETESTS,
    *TRAINING,
    *TRIALS,
    *SETTINGS,
    *ACCOUNT,
]
