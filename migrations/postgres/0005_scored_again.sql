-- Openings that were let in unjudged are judged by a job, once: when that was, and which still wait.

alter table accesses add column scored_again_at bigint;
create index accesses_unscored on accesses (id) where degraded and scored_again_at is null;
