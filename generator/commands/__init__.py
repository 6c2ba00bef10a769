"""The commands of ``juesuan``, a module a topic; each has ``register``."""
