-- What is organised: events, who helps, parties, guests, their links and answers.

create table events (
    id uuid primary key,
    name text not null,
    starts_at bigint not null,
    ends_at bigint not null,
    time_zone text not null,
    venue text,
    capacity bigint,
    rsvp_deadline bigint,
    policy text,
    seats_taken bigint not null default 0,
    revision bigint not null default 1,
    created_at bigint not null,
    updated_at bigint not null
);

create table members (
    event_id uuid not null references events (id) on delete cascade,
    account_id uuid not null references accounts (id) on delete cascade,
    role text not null,
    created_at bigint not null,
    primary key (event_id, account_id)
);
create index members_account on members (account_id, event_id);

create table member_invites (
    id uuid primary key,
    event_id uuid not null references events (id) on delete cascade,
    email text not null,
    email_key text not null,
    role text not null,
    secret_hash bytea not null unique,
    created_at bigint not null,
    expires_at bigint not null,
    unique (event_id, email_key)
);

create table parties (
    id uuid primary key,
    event_id uuid not null references events (id) on delete cascade,
    name text,
    name_key text,
    created_at bigint not null,
    unique (event_id, name_key)
);

create table guests (
    id uuid primary key,
    event_id uuid not null references events (id) on delete cascade,
    party_id uuid not null references parties (id),
    name text not null,
    name_key text not null,
    email text,
    email_key text,
    phone text,
    plus_ones_allowed bigint not null,
    locale text,
    notes text,
    seats_held bigint not null default 0,
    rsvp_revision bigint not null default 0,
    revision bigint not null default 1,
    created_at bigint not null,
    updated_at bigint not null
);
create index guests_event on guests (event_id, id);
create index guests_event_name on guests (event_id, name_key, id);
create index guests_party on guests (party_id);

-- One row a generation. No token: it is made again from key id, guest and generation.
create table invites (
    id uuid primary key,
    guest_id uuid not null references guests (id) on delete cascade,
    event_id uuid not null references events (id) on delete cascade,
    key_id bigint not null references signing_keys (id),
    generation bigint not null,
    token_version bigint not null,
    state text not null,
    created_at bigint not null,
    sent_at bigint,
    opened_at bigint,
    unique (guest_id, generation)
);
create index invites_event on invites (event_id);

-- Every answer that was ever given; only erased with its guest.
create table rsvp_history (
    id uuid primary key,
    guest_id uuid not null references guests (id) on delete cascade,
    event_id uuid not null references events (id) on delete cascade,
    attending boolean not null,
    plus_ones text not null,
    note text,
    answers text not null,
    source text not null,
    access_id uuid,
    pending boolean not null,
    dropped boolean not null default false,
    at bigint not null
);
create index rsvp_history_guest on rsvp_history (guest_id, id);
create index rsvp_history_event on rsvp_history (event_id);

-- The answer that counts now: `rsvp_id` names its row of the history, `confirmed_id` the one that
-- stands while a pending one waits for the organiser's word.
create table rsvps (
    guest_id uuid primary key references guests (id) on delete cascade,
    event_id uuid not null references events (id) on delete cascade,
    rsvp_id uuid not null,
    confirmed_id uuid,
    seats_confirmed bigint not null,
    attending boolean not null,
    plus_ones text not null,
    note text,
    answers text not null,
    source text not null,
    pending boolean not null,
    updated_at bigint not null
);
create index rsvps_event on rsvps (event_id);
