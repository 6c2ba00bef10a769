"""Wording that people edited in Word comes back into the inputs."""
