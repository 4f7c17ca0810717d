-- What changed each guest's risk row, in order, so that the row can be made again; and what organisers decided.

-- An opening that stands as it was judged is its own record (accesses.revision); all else is a row here. What was seen
-- of an opening is read from its access.
create table baseline_changes (
    guest_id blob not null references guests (id) on delete cascade,
    event_id blob not null references events (id) on delete cascade,
    revision integer not null,
    cause text not null,
    access_id blob,
    payload text,
    at integer not null,
    primary key (guest_id, revision)
) strict;
create index baseline_changes_event on baseline_changes (event_id);

-- What came before this version is not known one by one: the row as it stands is where the changes begin.
insert into baseline_changes (guest_id, event_id, revision, cause, payload, at)
select guest_id, event_id, revision, 'imported', state, coalesce(seen_at, opened_at, 0) from guest_risk;

-- What spoke of an opening when the organiser gave his word: it is judged again by that word.
alter table accesses add column reasons_before text;

-- Ids alone, never names; gone with the guest.
create table decisions (
    id blob primary key,
    event_id blob not null references events (id) on delete cascade,
    guest_id blob not null references guests (id) on delete cascade,
    access_id blob,
    account_id blob,
    decision text not null,
    at integer not null
) strict;
create index decisions_guest on decisions (guest_id, id);
create index decisions_event on decisions (event_id);
