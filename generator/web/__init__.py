"""The workbench: server-rendered pages for officers, reviewers and keepers, and a JSON API."""
