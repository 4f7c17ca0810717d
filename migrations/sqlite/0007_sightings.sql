-- What openings of all guests say together, looked up when one is judged (docs/RISK.md), and what each was judged by.

-- facts: what was looked up; leak: the chance that the link has leaked, afterwards; revision: the guest's risk row that
-- came of it, none where it changed nothing or has been judged again since; new_look: a device that the guest did not
-- have, or that looks otherwise now: only those are counted in the population.
alter table accesses add column facts text;
alter table accesses add column leak real;
alter table accesses add column revision integer;
alter table accesses add column new_look integer not null default 0;
create index accesses_new_look on accesses (at) where new_look;
create index accesses_event_new_look on accesses (event_id, at) where new_look;

-- own: the device opened this guest's link first, or as a known one.
alter table guest_devices add column own integer not null default 0;

-- Who was seen under a key: a machine on its prefix, a kind of machine, an address, a home, a prefix of a data centre.
-- Keys are hashes and rows live a week: nothing is known by them but that two openings share something.
create table sightings (
    sighting_key integer not null,
    guest_id blob not null references guests (id) on delete cascade,
    machine integer,
    kept integer not null,
    access_id blob,
    at integer not null,
    primary key (sighting_key, guest_id)
) strict, without rowid;
create index sightings_guest on sightings (guest_id);

-- Guests who were seen on one home line, each on a machine of his own: they live together, whatever the organiser knows.
create table housemates (
    guest_id blob not null references guests (id) on delete cascade,
    other_id blob not null references guests (id) on delete cascade,
    primary key (guest_id, other_id)
) strict, without rowid;
create index housemates_other on housemates (other_id);

create index fetches_previews on fetches (event_id, at) where class = 'preview';
