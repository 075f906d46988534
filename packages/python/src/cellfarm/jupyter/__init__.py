"""The Jupyter Server side of cellfarm: keeps a service at hand and relays a browser's requests to it.

Imported by Jupyter Server only (`_jupyter_server_extension_points` of the package); nothing here is needed by a
notebook, home or a worker.
"""
