"""The tables of the one SQLite file."""

from __future__ import annotations

SCHEMA = """
create table if not exists documents (
    kind text not null, folded text not null, key text not null,
    parent text not null, body text not null, created text not null,
    pool text not null, amount real not null,
    primary key (kind, folded)) without rowid;
create index if not exists documents_parent on documents (kind, parent, folded);
create index if not exists documents_pool on documents (kind, pool, amount);
create table if not exists events (
    seq integer primary key, time text not null, kind text not null,
    subject text not null, body text not null);
create index if not exists events_kind on events (kind, time);
create index if not exists events_subject on events (subject, time);
create table if not exists blobs (key text primary key, bytes blob not null) without rowid;
"""
