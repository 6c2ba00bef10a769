"""The layouts of the workbench's database, step by step from nothing to the newest.

A step is never changed once it has been released; what is new is a further step.
"""

from __future__ import annotations

FIRST = """
CREATE TABLE IF NOT EXISTS unit (
  id INTEGER PRIMARY KEY, parent INTEGER REFERENCES unit(id), name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS department (
  id INTEGER PRIMARY KEY, unit INTEGER NOT NULL REFERENCES unit(id), name TEXT NOT NULL, year INTEGER NOT NULL,
  pack TEXT NOT NULL, kind TEXT NOT NULL, folder TEXT NOT NULL, deadline TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT '未报', stage TEXT NOT NULL DEFAULT '', workbook TEXT NOT NULL DEFAULT '',
  snapshot TEXT NOT NULL DEFAULT '', fingerprint TEXT NOT NULL DEFAULT '',
  errors INTEGER NOT NULL DEFAULT 0, warnings INTEGER NOT NULL DEFAULT 0, infos INTEGER NOT NULL DEFAULT 0,
  changed TEXT NOT NULL DEFAULT '', changed_by TEXT NOT NULL DEFAULT '',
  submitted TEXT NOT NULL DEFAULT '', reviewed TEXT NOT NULL DEFAULT '', approved TEXT NOT NULL DEFAULT '',
  sealed TEXT NOT NULL DEFAULT '', published TEXT NOT NULL DEFAULT '',
  UNIQUE (name, year, kind));
CREATE TABLE IF NOT EXISTS account (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, shown TEXT NOT NULL, roles TEXT NOT NULL,
  unit INTEGER REFERENCES unit(id), password TEXT NOT NULL, failed INTEGER NOT NULL DEFAULT 0,
  locked_until REAL NOT NULL DEFAULT 0, disabled INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS session (
  token TEXT PRIMARY KEY, account INTEGER REFERENCES account(id), csrf TEXT NOT NULL, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS api_token (
  token TEXT PRIMARY KEY, account INTEGER NOT NULL REFERENCES account(id), label TEXT NOT NULL, created TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL,
  department INTEGER, detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS remark (
  id INTEGER PRIMARY KEY, department INTEGER NOT NULL REFERENCES department(id), place TEXT NOT NULL,
  text TEXT NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL, done_by TEXT NOT NULL DEFAULT '', done_at TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS job (
  id INTEGER PRIMARY KEY, department INTEGER REFERENCES department(id), kind TEXT NOT NULL, state TEXT NOT NULL,
  payload TEXT NOT NULL DEFAULT '{}', result TEXT NOT NULL DEFAULT '{}',
  who TEXT NOT NULL DEFAULT '', created TEXT NOT NULL, finished TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS cell_edit (
  id INTEGER PRIMARY KEY, department INTEGER NOT NULL REFERENCES department(id), sheet TEXT NOT NULL, cell TEXT NOT NULL,
  was TEXT NOT NULL, text TEXT NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'pending',
  note TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS workbook_version (
  id INTEGER PRIMARY KEY, department INTEGER NOT NULL REFERENCES department(id), sha TEXT NOT NULL, how TEXT NOT NULL,
  who TEXT NOT NULL, at TEXT NOT NULL, size INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS secret (
  id INTEGER PRIMARY KEY CHECK (id = 1), value BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS department_at ON department (folder);
CREATE INDEX IF NOT EXISTS department_of ON department (unit);
CREATE INDEX IF NOT EXISTS unit_below ON unit (parent);
CREATE INDEX IF NOT EXISTS job_open ON job (state, department);
CREATE INDEX IF NOT EXISTS edit_open ON cell_edit (department, state);
CREATE INDEX IF NOT EXISTS version_of ON workbook_version (department, id);
CREATE INDEX IF NOT EXISTS audit_of ON audit (department, id);
CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit only grows'); END;
CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit only grows'); END;
CREATE TRIGGER IF NOT EXISTS remark_no_delete BEFORE DELETE ON remark BEGIN SELECT RAISE(ABORT, 'remarks are kept'); END;
CREATE TRIGGER IF NOT EXISTS remark_text BEFORE UPDATE OF text, who, at, place, department ON remark
  BEGIN SELECT RAISE(ABORT, 'remarks are kept'); END;
CREATE TRIGGER IF NOT EXISTS edit_no_delete BEFORE DELETE ON cell_edit BEGIN SELECT RAISE(ABORT, 'typed words are kept'); END;
CREATE TRIGGER IF NOT EXISTS edit_text BEFORE UPDATE OF text, was, who, at, sheet, cell, department ON cell_edit
  BEGIN SELECT RAISE(ABORT, 'typed words are kept'); END;
CREATE TRIGGER IF NOT EXISTS version_no_update BEFORE UPDATE ON workbook_version BEGIN SELECT RAISE(ABORT, 'versions are kept'); END;
CREATE TRIGGER IF NOT EXISTS version_no_delete BEFORE DELETE ON workbook_version BEGIN SELECT RAISE(ABORT, 'versions are kept'); END;
"""

SECOND = """
CREATE TABLE department_now (
  id INTEGER PRIMARY KEY, unit INTEGER NOT NULL REFERENCES unit(id), name TEXT NOT NULL, year INTEGER NOT NULL,
  pack TEXT NOT NULL, kind TEXT NOT NULL, folder TEXT NOT NULL, deadline TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT '未报', stage TEXT NOT NULL DEFAULT '', workbook TEXT NOT NULL DEFAULT '',
  snapshot TEXT NOT NULL DEFAULT '', fingerprint TEXT NOT NULL DEFAULT '',
  errors INTEGER NOT NULL DEFAULT 0, warnings INTEGER NOT NULL DEFAULT 0, infos INTEGER NOT NULL DEFAULT 0,
  changed TEXT NOT NULL DEFAULT '', changed_by TEXT NOT NULL DEFAULT '',
  submitted TEXT NOT NULL DEFAULT '', reviewed TEXT NOT NULL DEFAULT '', approved TEXT NOT NULL DEFAULT '',
  sealed TEXT NOT NULL DEFAULT '', published TEXT NOT NULL DEFAULT '',
  submitted_by TEXT NOT NULL DEFAULT '', reviewed_by TEXT NOT NULL DEFAULT '', approved_by TEXT NOT NULL DEFAULT '',
  correcting INTEGER NOT NULL DEFAULT 0, former TEXT NOT NULL DEFAULT '', archived TEXT NOT NULL DEFAULT '');
INSERT INTO department_now (id, unit, name, year, pack, kind, folder, deadline, state, stage, workbook, snapshot, fingerprint,
    errors, warnings, infos, changed, changed_by, submitted, reviewed, approved, sealed, published)
  SELECT id, unit, name, year, pack, kind, folder, deadline, state, stage, workbook, snapshot, fingerprint,
    errors, warnings, infos, changed, changed_by, submitted, reviewed, approved, sealed, published FROM department;
DROP TABLE department;
ALTER TABLE department_now RENAME TO department;
CREATE UNIQUE INDEX department_one ON department (name, year, kind) WHERE archived = '';
CREATE INDEX department_at ON department (folder);
CREATE INDEX department_of ON department (unit);
ALTER TABLE session ADD COLUMN started REAL NOT NULL DEFAULT 0;
ALTER TABLE api_token ADD COLUMN used TEXT NOT NULL DEFAULT '';
ALTER TABLE remark ADD COLUMN maker TEXT NOT NULL DEFAULT '';
ALTER TABLE remark ADD COLUMN answer TEXT NOT NULL DEFAULT '';
ALTER TABLE remark ADD COLUMN answered TEXT NOT NULL DEFAULT '';
CREATE TABLE attempt (
  account INTEGER NOT NULL REFERENCES account(id), source TEXT NOT NULL, failed INTEGER NOT NULL, since REAL NOT NULL,
  PRIMARY KEY (account, source));
CREATE TABLE device (token TEXT PRIMARY KEY, account INTEGER NOT NULL REFERENCES account(id), created TEXT NOT NULL);
CREATE INDEX edit_of ON cell_edit (department, sheet, cell, id);
"""
"""What may stand twice (a department that was taken to the archive), who acted in a round of review, corrections as a
state, answers to remarks, attempts to come in by where they come from."""

THIRD = """
CREATE TABLE published_file (
  id INTEGER PRIMARY KEY, department INTEGER NOT NULL, name TEXT NOT NULL, sha TEXT NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting', note TEXT NOT NULL DEFAULT '', record TEXT NOT NULL DEFAULT '',
  sent TEXT NOT NULL DEFAULT '', sent_by TEXT NOT NULL DEFAULT '');
CREATE TABLE published_choice (
  file INTEGER NOT NULL REFERENCES published_file(id), problem INTEGER NOT NULL, choice TEXT NOT NULL, reason TEXT NOT NULL,
  who TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (file, problem));
CREATE INDEX published_of ON published_file (department, id);
"""
"""Published files that were audited, and what was decided about each finding."""

LAYOUTS = (FIRST, SECOND, THIRD)
