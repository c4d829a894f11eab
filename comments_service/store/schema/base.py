"""What all tables share: one ``MetaData``, names of constraints, the type of identities."""

from sqlalchemy import BigInteger, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows only for a column of exactly its own type INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")

NO_LANGUAGE = "und"
"""In ``comment.lang`` for a file that names no language (BCP 47)."""
