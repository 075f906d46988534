"""Jupyter Server as the browser tests use it: JupyterLab's own test helpers, and cellfarm's server extension as installed."""

import os

from jupyterlab.galata import configure_jupyter_server

c = get_config()  # noqa: F821 (given by traitlets where this file is read)
configure_jupyter_server(c)
c.ServerApp.port = int(os.environ["CELLFARM_UI_PORT"])
c.ServerApp.allow_root = True
c.ServerApp.ip = "127.0.0.1"
c.LabApp.user_settings_dir = os.environ["CELLFARM_UI_SETTINGS"]
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
