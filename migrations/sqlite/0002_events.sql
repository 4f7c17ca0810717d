-- What is organised: events, who helps, parties, guests, their links and answers.

create table events (
    id blob primary key,
    name text not null,
    starts_at integer not null,
    ends_at integer not null,
    time_zone text not null,
    venue text,
    capacity integer,
    rsvp_deadline integer,
    policy text,
    seats_taken integer not null default 0,
    revision integer not null default 1,
    created_at integer not null,
    updated_at integer not null
) strict;

create table members (
    event_id blob not null references events (id) on delete cascade,
    account_id blob not null references accounts (id) on delete cascade,
    role text not null,
    created_at integer not null,
    primary key (event_id, account_id)
) strict;
create index members_account on members (account_id, event_id);

create table member_invites (
    id blob primary key,
    event_id blob not null references events (id) on delete cascade,
    email text not null,
    email_key text not null,
    role text not null,
    secret_hash blob not null unique,
    created_at integer not null,
    expires_at integer not null,
    unique (event_id, email_key)
) strict;

create table parties (
    id blob primary key,
    event_id blob not null references events (id) on delete cascade,
    name text,
    name_key text,
    created_at integer not null,
    unique (event_id, name_key)
) strict;

create table guests (
    id blob primary key,
    event_id blob not null references events (id) on delete cascade,
    party_id blob not null references parties (id),
    name text not null,
    name_key text not null,
    email text,
    email_key text,
    phone text,
    plus_ones_allowed integer not null,
    locale text,
    notes text,
    seats_held integer not null default 0,
    rsvp_revision integer not null default 0,
    revision integer not null default 1,
    created_at integer not null,
    updated_at integer not null
) strict;
create index guests_event on guests (event_id, id);
create index guests_event_name on guests (event_id, name_key, id);
create index guests_party on guests (party_id);

-- One row a generation. No token: it is made again from key id, guest and generation.
create table invites (
    id blob primary key,
    guest_id blob not null references guests (id) on delete cascade,
    event_id blob not null references events (id) on delete cascade,
    key_id integer not null references signing_keys (id),
    generation integer not null,
    token_version integer not null,
    state text not null,
    created_at integer not null,
    sent_at integer,
    opened_at integer,
    unique (guest_id, generation)
) strict;
create index invites_event on invites (event_id);

-- Every answer that was ever given; only erased with its guest.
create table rsvp_history (
    id blob primary key,
    guest_id blob not null references guests (id) on delete cascade,
    event_id blob not null references events (id) on delete cascade,
    attending integer not null,
    plus_ones text not null,
    note text,
    answers text not null,
    source text not null,
    access_id blob,
    pending integer not null,
    dropped integer not null default 0,
    at integer not null
) strict;
create index rsvp_history_guest on rsvp_history (guest_id, id);
create index rsvp_history_event on rsvp_history (event_id);

-- The answer that counts now: `rsvp_id` names its row of the history, `confirmed_id` the one that
-- stands while a pending one waits for the organiser's word.
create table rsvps (
    guest_id blob primary key references guests (id) on delete cascade,
    event_id blob not null references events (id) on delete cascade,
    rsvp_id blob not null,
    confirmed_id blob,
    seats_confirmed integer not null,
    attending integer not null,
    plus_ones text not null,
    note text,
    answers text not null,
    source text not null,
    pending integer not null,
    updated_at integer not null
) strict;
create index rsvps_event on rsvps (event_id);
