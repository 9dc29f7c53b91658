"""The process that loads Tencent's library (libWeWorkFinanceSdk_C.so), see child.py: `python native.py LIBRARY`.

A request a line on stdin, an answer a line on stdout; `{"code": …}` is the library's error.
"""
import base64
import ctypes
import json
import signal
import sys

PR_SET_PDEATHSIG = 1
TIMEOUT = 30  # seconds the library gives the network
POINTER, TEXT, INT = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
#: WeWorkFinanceSdk_C.h
FUNCTIONS = {
    'NewSdk': (POINTER,), 'Init': (INT, POINTER, TEXT, TEXT), 'DestroySdk': (None, POINTER),
    'GetChatData': (INT, POINTER, ctypes.c_ulonglong, ctypes.c_uint, TEXT, TEXT, INT, POINTER),
    'DecryptData': (INT, TEXT, TEXT, POINTER),
    'GetMediaData': (INT, POINTER, TEXT, TEXT, TEXT, TEXT, INT, POINTER),
    'NewSlice': (POINTER,), 'FreeSlice': (None, POINTER), 'GetContentFromSlice': (POINTER, POINTER), 'GetSliceLen': (INT, POINTER),
    'NewMediaData': (POINTER,), 'FreeMediaData': (None, POINTER), 'GetOutIndexBuf': (POINTER, POINTER), 'GetIndexLen': (INT, POINTER),
    'GetData': (POINTER, POINTER), 'GetDataLen': (INT, POINTER), 'IsMediaDataFinish': (INT, POINTER),
}


class Refused(Exception):
    pass


def check(code):
    if code:
        raise Refused(code)


class Library:

    def __init__(self, path):
        self.lib = ctypes.CDLL(path)
        for name, (result, *arguments) in FUNCTIONS.items():
            function = getattr(self.lib, name)
            function.restype, function.argtypes = result, arguments
        self.sdk = self.account = None

    def open(self, corp, secret):
        """Remember whose archive it is: the library asks WeCom for a token, so not before it must."""
        self.account = corp.encode(), secret.encode()
        return {}

    def _sdk(self):
        if self.sdk is None:
            sdk = self.lib.NewSdk()
            check(self.lib.Init(sdk, *self.account))
            self.sdk = sdk
        return self.sdk

    def pull(self, seq, limit):
        answer = json.loads(self._slice(lambda room: self.lib.GetChatData(self._sdk(), seq, limit, b'', b'', TIMEOUT, room)))
        check(answer.get('errcode', 0))
        return {'records': answer.get('chatdata') or []}

    def decrypt(self, key, message):
        return {'text': self._slice(lambda room: self.lib.DecryptData(key.encode(), message.encode(), room))}

    def _slice(self, call):
        room = self.lib.NewSlice()
        try:
            check(call(room))
            return ctypes.string_at(self.lib.GetContentFromSlice(room), self.lib.GetSliceLen(room)).decode()
        finally:
            self.lib.FreeSlice(room)

    def media(self, file, index):
        room = self.lib.NewMediaData()
        try:
            check(self.lib.GetMediaData(self._sdk(), index.encode(), file.encode(), b'', b'', TIMEOUT, room))
            data = ctypes.string_at(self.lib.GetData(room), self.lib.GetDataLen(room))
            after = ctypes.string_at(self.lib.GetOutIndexBuf(room), self.lib.GetIndexLen(room))
            return {'data': base64.b64encode(data).decode(), 'index': after.decode(), 'finished': bool(self.lib.IsMediaDataFinish(room))}
        finally:
            self.lib.FreeMediaData(room)


def main():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # hanging in the library, it wouldn't notice that the server is gone
    library = Library(sys.argv[1])
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(library, request.pop('op'))(**request)
        except Refused as error:
            answer = {'code': error.args[0]}
        sys.stdout.write(json.dumps(answer) + '\n')
        sys.stdout.flush()


if __name__ == '__main__':
    main()
