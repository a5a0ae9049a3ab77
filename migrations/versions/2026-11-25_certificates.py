"""certificates"""

import sqlalchemy as sa
from alembic import op

import tracker.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "achievements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("path_slug", sa.String(length=64), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("path_title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("made_at", tracker.db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievements")),
        sa.UniqueConstraint(
            "kind",
            "path_slug",
            "slug",
            "version",
            name=op.f("uq_achievements_kind_path_slug_slug_version"),
        ),
    )
    op.create_table(
        "status_entries",
        sa.Column(
            "list_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "list_index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("revoked_at", tracker.db.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("list_number", "list_index", name=op.f("pk_status_entries")),
    )
    op.create_table(
        "status_lists",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("did", sa.String(length=255), nullable=False),
        sa.Column("made_at", tracker.db.UtcDateTime(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_status_lists")),
    )
    op.create_table(
        "certificates",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "achievement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("did", sa.String(length=255), nullable=False),
        sa.Column("skill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "section_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("path_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("email_hash", sa.String(length=80), nullable=False),
        sa.Column("email_salt", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("awarded_at", tracker.db.UtcDateTime(), nullable=False),
        sa.Column("issued_at", tracker.db.UtcDateTime(), nullable=False),
        sa.Column("valid_until", tracker.db.UtcDateTime(), nullable=False),
        sa.Column(
            "list_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "list_index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("whole", sa.LargeBinary(), nullable=True),
        sa.Column("log", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", tracker.db.UtcDateTime(), nullable=True),
        sa.Column("shows_recall", sa.Boolean(), nullable=False),
        sa.Column("shows_log", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_at", tracker.db.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", tracker.db.UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"],
            ["achievements.id"],
            name=op.f("fk_certificates_achievement_id_achievements"),
        ),
        sa.ForeignKeyConstraint(
            ["path_id"], ["paths.id"], name=op.f("fk_certificates_path_id_paths")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_certificates_section_id_sections")
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_certificates_skill_id_skills")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_certificates_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("id", name=op.f("uq_certificates_id")),
        sa.UniqueConstraint(
            "list_number", "list_index", name=op.f("uq_certificates_list_number_list_index")
        ),
    )
    op.create_table(
        "closing_checks",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", tracker.db.UtcDateTime(), nullable=False),
        sa.Column("cards", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("finished_at", tracker.db.UtcDateTime(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_closing_checks_skill_id_skills")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_closing_checks_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_closing_checks")),
    )


def downgrade() -> None:
    op.drop_table("closing_checks")
    op.drop_table("certificates")
    op.drop_table("status_lists")
    op.drop_table("status_entries")
    op.drop_table("achievements")
