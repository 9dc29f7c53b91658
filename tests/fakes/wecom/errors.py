"""WeCom's error codes as far as the simulator gives them: code, sentence (from the vendor's list)."""
SENTENCES = {
    -1: 'system busy', 40001: 'invalid credential', 40003: 'invalid userid', 40007: 'invalid media_id', 40013: 'invalid corpid',
    40014: 'invalid access_token', 40029: 'invalid code', 40033: 'invalid json, contains \\uxxxx escapes', 40056: 'invalid agentid',
    40058: 'invalid argument', 40068: 'invalid tagid', 40071: 'duplicate tag name', 40096: 'invalid external userid',
    40097: 'this user is not resigned', 40100: 'already transferring', 40126: 'too many tags', 40128: 'transfer too often in 90 days',
    40131: 'not the follow user', 41001: 'access_token missing', 41044: 'invalid config_id', 41050: 'welcome code expired',
    40050: 'invalid chatid', 41045: 'contact way count limit', 41054: 'user not activated', 41095: 'too many links',
    41048: 'no one to send', 41063: 'the group send is not ready', 41094: 'remind too often',
    41051: 'has started chatting or was sent', 41091: 'too many chats', 42001: 'access_token expired', 44004: 'empty content',
    45009: 'api freq out of limit', 45033: 'api concurrent out of limit', 47001: 'data format error', 48002: 'api forbidden',
    60011: 'no privilege to access', 60020: 'not allow to access from your ip', 60111: 'userid not found', 60123: 'invalid party id',
    81013: 'user & party & tag all invalid', 84061: 'not external contact', 90500: 'the owner is not resigned', 404: 'not found',
}


class Refused(Exception):
    """A call is answered with an error code."""

    def __init__(self, code, hint='', **more):
        super().__init__(code)
        self.answer = {'errcode': code, 'errmsg': f'{SENTENCES.get(code, "error")}{hint and f", {hint}"}', **more}


class Pass(Exception):
    """A call is answered with something that is no JSON."""

    def __init__(self, body, kind='application/octet-stream'):
        super().__init__(kind)
        self.body, self.kind = body, kind
