-- Keys of repeated writes are found by their age, to be forgotten a few at a time.

create index idempotency_keys_created on idempotency_keys (created_at);
create index guest_idempotency_keys_created on guest_idempotency_keys (created_at);
