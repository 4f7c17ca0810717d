-- Who organises: accounts, their sessions and keys, and the secrets of this deployment.

create table deployment (
    id uuid primary key,
    epoch text not null,
    created_at bigint not null
);

create table signing_keys (
    id bigint primary key,
    sealed bytea not null,
    created_at bigint not null,
    retired_at bigint
);

create table accounts (
    id uuid primary key,
    email text not null,
    email_key text not null unique,
    password_hash text not null,
    created_at bigint not null
);

create table sessions (
    id uuid primary key,
    account_id uuid not null references accounts (id) on delete cascade,
    secret_hash bytea not null unique,
    agent text not null,
    created_at bigint not null,
    used_at bigint not null,
    expires_at bigint not null
);
create index sessions_account on sessions (account_id);

create table api_keys (
    id uuid primary key,
    account_id uuid not null references accounts (id) on delete cascade,
    name text not null,
    secret_hash bytea not null unique,
    scopes text not null,
    created_at bigint not null,
    used_at bigint,
    revoked_at bigint
);
create index api_keys_account on api_keys (account_id);

-- One row at the most: printing a setup link makes the one before it worthless.
create table setup_links (
    id bigint primary key,
    secret_hash bytea not null,
    created_at bigint not null
);

create table idempotency_keys (
    account_id uuid not null references accounts (id) on delete cascade,
    key text not null,
    request_hash bytea not null,
    status bigint,
    location text,
    body text,
    created_at bigint not null,
    primary key (account_id, key)
);
