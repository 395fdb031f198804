"""Sample messages of every type: the sources in JSON, and the forms that are made from them."""
