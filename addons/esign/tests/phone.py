"""A phone for tests: Chromium's emulation of screen and finger, driven step by step."""
import json
import time
from contextlib import contextmanager

from odoo.tests.common import ChromeBrowser, HttpCase, _registry_test_lock

PAUSE = 0.02
REST = 0.4


class PhoneCase(HttpCase):
    browser_size = '390x844'
    touch_enabled = True

    @contextmanager
    def phone(self, width=390, height=844):
        """Hold a phone in the hand; what its pages log as an error fails the test."""
        with self._screen(Phone, width, height) as phone:
            yield phone

    @contextmanager
    def desk(self, login):
        """Sit before the web client, logged in; what it logs as an error fails the test."""
        with self._screen(Screen, 1400, 900) as screen:
            with self.alone():
                self.authenticate(login, login, browser=screen.browser)
            yield screen

    @contextmanager
    def alone(self):
        """Read records while a screen is on: a page that still asks shares the test's cursor, and waits meanwhile."""
        with _registry_test_lock:
            yield

    @contextmanager
    def _screen(self, kind, *size):
        browser = ChromeBrowser(self)
        try:
            with self.allow_requests(browser=browser):
                self.cr.flush()
                self.cr.clear()
                screen = kind(browser, self.base_url(), *size)
                yield screen
                self.assertFalse(screen.errors, "The page logged errors.")
                browser.navigate_to('about:blank', wait_stop=True)
                self._wait_remaining_requests()
        finally:
            browser.stop()
            self.env.invalidate_all()


class Screen:
    """A page that a person looks at and touches."""
    is_mobile = False

    def __init__(self, browser, base_url, width, height):
        self.browser = browser
        self.base_url = base_url
        self.errors = []
        browser._handlers['Runtime.consoleAPICalled'] = self._note_console
        browser._handlers['Runtime.exceptionThrown'] = self._note_exception
        browser._handlers['Log.entryAdded'] = self._note_entry
        self.call('Log.enable')
        self.call('Network.enable')
        self.call('Emulation.setTouchEmulationEnabled', enabled=True, maxTouchPoints=5)
        self.hold(width, height)

    def call(self, method, **params):
        return self.browser._websocket_request(method, params=params, timeout=30)

    def hold(self, width, height):
        """Hold the phone so: turning it is another width and height."""
        across = width > height
        self.size = width, height
        orientation = {
            'type': 'landscapePrimary' if across else 'portraitPrimary', 'angle': 90 if across else 0}
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=3, mobile=self.is_mobile,
                  screenOrientation=orientation)

    def turn(self):
        self.hold(*reversed(self.size))

    def open(self, path):
        self.browser.navigate_to(self.base_url + path, wait_stop=True)

    def js(self, expression):
        answer = self.call('Runtime.evaluate', expression=expression, awaitPromise=True, returnByValue=True)
        if 'exceptionDetails' in answer:
            raise AssertionError(answer['exceptionDetails'])
        return answer['result'].get('value')

    def wait(self, expression, seconds=20):
        """Wait until an expression is true."""
        end = time.time() + seconds
        while time.time() < end:
            try:
                if self.js(f'Boolean({expression})'):
                    return
            except (AssertionError, KeyError):  # between two pages
                pass
            time.sleep(0.1)
        # what the web client hides in its dialog of errors
        self.js('[...document.querySelectorAll(".o_error_dialog button")].find((one) => one.textContent.includes("details"))?.click()')
        raise AssertionError(f'waited in vain for {expression}; the page says: {self.text()[-2000:]} {self.errors}')

    def see(self, selector, seconds=20):
        """Wait until an element is on the screen's page and visible."""
        self.wait(f'[...document.querySelectorAll({json.dumps(selector)})].some((element) => element.checkVisibility())', seconds)

    def text(self):
        return self.js('document.body.innerText')

    def tap(self, selector):
        """Tap the middle of the first visible element, with a finger."""
        self.see(selector)
        x, y = self.js(f'''(() => {{
            const element = [...document.querySelectorAll({json.dumps(selector)})].find((element) => element.checkVisibility());
            let box = element.getBoundingClientRect();
            if (box.top < 0 || box.bottom > window.innerHeight - 120) {{
                element.scrollIntoView({{ block: "center", behavior: "instant" }});
                box = element.getBoundingClientRect();
            }}
            return [box.x + box.width / 2, box.y + box.height / 2];
        }})()''')
        self.touch('touchStart', (x, y))
        self.touch('touchEnd')

    def type(self, selector, value):
        self.see(selector)
        self.js(f'document.querySelector({json.dumps(selector)}).focus()')
        self.call('Input.insertText', text=value)

    def touch(self, kind, *points):
        self.call('Input.dispatchTouchEvent', type=kind, touchPoints=[{'x': x, 'y': y, 'force': 0.5} for x, y in points])

    def draw(self, points, *, lift=True):
        """Draw a line with the finger."""
        self.touch('touchStart', points[0])
        for point in points[1:]:
            self.touch('touchMove', point)
            time.sleep(PAUSE)
        if lift:
            self.touch('touchEnd')
            # Chromium takes a touch at the heels of a quick line for its end, as no finger could do it
            time.sleep(REST)

    def choose(self, selector, *paths):
        """Choose files, as the phone's own dialog does."""
        document = self.call('DOM.getDocument')['root']['nodeId']
        node = self.call('DOM.querySelector', nodeId=document, selector=selector)['nodeId']
        self.call('DOM.setFileInputFiles', nodeId=node, files=list(paths))

    # NETWORK

    def offline(self, is_offline):
        self.call('Network.emulateNetworkConditions', offline=is_offline, latency=0, downloadThroughput=-1, uploadThroughput=-1)

    def lose_answers(self, path, times):
        """Let requests through to the server, but lose the first answers on the way back.

        :return: list that grows with each lost answer
        """
        lost = []
        usual = self.browser._handlers['Fetch.requestPaused']

        def pause(requestId, request, responseStatusCode=None, **other):
            if not request['url'].endswith(path) or len(lost) >= times:
                usual(requestId=requestId, request=request, **other)
            elif responseStatusCode is None:
                self.browser._websocket_send('Fetch.continueRequest', params={'requestId': requestId, 'interceptResponse': True})
            else:
                lost.append(request['url'])
                self.browser._websocket_send('Fetch.failRequest', params={'requestId': requestId, 'errorReason': 'ConnectionReset'})

        self.browser._handlers['Fetch.requestPaused'] = pause
        return lost

    def hurry(self):
        """Let the page's own waiting pass ten times faster."""
        self.js('((usual) => { window.setTimeout = (step, time, ...more) => usual(step, time / 10, ...more); })(window.setTimeout)')

    def shot(self):
        """Return a picture of the screen: bytes, PNG in base64."""
        return self.call('Page.captureScreenshot', format='png')['data']

    def _note_console(self, type, args=None, **_other):  # noqa: A002 (the protocol's name)
        if type == 'error':
            self.errors.append(str([arg.get('value') or arg.get('description') for arg in args or []]))

    def _note_exception(self, exceptionDetails, **_other):
        self.errors.append(str(exceptionDetails.get('exception', {}).get('description') or exceptionDetails['text']))

    def _note_entry(self, entry):
        # a refusal (4xx) is an answer that the page speaks of itself
        if entry['level'] == 'error' and entry['source'] != 'network':
            self.errors.append(entry['text'])


class Phone(Screen):
    is_mobile = True

    def __init__(self, *args):
        super().__init__(*args)
        self.call('Emulation.setUserAgentOverride', acceptLanguage='zh-CN', userAgent=(
            'Mozilla/5.0 (Linux; Android 12; wv) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0.50'))
