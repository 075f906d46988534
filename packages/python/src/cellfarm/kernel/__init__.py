"""cellfarm in the user's own kernel: `%load_ext cellfarm` on any ipykernel, and the kernel "Cellfarm (Python 3)".

A cell that is run in the kernel behaves as it does without this: what is here listens to IPython's events and changes no code.
"""
