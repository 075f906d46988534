"""Code of others that travels with the package, copied here by set-up."""
