-- What was seen of links and what was decided, apart: nothing refers to access_signals, so that it
-- can be pruned by time.

create table accesses (
    id blob primary key,
    event_id blob not null references events (id) on delete cascade,
    guest_id blob not null references guests (id) on delete cascade,
    generation integer not null,
    class text not null,
    act text,
    test integer not null,
    band text,
    p real,
    raw real,
    reasons text not null,
    snapshot text not null,
    model text not null,
    degraded integer not null,
    decision text not null,
    label text,
    device_id blob,
    at integer not null
) strict;
create index accesses_guest on accesses (guest_id, id);
create index accesses_event on accesses (event_id, at);
create index accesses_device on accesses (event_id, device_id, at);

create table access_signals (
    access_id blob primary key,
    event_id blob not null,
    guest_id blob not null,
    address text not null,
    headers text not null,
    signals text,
    at integer not null
) strict;
create index access_signals_at on access_signals (at);
create index access_signals_guest on access_signals (guest_id);

-- A guest's risk state, changed by a pure function of the row as it then is.
create table guest_risk (
    guest_id blob primary key references guests (id) on delete cascade,
    event_id blob not null references events (id) on delete cascade,
    state text not null,
    band text,
    opened_at integer,
    seen_at integer,
    revision integer not null
) strict;
create index guest_risk_event on guest_risk (event_id);

-- Which browsers opened which guests' links: what is counted across guests is looked up here.
create table guest_devices (
    event_id blob not null references events (id) on delete cascade,
    device_id blob not null,
    guest_id blob not null references guests (id) on delete cascade,
    first_at integer not null,
    last_at integer not null,
    primary key (event_id, device_id, guest_id)
) strict;
create index guest_devices_guest on guest_devices (guest_id);

-- GETs and HEADs of links, for the guest's timeline.
create table fetches (
    id blob primary key,
    guest_id blob not null references guests (id) on delete cascade,
    event_id blob not null references events (id) on delete cascade,
    class text not null,
    network text not null,
    at integer not null
) strict;
create index fetches_guest on fetches (guest_id, at);

-- The live feed: types, ids and figures, never names. Rows outlive their guest.
create table feed (
    id blob primary key,
    event_id blob not null references events (id) on delete cascade,
    seq integer,
    kind text not null,
    guest_id blob not null,
    access_id blob,
    rsvp_id blob,
    figures text not null,
    at integer not null,
    unique (event_id, seq)
) strict;

-- The highest number given in each event's feed.
create table feed_positions (
    event_id blob primary key references events (id) on delete cascade,
    highest integer not null
) strict;

-- Rows that no relay has numbered yet: a smaller id may commit later, so never by id.
create index feed_unnumbered on feed (id) where seq is null;
