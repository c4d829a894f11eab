"""The one door to the database: SQLAlchemy Core on SQLite or PostgreSQL.

``engine`` opens it, ``schema`` says what it holds, the other modules hold the statements
of one subject each. A function takes the connection of the caller's transaction.
"""
