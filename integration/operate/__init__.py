"""What runs and watches the exchange, as files that `yrd config files` writes."""
