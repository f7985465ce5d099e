"""Serves the issuer: makes its books with one person and one client, then answers on a free port of loopback over TLS."""

import os
import socketserver
import ssl
import sys
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer


class Server(socketserver.ThreadingMixIn, WSGIServer):
    """Answers every connection on a thread of its own, where the TLS handshake is made too."""

    daemon_threads = True

    def use_certificate(self, directory):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(directory / "server.pem", directory / "server.key")
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        # Makes the application's addresses begin with https.
        self.base_environ["HTTPS"] = "on"

    def handle_error(self, request, client_address):
        """A client that does not trust the certificate goes away in the handshake; that is no trouble of the server's."""
        if not isinstance(sys.exc_info()[1], (ssl.SSLError, ConnectionError)):
            super().handle_error(request, client_address)


def make_books():
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from oauth2_provider.models import Application

    call_command("migrate", verbosity=0)
    User.objects.create_user("person", password="correct horse")
    Application.objects.create(
        client_id="tokend-tests",
        name="tokend",
        client_type=Application.CLIENT_PUBLIC,
        client_secret="",
        authorization_grant_type=Application.GRANT_DEVICE_CODE,
        algorithm=Application.RS256_ALGORITHM,
    )


def main():
    directory = Path(sys.argv[1]).resolve()
    server = Server(("127.0.0.1", 0), WSGIRequestHandler)
    server.use_certificate(directory)
    url = f"https://localhost:{server.server_port}"
    os.environ.update(DJANGO_SETTINGS_MODULE="settings", ISSUER_DIRECTORY=str(directory), ISSUER_URL=url)
    import django

    django.setup()
    make_books()
    from django.core.wsgi import get_wsgi_application

    server.set_app(get_wsgi_application())
    print(url, flush=True)
    server.serve_forever()


main()
