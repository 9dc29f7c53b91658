"""WeCom's numbers. Codes: D:90313 (read 2026-11), limits: D:90454; see reference/wecom.md, 2.3 and 2.6."""
API_BASE_URL = 'https://qyapi.weixin.qq.com/cgi-bin/'
TIMEOUT = 15  # seconds to connect, and to answer
TOKEN_MARGIN = 300  # a token is renewed so many seconds before its end

#: what an error code means for us: 'refresh' the token once; 'config': stop and call an administrator; 'busy': try again at once,
#: at most three times; 'limit': the endpoint is closed for a while; 'stale': too late, never again; 'business': the caller decides
POLICY = {
    40014: 'refresh', 42001: 'refresh',
    **dict.fromkeys((40001, 40013, 40056, 40091, 48002, 48006, 48009, 60020, 301002, 60011), 'config'),
    -1: 'busy',
    45009: 'limit', 45033: 'limit', 41063: 'limit', 41079: 'limit',
    **dict.fromkeys((41050, 41051, 41096), 'stale'),
}
#: config errors that end every call of the app, not only this one
FATAL = (40001, 40013, 40091, 48009, 60020)
BUSY_TRIES = 3
#: seconds an endpoint stays closed: the unit of a frequency limit isn't told, so each further refusal takes the next longer one
LIMIT_SECONDS = {45009: (60, 3600, 86400), 45033: (2, 5, 15), 41063: (10, 30, 60), 41079: (10, 30, 60)}
#: calls that may run at once, all workers together
CONCURRENCY = {'externalcontact/mark_tag': 4}
#: what a call waits for its turn before it gives up, in seconds
PATIENCE = 5
