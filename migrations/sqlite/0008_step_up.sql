-- Codes that confirm the invited contact, messages on their way, and what guests ask their organiser for.

-- One row for each code that was asked for. The code itself is kept nowhere: it is made again from the nonce and the
-- secret of the deployment, and judged by a keyed hash.
create table step_up_codes (
    id blob primary key,
    guest_id blob not null references guests (id) on delete cascade,
    event_id blob not null references events (id) on delete cascade,
    access_id blob not null,
    nonce blob not null,
    code_hash blob not null,
    created_at integer not null,
    expires_at integer not null,
    used_at integer
) strict;
create index step_up_codes_guest on step_up_codes (guest_id, access_id, created_at);
create index step_up_codes_event on step_up_codes (event_id);
create index step_up_codes_created on step_up_codes (created_at);

-- How often codes were tried for a guest, whatever link, resend or instance they came by. `passed`: the last one did.
create table step_up_tries (
    guest_id blob primary key references guests (id) on delete cascade,
    event_id blob not null references events (id) on delete cascade,
    tries integer not null,
    last_at integer not null,
    passed integer not null
) strict;
create index step_up_tries_event on step_up_tries (event_id);

-- Messages: kind, version of the form, ids. Names, addresses, links and codes are fetched when a message is made.
create table outbox (
    id blob primary key,
    event_id blob not null references events (id) on delete cascade,
    guest_id blob not null references guests (id) on delete cascade,
    kind text not null,
    version integer not null,
    channel text,
    about_id blob,
    state text not null,
    detail text,
    created_at integer not null,
    done_at integer
) strict;
create index outbox_event on outbox (event_id, id);
create index outbox_guest on outbox (guest_id, id);
create index outbox_queued on outbox (id) where state = 'queued';
create index outbox_asked on outbox (event_id, kind, created_at);

-- What somebody who was stopped at a guest's link asks the organiser for. Once settled, nothing personal is left.
create table wishes (
    id blob primary key,
    event_id blob not null references events (id) on delete cascade,
    guest_id blob not null references guests (id) on delete cascade,
    kind text not null,
    name text,
    email text,
    phone text,
    note text,
    created_at integer not null,
    settled_at integer
) strict;
create index wishes_event on wishes (event_id, id);
create index wishes_guest on wishes (guest_id, kind, created_at);
