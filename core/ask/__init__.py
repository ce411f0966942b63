"""Questions about pictures, answered by a model that the operator chose, from what it finds here."""
