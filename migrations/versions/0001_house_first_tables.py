"""house first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "sqlite": [
        """CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
        """CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    ],
    "postgresql": [
        """CREATE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$""",
        """CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE ON events
FOR EACH ROW EXECUTE FUNCTION events_append_only()""",
        """CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION events_append_only()""",
    ],
}


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "attempts",
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index("ix_attempts_who_at", ["who", "at"], unique=False)

    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "jobs",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("key", name=op.f("uq_jobs_key")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index("ix_jobs_due", ["done_at", "due_at"], unique=False)

    op.create_table(
        "letters",
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("key", name=op.f("uq_letters_key")),
    )
    op.create_table(
        "networks",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("founded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sole", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("sole = 1", name=op.f("ck_networks_sole")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_networks")),
        sa.UniqueConstraint("sole", name=op.f("uq_networks_sole")),
    )
    op.create_table(
        "organisations",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=8), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("name", name=op.f("uq_organisations_name")),
    )
    op.create_table(
        "safes",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safes")),
    )
    op.create_table(
        "submissions",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("led_to", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_submissions")),
    )
    op.create_table(
        "members",
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("theme", sa.String(length=8), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_members_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("email", name=op.f("uq_members_email")),
    )
    op.create_table(
        "safe_epochs",
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("previous_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_safe_epochs_safe_id")),
        sa.PrimaryKeyConstraint("safe_id", "epoch", name=op.f("pk_safe_epochs")),
    )
    op.create_table(
        "cases",
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("objective_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("legal_issue_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("articles", sa.JSON(), nullable=False),
        sa.Column("confidentiality", sa.String(length=16), nullable=False),
        sa.Column("procedure", sa.String(length=40), nullable=True),
        sa.Column("stage", sa.String(length=40), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_cases_by_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_cases_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("reference", name=op.f("uq_cases_reference")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cases_safe_id"), ["safe_id"], unique=False)
        batch_op.create_index("ix_cases_state_changed_at", ["state", "changed_at"], unique=False)

    op.create_table(
        "departures",
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_departures_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_departures_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_departures")),
    )
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=16), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("verb", sa.String(length=60), nullable=False),
        sa.Column("result", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=True),
        sa.Column("public", sa.JSON(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("opening_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("chained", sa.LargeBinary(length=32), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["members.id"], name=op.f("fk_events_actor_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_events_safe_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index("ix_events_safe_id_seq", ["safe_id", "seq"], unique=False)
        batch_op.create_index("ix_events_subject", ["subject", "seq"], unique=False)

    op.create_table(
        "evidence_items",
        sa.Column("exhibit", sa.Integer(), nullable=False),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("obtained_how_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("obtained_from_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("obtained_on_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("obtained_where_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("copy_or_original", sa.String(length=12), nullable=False),
        sa.Column("tool_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("source_url_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_evidence_items_by_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_evidence_items_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_items")),
        sa.UniqueConstraint("safe_id", "exhibit", name=op.f("uq_evidence_items_safe_id_exhibit")),
    )
    with op.batch_alter_table("evidence_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_items_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "grants",
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.Column("grantor_id", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quick", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["grantor_id"], ["members.id"], name=op.f("fk_grants_grantor_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_grants_member_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_grants_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint("safe_id", "member_id", name=op.f("uq_grants_safe_id_member_id")),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index("ix_grants_member_id_safe_id", ["member_id", "safe_id"], unique=False)

    op.create_table(
        "identities",
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("public", sa.LargeBinary(length=64), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("kdf", sa.LargeBinary(length=7), nullable=False),
        sa.Column("verifier", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seed_wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("seed_for_recovery", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_identities_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_identities")),
    )
    op.create_table(
        "incidents",
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("narrative_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("place_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("region", sa.String(length=8), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=True),
        sa.Column("began_precision", sa.String(length=8), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_precision", sa.String(length=8), nullable=True),
        sa.Column("learned_on", sa.Date(), nullable=True),
        sa.Column("learned_how", sa.String(length=24), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("grade", sa.String(length=12), nullable=True),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_incidents_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_incidents_organisation_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incidents_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("reference", name=op.f("uq_incidents_reference")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incidents_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_safe_id"), ["safe_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_state"), ["state"], unique=False)

    op.create_table(
        "invitations",
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.String(length=16), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_invitations_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_invitations_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_table(
        "key_confirmations",
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("public", sa.LargeBinary(length=64), nullable=False),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_key_confirmations_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_key_confirmations_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_key_confirmations")),
    )
    op.create_table(
        "member_sessions",
        sa.Column("sid_hash", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("seed_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_member_sessions_member_id")),
        sa.PrimaryKeyConstraint("sid_hash", name=op.f("pk_member_sessions")),
    )
    with op.batch_alter_table("member_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_sessions_member_id"), ["member_id"], unique=False)

    op.create_table(
        "case_closures",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_case_closures_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_closures_case_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_case_closures_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_closures")),
        sa.UniqueConstraint("case_id", name=op.f("uq_case_closures_case_id")),
    )
    with op.batch_alter_table("case_closures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_closures_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "case_counsel",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_case_counsel_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_counsel_case_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_case_counsel_member_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_case_counsel_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_counsel")),
    )
    with op.batch_alter_table("case_counsel", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_counsel_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_counsel_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_counsel_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "case_incidents",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("incident_id", sa.String(length=16), nullable=False),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_case_incidents_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_incidents_case_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_case_incidents_incident_id")),
        sa.PrimaryKeyConstraint("case_id", "incident_id", name=op.f("pk_case_incidents")),
    )
    with op.batch_alter_table("case_incidents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_incidents_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "case_notes",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_case_notes_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_notes_case_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_case_notes_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_notes")),
    )
    with op.batch_alter_table("case_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_notes_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_notes_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "case_parties",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("side", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_case_parties_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_parties_case_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_case_parties_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_parties")),
    )
    with op.batch_alter_table("case_parties", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_parties_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_parties_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "case_tasks",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("what_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("for_id", sa.String(length=16), nullable=False),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_case_tasks_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_tasks_case_id")),
        sa.ForeignKeyConstraint(["for_id"], ["members.id"], name=op.f("fk_case_tasks_for_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_case_tasks_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_tasks")),
    )
    with op.batch_alter_table("case_tasks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_tasks_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_tasks_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "evidence_files",
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("parent_id", sa.String(length=16), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("media_type_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sha256_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("payload_size", sa.BigInteger(), nullable=False),
        sa.Column("payload_sha256", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.String(length=80), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("intact", sa.Boolean(), nullable=True),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_evidence_files_by_id")),
        sa.ForeignKeyConstraint(["item_id"], ["evidence_items.id"], name=op.f("fk_evidence_files_item_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["evidence_files.id"], name=op.f("fk_evidence_files_parent_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_evidence_files_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_files")),
        sa.UniqueConstraint("payload", name=op.f("uq_evidence_files_payload")),
    )
    with op.batch_alter_table("evidence_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_files_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_files_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "incident_messages",
        sa.Column("incident_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_incident_messages_by_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_messages_incident_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incident_messages_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_messages")),
    )
    with op.batch_alter_table("incident_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_messages_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incident_messages_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "incident_moves",
        sa.Column("incident_id", sa.String(length=16), nullable=False),
        sa.Column("from_state", sa.String(length=24), nullable=False),
        sa.Column("to_state", sa.String(length=24), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_incident_moves_by_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_moves_incident_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incident_moves_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_moves")),
    )
    with op.batch_alter_table("incident_moves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_moves_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incident_moves_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "incident_people",
        sa.Column("incident_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("pseudonym_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_people_incident_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incident_people_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_people")),
    )
    with op.batch_alter_table("incident_people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_people_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incident_people_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "incident_sources",
        sa.Column("incident_id", sa.String(length=16), nullable=False),
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("reliability", sa.String(length=24), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=True),
        sa.Column("who_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_sources_incident_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incident_sources_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_sources")),
    )
    with op.batch_alter_table("incident_sources", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_sources_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incident_sources_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "proceedings",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("procedure", sa.String(length=40), nullable=False),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_proceedings_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_proceedings_case_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_proceedings_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proceedings")),
    )
    with op.batch_alter_table("proceedings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proceedings_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proceedings_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "deadlines",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("proceeding_id", sa.String(length=16), nullable=True),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("rule_version", sa.String(length=40), nullable=False),
        sa.Column("calendar_version", sa.String(length=80), nullable=False),
        sa.Column("trigger_event", sa.String(length=60), nullable=False),
        sa.Column("trigger_id", sa.String(length=16), nullable=False),
        sa.Column("trigger_on", sa.Date(), nullable=False),
        sa.Column("counted_last_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("target_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.String(length=16), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("met_by_id", sa.String(length=16), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_deadlines_case_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["members.id"], name=op.f("fk_deadlines_decided_by_id")),
        sa.ForeignKeyConstraint(["met_by_id"], ["members.id"], name=op.f("fk_deadlines_met_by_id")),
        sa.ForeignKeyConstraint(["proceeding_id"], ["proceedings.id"], name=op.f("fk_deadlines_proceeding_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_deadlines_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
        sa.UniqueConstraint("trigger_id", "rule", name=op.f("uq_deadlines_trigger_id_rule")),
    )
    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deadlines_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deadlines_safe_id"), ["safe_id"], unique=False)
        batch_op.create_index("ix_deadlines_state_last_day", ["state", "last_day"], unique=False)

    op.create_table(
        "incident_acts",
        sa.Column("incident_id", sa.String(length=16), nullable=False),
        sa.Column("victim_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("articles", sa.JSON(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=True),
        sa.Column("stated_reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("consequences_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("victim_status", sa.String(length=40), nullable=True),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_acts_incident_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incident_acts_safe_id")),
        sa.ForeignKeyConstraint(["victim_id"], ["incident_people.id"], name=op.f("fk_incident_acts_victim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_acts")),
    )
    with op.batch_alter_table("incident_acts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_acts_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incident_acts_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "incident_consents",
        sa.Column("incident_id", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=24), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("witness_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_incident_consents_by_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_consents_incident_id")),
        sa.ForeignKeyConstraint(["person_id"], ["incident_people.id"], name=op.f("fk_incident_consents_person_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incident_consents_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_consents")),
    )
    with op.batch_alter_table("incident_consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_consents_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incident_consents_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "proceeding_stages",
        sa.Column("proceeding_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("court", sa.String(length=80), nullable=True),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_proceeding_stages_by_id")),
        sa.ForeignKeyConstraint(["proceeding_id"], ["proceedings.id"], name=op.f("fk_proceeding_stages_proceeding_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_proceeding_stages_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proceeding_stages")),
        sa.UniqueConstraint("proceeding_id", "position", name=op.f("uq_proceeding_stages_proceeding_id_position")),
    )
    with op.batch_alter_table("proceeding_stages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proceeding_stages_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "deadline_warnings",
        sa.Column("deadline_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("step", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadlines.id"], name=op.f("fk_deadline_warnings_deadline_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_deadline_warnings_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_warnings")),
        sa.UniqueConstraint(
            "deadline_id", "member_id", "step", name=op.f("uq_deadline_warnings_deadline_id_member_id_step")
        ),
    )
    op.create_table(
        "decisions",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("stage_id", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("in_force_on", sa.Date(), nullable=True),
        sa.Column("articles_violated", sa.JSON(), nullable=False),
        sa.Column("articles_not_violated", sa.JSON(), nullable=False),
        sa.Column("holding_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_decisions_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_decisions_case_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_decisions_safe_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["proceeding_stages.id"], name=op.f("fk_decisions_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decisions_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decisions_safe_id"), ["safe_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decisions_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "filings",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("stage_id", sa.String(length=16), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("how", sa.String(length=24), nullable=True),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_filings_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_filings_case_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_filings_safe_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["proceeding_stages.id"], name=op.f("fk_filings_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filings")),
    )
    with op.batch_alter_table("filings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_filings_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_filings_safe_id"), ["safe_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_filings_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "hearings",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("stage_id", sa.String(length=16), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("place_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("judge_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("result_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_hearings_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_hearings_case_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_hearings_safe_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["proceeding_stages.id"], name=op.f("fk_hearings_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearings")),
    )
    with op.batch_alter_table("hearings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hearings_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hearings_safe_id"), ["safe_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hearings_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "incident_consent_withdrawals",
        sa.Column("consent_id", sa.String(length=16), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_incident_consent_withdrawals_by_id")),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["incident_consents.id"], name=op.f("fk_incident_consent_withdrawals_consent_id")
        ),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incident_consent_withdrawals_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_consent_withdrawals")),
        sa.UniqueConstraint("consent_id", name=op.f("uq_incident_consent_withdrawals_consent_id")),
    )
    with op.batch_alter_table("incident_consent_withdrawals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_consent_withdrawals_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "incident_involvements",
        sa.Column("act_id", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=True),
        sa.Column("actor_kind", sa.String(length=40), nullable=False),
        sa.Column("degree", sa.String(length=40), nullable=True),
        sa.Column("unit_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["incident_acts.id"], name=op.f("fk_incident_involvements_act_id")),
        sa.ForeignKeyConstraint(["person_id"], ["incident_people.id"], name=op.f("fk_incident_involvements_person_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incident_involvements_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_involvements")),
    )
    with op.batch_alter_table("incident_involvements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_involvements_act_id"), ["act_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incident_involvements_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "measures",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("decision_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("grade", sa.String(length=2), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("what_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("addressee_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_measures_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_measures_case_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_measures_decision_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_measures_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures")),
    )
    with op.batch_alter_table("measures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measures_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_measures_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "precedent_reviews",
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("decision_id", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("body", sa.String(length=80), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("articles", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("question_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("holding_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("significance_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_precedent_reviews_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_precedent_reviews_case_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_precedent_reviews_decision_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_precedent_reviews_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_precedent_reviews")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_precedent_reviews_decision_id")),
    )
    with op.batch_alter_table("precedent_reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_precedent_reviews_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_precedent_reviews_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "follow_ups",
        sa.Column("measure_id", sa.String(length=16), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("grade", sa.String(length=2), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_follow_ups_by_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures.id"], name=op.f("fk_follow_ups_measure_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_follow_ups_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
    )
    with op.batch_alter_table("follow_ups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follow_ups_measure_id"), ["measure_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_follow_ups_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "precedent_scorers",
        sa.Column("review_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_precedent_scorers_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_precedent_scorers_member_id")),
        sa.ForeignKeyConstraint(["review_id"], ["precedent_reviews.id"], name=op.f("fk_precedent_scorers_review_id")),
        sa.PrimaryKeyConstraint("review_id", "member_id", name=op.f("pk_precedent_scorers")),
    )
    with op.batch_alter_table("precedent_scorers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_precedent_scorers_member_id"), ["member_id"], unique=False)

    op.create_table(
        "precedent_scores",
        sa.Column("review_id", sa.String(length=16), nullable=False),
        sa.Column("scorer_id", sa.String(length=16), nullable=False),
        sa.Column("values_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["precedent_reviews.id"], name=op.f("fk_precedent_scores_review_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_precedent_scores_safe_id")),
        sa.ForeignKeyConstraint(["scorer_id"], ["members.id"], name=op.f("fk_precedent_scores_scorer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_precedent_scores")),
        sa.UniqueConstraint("review_id", "scorer_id", name=op.f("uq_precedent_scores_review_id_scorer_id")),
    )
    with op.batch_alter_table("precedent_scores", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_precedent_scores_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "precedents",
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("body", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("symbol", sa.String(length=80), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_precision", sa.String(length=8), nullable=False),
        sa.Column("articles", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("holding", sa.Text(), nullable=False),
        sa.Column("significance", sa.Text(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("unconfirmed", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("band", sa.String(length=8), nullable=True),
        sa.Column("review_id", sa.String(length=16), nullable=True),
        sa.Column("published_by_id", sa.String(length=16), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["published_by_id"], ["members.id"], name=op.f("fk_precedents_published_by_id")),
        sa.ForeignKeyConstraint(["review_id"], ["precedent_reviews.id"], name=op.f("fk_precedents_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_precedents")),
        sa.UniqueConstraint("review_id", name=op.f("uq_precedents_review_id")),
        sa.UniqueConstraint("symbol", name=op.f("uq_precedents_symbol")),
    )
    op.create_table(
        "citations",
        sa.Column("citing_id", sa.String(length=16), nullable=False),
        sa.Column("cited_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("paragraph", sa.String(length=40), nullable=True),
        sa.Column("by_id", sa.String(length=16), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_citations_by_id")),
        sa.ForeignKeyConstraint(["cited_id"], ["precedents.id"], name=op.f("fk_citations_cited_id")),
        sa.ForeignKeyConstraint(["citing_id"], ["precedents.id"], name=op.f("fk_citations_citing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citations")),
        sa.UniqueConstraint("citing_id", "cited_id", "kind", name=op.f("uq_citations_citing_id_cited_id_kind")),
    )
    with op.batch_alter_table("citations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_citations_cited_id"), ["cited_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_citations_citing_id"), ["citing_id"], unique=False)
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("citations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_citations_citing_id"))
        batch_op.drop_index(batch_op.f("ix_citations_cited_id"))

    op.drop_table("citations")
    op.drop_table("precedents")
    with op.batch_alter_table("precedent_scores", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_precedent_scores_safe_id"))

    op.drop_table("precedent_scores")
    with op.batch_alter_table("precedent_scorers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_precedent_scorers_member_id"))

    op.drop_table("precedent_scorers")
    with op.batch_alter_table("follow_ups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_ups_safe_id"))
        batch_op.drop_index(batch_op.f("ix_follow_ups_measure_id"))

    op.drop_table("follow_ups")
    with op.batch_alter_table("precedent_reviews", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_precedent_reviews_safe_id"))
        batch_op.drop_index(batch_op.f("ix_precedent_reviews_case_id"))

    op.drop_table("precedent_reviews")
    with op.batch_alter_table("measures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measures_safe_id"))
        batch_op.drop_index(batch_op.f("ix_measures_case_id"))

    op.drop_table("measures")
    with op.batch_alter_table("incident_involvements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_involvements_safe_id"))
        batch_op.drop_index(batch_op.f("ix_incident_involvements_act_id"))

    op.drop_table("incident_involvements")
    with op.batch_alter_table("incident_consent_withdrawals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_consent_withdrawals_safe_id"))

    op.drop_table("incident_consent_withdrawals")
    with op.batch_alter_table("hearings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hearings_stage_id"))
        batch_op.drop_index(batch_op.f("ix_hearings_safe_id"))
        batch_op.drop_index(batch_op.f("ix_hearings_case_id"))

    op.drop_table("hearings")
    with op.batch_alter_table("filings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_filings_stage_id"))
        batch_op.drop_index(batch_op.f("ix_filings_safe_id"))
        batch_op.drop_index(batch_op.f("ix_filings_case_id"))

    op.drop_table("filings")
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decisions_stage_id"))
        batch_op.drop_index(batch_op.f("ix_decisions_safe_id"))
        batch_op.drop_index(batch_op.f("ix_decisions_case_id"))

    op.drop_table("decisions")
    op.drop_table("deadline_warnings")
    with op.batch_alter_table("proceeding_stages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proceeding_stages_safe_id"))

    op.drop_table("proceeding_stages")
    with op.batch_alter_table("incident_consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_consents_safe_id"))
        batch_op.drop_index(batch_op.f("ix_incident_consents_incident_id"))

    op.drop_table("incident_consents")
    with op.batch_alter_table("incident_acts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_acts_safe_id"))
        batch_op.drop_index(batch_op.f("ix_incident_acts_incident_id"))

    op.drop_table("incident_acts")
    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.drop_index("ix_deadlines_state_last_day")
        batch_op.drop_index(batch_op.f("ix_deadlines_safe_id"))
        batch_op.drop_index(batch_op.f("ix_deadlines_case_id"))

    op.drop_table("deadlines")
    with op.batch_alter_table("proceedings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proceedings_safe_id"))
        batch_op.drop_index(batch_op.f("ix_proceedings_case_id"))

    op.drop_table("proceedings")
    with op.batch_alter_table("incident_sources", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_sources_safe_id"))
        batch_op.drop_index(batch_op.f("ix_incident_sources_incident_id"))

    op.drop_table("incident_sources")
    with op.batch_alter_table("incident_people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_people_safe_id"))
        batch_op.drop_index(batch_op.f("ix_incident_people_incident_id"))

    op.drop_table("incident_people")
    with op.batch_alter_table("incident_moves", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_moves_safe_id"))
        batch_op.drop_index(batch_op.f("ix_incident_moves_incident_id"))

    op.drop_table("incident_moves")
    with op.batch_alter_table("incident_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_messages_safe_id"))
        batch_op.drop_index(batch_op.f("ix_incident_messages_incident_id"))

    op.drop_table("incident_messages")
    with op.batch_alter_table("evidence_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_files_safe_id"))
        batch_op.drop_index(batch_op.f("ix_evidence_files_item_id"))

    op.drop_table("evidence_files")
    with op.batch_alter_table("case_tasks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_tasks_safe_id"))
        batch_op.drop_index(batch_op.f("ix_case_tasks_case_id"))

    op.drop_table("case_tasks")
    with op.batch_alter_table("case_parties", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_parties_safe_id"))
        batch_op.drop_index(batch_op.f("ix_case_parties_case_id"))

    op.drop_table("case_parties")
    with op.batch_alter_table("case_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_notes_safe_id"))
        batch_op.drop_index(batch_op.f("ix_case_notes_case_id"))

    op.drop_table("case_notes")
    with op.batch_alter_table("case_incidents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_incidents_incident_id"))

    op.drop_table("case_incidents")
    with op.batch_alter_table("case_counsel", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_counsel_safe_id"))
        batch_op.drop_index(batch_op.f("ix_case_counsel_member_id"))
        batch_op.drop_index(batch_op.f("ix_case_counsel_case_id"))

    op.drop_table("case_counsel")
    with op.batch_alter_table("case_closures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_closures_safe_id"))

    op.drop_table("case_closures")
    with op.batch_alter_table("member_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_sessions_member_id"))

    op.drop_table("member_sessions")
    op.drop_table("key_confirmations")
    op.drop_table("invitations")
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incidents_state"))
        batch_op.drop_index(batch_op.f("ix_incidents_safe_id"))
        batch_op.drop_index(batch_op.f("ix_incidents_by_id"))

    op.drop_table("incidents")
    op.drop_table("identities")
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_index("ix_grants_member_id_safe_id")

    op.drop_table("grants")
    with op.batch_alter_table("evidence_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_items_safe_id"))

    op.drop_table("evidence_items")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_subject")
        batch_op.drop_index("ix_events_safe_id_seq")
        batch_op.drop_index(batch_op.f("ix_events_actor_id"))

    op.drop_table("events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION events_append_only()")
    op.drop_table("departures")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_state_changed_at")
        batch_op.drop_index(batch_op.f("ix_cases_safe_id"))

    op.drop_table("cases")
    op.drop_table("safe_epochs")
    op.drop_table("members")
    op.drop_table("submissions")
    op.drop_table("safes")
    op.drop_table("organisations")
    op.drop_table("networks")
    op.drop_table("letters")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_jobs_due")

    op.drop_table("jobs")
    op.drop_table("counters")
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_attempts_who_at")

    op.drop_table("attempts")
