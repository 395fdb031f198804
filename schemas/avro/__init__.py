"""The contract in Avro: schemas projected from the descriptors, codec, archive files."""
