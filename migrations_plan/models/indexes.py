"""Indexes in the order in which lists ask."""

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement


class ListIndex(models.Index):
    """An index whose descending columns put NULL last, as the lists do.

    PostgreSQL must be told so. SQLite does so by itself and refuses the words in an index.
    """

    def create_sql(
        self,
        model: type[models.Model],
        schema_editor: BaseDatabaseSchemaEditor,
        using: str = "",
        **kwargs: Any,
    ) -> Statement:
        """The statement, in the words of the database at hand."""
        statement = super().create_sql(model, schema_editor, using=using, **kwargs)
        if schema_editor.connection.vendor == "sqlite":
            parts: Any = statement.parts
            parts["columns"] = str(parts["columns"]).replace(" NULLS LAST", "")
        return statement
