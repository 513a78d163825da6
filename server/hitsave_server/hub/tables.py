"""What the hub keeps, as tables of one SQL for SQLite and PostgreSQL. Changed only by a migration."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint, text

METADATA: Final = MetaData()

_NUMBER: Final = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts rows only in an INTEGER

SCHEMA: Final = Table(
    "schema_versions",
    METADATA,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("applied", BigInteger, nullable=False),
)

# --- who --------------------------------------------------------------------------------------------------------------
# Times are seconds since 1970 unless their names say otherwise.

TEAMS: Final = Table(
    "teams",
    METADATA,
    Column("team", _NUMBER, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created", BigInteger, nullable=False),
)
MEMBERS: Final = Table(
    "members",
    METADATA,
    Column("member", _NUMBER, primary_key=True),
    Column("team", _NUMBER, ForeignKey("teams.team"), nullable=False),
    Column("name", Text, nullable=False),
    Column("admin", Boolean, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("disabled", BigInteger),
    UniqueConstraint("team", "name"),
)
KEYS: Final = Table(
    "keys",
    METADATA,
    Column("key", Text, primary_key=True),  # the 8 characters that are in the token
    Column("secret", LargeBinary, nullable=False),  # a digest
    Column("member", _NUMBER, ForeignKey("members.member"), nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),  # separated by blanks
    Column("tier", Text, nullable=False),
    Column("projects", Text),  # names, a line each; NULL: all
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger),
    Column("revoked", BigInteger),
    Column("last_used", BigInteger),
)
SIGNERS: Final = Table(
    "signers",
    METADATA,
    Column("team", _NUMBER, ForeignKey("teams.team"), primary_key=True),
    Column("public_key", LargeBinary, primary_key=True),
    Column("member", _NUMBER, ForeignKey("members.member"), nullable=False),
    Column("name", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("revoked", BigInteger),
)
# What lets a browser in: a session, or an invitation that becomes one.
SESSIONS: Final = Table(
    "sessions",
    METADATA,
    Column("secret", LargeBinary, primary_key=True),
    Column("member", _NUMBER, ForeignKey("members.member"), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
)
INVITATIONS: Final = Table(
    "invitations",
    METADATA,
    Column("secret", LargeBinary, primary_key=True),
    Column("member", _NUMBER, ForeignKey("members.member"), nullable=False),
    Column("expires", BigInteger, nullable=False),
)
# A machine that waits for a person to approve it in a browser.
LOGINS: Final = Table(
    "logins",
    METADATA,
    Column("device", LargeBinary, primary_key=True),  # a digest
    Column("code", Text, nullable=False, unique=True),
    Column("machine", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("public_key", LargeBinary),
    Column("expires", BigInteger, nullable=False),
    Column("state", Text, nullable=False),  # waiting, approved, refused
    Column("member", _NUMBER, ForeignKey("members.member")),
)

# --- what -------------------------------------------------------------------------------------------------------------

PROJECTS: Final = Table(
    "projects",
    METADATA,
    Column("project", _NUMBER, primary_key=True),
    Column("team", _NUMBER, ForeignKey("teams.team"), nullable=False),
    Column("name", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("budget", BigInteger),  # bytes; NULL: as the hub is set
    Column("stamp", BigInteger, nullable=False, server_default="0"),  # grows with every change that the page shows
    UniqueConstraint("team", "name"),
)
# `standing`: found by lookups; run: shown only, running or failed; conflict: a second result that differs from the first.
ENTRIES: Final = Table(
    "entries",
    METADATA,
    Column("number", _NUMBER, primary_key=True),
    Column("project", _NUMBER, ForeignKey("projects.project"), nullable=False),
    Column("id", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("blocked", Boolean, nullable=False),  # an object that it needs is in quarantine
    Column("tier", Text, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("captures", LargeBinary, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
    Column("wall_ns", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("value", LargeBinary),
    Column("body", LargeBinary, nullable=False),
    Column("signer", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("member", _NUMBER, ForeignKey("members.member"), nullable=False),
    Column("stored", BigInteger, nullable=False),
    Column("hits", BigInteger, nullable=False),
    Column("saved_ns", BigInteger, nullable=False),
    Column("last_used", BigInteger, nullable=False),
    Column("pinned", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("tags", Text, nullable=False),
    UniqueConstraint("project", "id"),
    # First writer wins: the database decides who was first.
    Index(
        "entries_found",
        "project",
        "tier",
        "key",
        "record",
        unique=True,
        sqlite_where=text("standing = 'found'"),
        postgresql_where=text("standing = 'found'"),
    ),
    Index("entries_by_symbol", "project", "symbol", "id"),
    Index("entries_by_use", "project", "last_used"),
)
ENTRY_OBJECTS: Final = Table(
    "entry_objects",
    METADATA,
    Column("number", _NUMBER, ForeignKey("entries.number"), primary_key=True),
    Column("object", LargeBinary, primary_key=True),
    Column("project", BigInteger, nullable=False),
    Index("entry_objects_by_object", "project", "object"),
)
# `content` where it is small, else it is what its chunks are. `condemned`: when it was found to be needed by nothing; deleted a grace later.
OBJECTS: Final = Table(
    "objects",
    METADATA,
    Column("project", _NUMBER, ForeignKey("projects.project"), primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary),
    Column("quarantined", BigInteger),
    Column("touched", BigInteger, nullable=False),
    Column("condemned", BigInteger),
    Index("objects_by_touch", "project", "touched"),
)
OBJECT_CHUNKS: Final = Table(
    "object_chunks",
    METADATA,
    Column("project", BigInteger, primary_key=True),
    Column("object", LargeBinary, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("chunk", LargeBinary, nullable=False),
    Index("object_chunks_by_chunk", "project", "chunk"),
)
CHUNKS: Final = Table(
    "chunks",
    METADATA,
    Column("project", _NUMBER, ForeignKey("projects.project"), primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("stored_size", BigInteger, nullable=False),
    Column("encoding", Text, nullable=False),
    Column("file", Text, nullable=False),  # its place in the object store
    Column("quarantined", BigInteger),
    Column("touched", BigInteger, nullable=False),
    Column("condemned", BigInteger),
    Index("chunks_by_touch", "project", "touched"),
)
LOGGED: Final = Table(
    "logged",
    METADATA,
    Column("project", BigInteger, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("line", BigInteger, primary_key=True),
    Column("at_ns", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
LEASES: Final = Table(
    "leases",
    METADATA,
    Column("project", BigInteger, primary_key=True),
    Column("name", LargeBinary, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("owner", Text, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
)
# What people should know of: conflicts, quarantines.
REPORTS: Final = Table(
    "reports",
    METADATA,
    Column("report", _NUMBER, primary_key=True),
    Column("project", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("member", BigInteger),
)
