from . import bucket, card, envelope, jssdk, transport, vault
