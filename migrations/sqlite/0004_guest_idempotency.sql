-- Guests' writes that are asked for twice and done once: a key is its guest's own, and goes with him.

create table guest_idempotency_keys (
    guest_id blob not null references guests (id) on delete cascade,
    key text not null,
    request_hash blob not null,
    status integer,
    location text,
    body text,
    created_at integer not null,
    primary key (guest_id, key)
) strict;
