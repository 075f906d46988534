"""The version of cellfarm, the same for all its parts; `npm run check` holds it to that."""

VERSION = "0.1.0"
