"""Two participants' accounts of their exchange, read and compared (对账)."""
