"""A person with a browser: opens the address that tokenctl shows, logs in, types the code and accepts.

usage: person.py CA_FILE ISSUER USER_CODE
"""

import re
import ssl
import sys
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPSHandler, Request, build_opener


class Browser:
    """Remembers cookies and the page it is at, and fills in the page's form."""

    def __init__(self, ca_file):
        context = ssl.create_default_context(cafile=ca_file)
        self.opener = build_opener(HTTPSHandler(context=context), HTTPCookieProcessor(CookieJar()))

    def open(self, request):
        with self.opener.open(request, timeout=30) as reply:
            self.url = reply.url
            self.page = reply.read().decode()

    def submit(self, **fields):
        """Sends the form of the page back to the page's own address, as all forms of this issuer do."""
        fields["csrfmiddlewaretoken"] = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page)[1]
        self.open(Request(self.url, urlencode(fields).encode(), {"Referer": self.url}))


def main():
    ca_file, issuer, user_code = sys.argv[1:]
    browser = Browser(ca_file)
    browser.open(f"{issuer}/device/")
    browser.submit(username="person", password="correct horse")
    browser.submit(user_code=user_code)
    browser.submit(action="accept")
    assert "/device-grant-status/" in browser.url, browser.page


main()
