"""Numbers of the conversation archive (会话内容存档). D:91774, D:91552, read 2026-11."""
PAGE = 1000  # records a call gives at most
KEPT_DAYS = 5  # WeCom keeps what was said so long; what wasn't fetched by then is lost
WARN_DAYS = 3  # without a successful call: somebody must be told while there is still time
#: seconds that the native library may take for a call before its process is ended; to decrypt needs no network
SECONDS = {'open': 60, 'pull': 60, 'decrypt': 10, 'media': 60}
#: bytes that its process may take
MEMORY = 2 << 30
#: 10001 network, 10002 data, 10003 WeCom's system: the next round tries again
TRANSIENT = (10001, 10002, 10003)
EXPIRED = 10010  # what was asked for is older than five days
