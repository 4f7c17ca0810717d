-- Guests' writes that are asked for twice and done once: a key is its guest's own, and goes with him.

create table guest_idempotency_keys (
    guest_id uuid not null references guests (id) on delete cascade,
    key text not null,
    request_hash bytea not null,
    status bigint,
    location text,
    body text,
    created_at bigint not null,
    primary key (guest_id, key)
);
