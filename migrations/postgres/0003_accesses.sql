-- What was seen of links and what was decided, apart: nothing refers to access_signals, so that it
-- can be pruned by time.

create table accesses (
    id uuid primary key,
    event_id uuid not null references events (id) on delete cascade,
    guest_id uuid not null references guests (id) on delete cascade,
    generation bigint not null,
    class text not null,
    act text,
    test boolean not null,
    band text,
    p double precision,
    raw double precision,
    reasons text not null,
    snapshot text not null,
    model text not null,
    degraded boolean not null,
    decision text not null,
    label text,
    device_id uuid,
    at bigint not null
);
create index accesses_guest on accesses (guest_id, id);
create index accesses_event on accesses (event_id, at);
create index accesses_device on accesses (event_id, device_id, at);

create table access_signals (
    access_id uuid primary key,
    event_id uuid not null,
    guest_id uuid not null,
    address text not null,
    headers text not null,
    signals text,
    at bigint not null
);
create index access_signals_at on access_signals (at);
create index access_signals_guest on access_signals (guest_id);

-- A guest's risk state, changed by a pure function of the row as it then is.
create table guest_risk (
    guest_id uuid primary key references guests (id) on delete cascade,
    event_id uuid not null references events (id) on delete cascade,
    state text not null,
    band text,
    opened_at bigint,
    seen_at bigint,
    revision bigint not null
);
create index guest_risk_event on guest_risk (event_id);

-- Which browsers opened which guests' links: what is counted across guests is looked up here.
create table guest_devices (
    event_id uuid not null references events (id) on delete cascade,
    device_id uuid not null,
    guest_id uuid not null references guests (id) on delete cascade,
    first_at bigint not null,
    last_at bigint not null,
    primary key (event_id, device_id, guest_id)
);
create index guest_devices_guest on guest_devices (guest_id);

-- GETs and HEADs of links, for the guest's timeline.
create table fetches (
    id uuid primary key,
    guest_id uuid not null references guests (id) on delete cascade,
    event_id uuid not null references events (id) on delete cascade,
    class text not null,
    network text not null,
    at bigint not null
);
create index fetches_guest on fetches (guest_id, at);

-- The live feed: types, ids and figures, never names. Rows outlive their guest.
create table feed (
    id uuid primary key,
    event_id uuid not null references events (id) on delete cascade,
    seq bigint,
    kind text not null,
    guest_id uuid not null,
    access_id uuid,
    rsvp_id uuid,
    figures text not null,
    at bigint not null,
    unique (event_id, seq)
);

-- The highest number given in each event's feed.
create table feed_positions (
    event_id uuid primary key references events (id) on delete cascade,
    highest bigint not null
);

-- Rows that no relay has numbered yet: a smaller id may commit later, so never by id.
create index feed_unnumbered on feed (id) where seq is null;
