-- Who organises: accounts, their sessions and keys, and the secrets of this deployment.

create table deployment (
    id blob primary key,
    epoch text not null,
    created_at integer not null
) strict;

create table signing_keys (
    id integer primary key,
    sealed blob not null,
    created_at integer not null,
    retired_at integer
) strict;

create table accounts (
    id blob primary key,
    email text not null,
    email_key text not null unique,
    password_hash text not null,
    created_at integer not null
) strict;

create table sessions (
    id blob primary key,
    account_id blob not null references accounts (id) on delete cascade,
    secret_hash blob not null unique,
    agent text not null,
    created_at integer not null,
    used_at integer not null,
    expires_at integer not null
) strict;
create index sessions_account on sessions (account_id);

create table api_keys (
    id blob primary key,
    account_id blob not null references accounts (id) on delete cascade,
    name text not null,
    secret_hash blob not null unique,
    scopes text not null,
    created_at integer not null,
    used_at integer,
    revoked_at integer
) strict;
create index api_keys_account on api_keys (account_id);

-- One row at the most: printing a setup link makes the one before it worthless.
create table setup_links (
    id integer primary key,
    secret_hash blob not null,
    created_at integer not null
) strict;

create table idempotency_keys (
    account_id blob not null references accounts (id) on delete cascade,
    key text not null,
    request_hash blob not null,
    status integer,
    location text,
    body text,
    created_at integer not null,
    primary key (account_id, key)
) strict;
