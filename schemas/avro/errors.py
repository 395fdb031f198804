"""What can be wrong with Avro data of the contract."""


class AvroFormError(ValueError):
    """Bytes that are not a message in Avro, or a message that Avro can't carry; the text says why."""
