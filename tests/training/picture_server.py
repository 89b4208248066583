"""Serves the folder named as the first argument on a free port of this machine, which is printed first.

As python -m http.server, which knows no ranges, but /cut/NAME ends in the middle of the file NAME at the first request.
"""
import functools
import http.server
import os
import sys


class Handler(http.server.SimpleHTTPRequestHandler):
    cut = set()

    def do_GET(self):
        name = self.path.rpartition("/")[2]
        if not self.path.startswith("/cut/"):
            return super().do_GET()
        self.path = "/" + name
        if name in self.cut:
            return super().do_GET()
        self.cut.add(name)
        with open(os.path.join(self.directory, name), "rb") as file:
            data = file.read()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[:len(data) // 2])

    def log_message(self, *words):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=sys.argv[1]))
print(server.server_address[1], flush=True)
server.serve_forever()
