//! Both databases have the same tables, columns, nullability and unique indexes.
//!
//! Twin migrations drift silently: what is unique on one database only is found by a customer.
#![cfg(test)]

use std::collections::BTreeSet;

use gg_store::testing::words;
use gg_testkit::{TestDb, on_postgres, on_sqlite};

// A boolean is a 0 or a 1 in SQLite.
const COLUMNS_SQLITE: &str = "select t.name || '.' || c.name
        || case when c.\"notnull\" = 1 or c.pk > 0 then ' not null' else '' end
        || case when c.dflt_value is null then '' else ' default ' || c.dflt_value end
    from sqlite_schema t, pragma_table_info(t.name) c where t.type = 'table' and t.name not like 'sqlite_%'";
const COLUMNS_POSTGRES: &str = "select table_name || '.' || column_name
        || case when is_nullable = 'NO' then ' not null' else '' end
        || case when column_default is null then '' else ' default ' || replace(replace(split_part(column_default, '::', 1), 'false', '0'), 'true', '1') end
    from information_schema.columns where table_schema = 'public'";

const UNIQUE_SQLITE: &str = "select t.name || ': ' || (select group_concat(name, ', ') from
        (select c.name from pragma_index_info(i.name) c order by c.seqno)) || case when i.partial = 1 then ' partly' else '' end
    from sqlite_schema t, pragma_index_list(t.name) i where t.type = 'table' and i.\"unique\" = 1
    union select t.name || ': ' || c.name from sqlite_schema t, pragma_table_info(t.name) c
    where t.type = 'table' and c.pk = 1 and not exists
        (select 1 from pragma_index_list(t.name) i where i.origin = 'pk')";
const UNIQUE_POSTGRES: &str = "select t.relname || ': ' || (select string_agg(a.attname, ', ' order by k.n)
        from unnest(i.indkey) with ordinality k(attnum, n)
        join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum)
        || case when i.indpred is not null then ' partly' else '' end
    from pg_index i join pg_class t on t.oid = i.indrelid join pg_namespace s on s.oid = t.relnamespace
    where i.indisunique and s.nspname = 'public'";

const REFERENCES_SQLITE: &str =
    "select t.name || '.' || f.\"from\" || ' -> ' || f.\"table\" || ' ' || lower(f.on_delete)
    from sqlite_schema t, pragma_foreign_key_list(t.name) f where t.type = 'table'";
const REFERENCES_POSTGRES: &str = "select t.relname || '.' || a.attname || ' -> ' || r.relname || ' '
        || case c.confdeltype when 'c' then 'cascade' when 'n' then 'set null' else 'no action' end
    from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_class r on r.oid = c.confrelid
    join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1] where c.contype = 'f'";

const INDEXES_SQLITE: &str =
    "select name from sqlite_schema where type = 'index' and name not like 'sqlite_%'";
const INDEXES_POSTGRES: &str = "select i.indexname || '' from pg_indexes i where i.schemaname = 'public'
    and not exists (select 1 from pg_constraint c where c.conname = i.indexname)";

#[test]
fn columns_and_what_may_be_null_are_the_same() {
    compare(COLUMNS_SQLITE, COLUMNS_POSTGRES);
}

#[test]
fn what_is_unique_is_the_same() {
    compare(UNIQUE_SQLITE, UNIQUE_POSTGRES);
}

#[test]
fn what_refers_to_what_is_the_same() {
    compare(REFERENCES_SQLITE, REFERENCES_POSTGRES);
}

#[test]
fn indexes_have_the_same_names() {
    compare(INDEXES_SQLITE, INDEXES_POSTGRES);
}

fn compare(sqlite: &'static str, postgres: &'static str) {
    let (tell, told) = std::sync::mpsc::sync_channel(2);
    let tell_second = tell.clone();
    on_sqlite(move |db: TestDb| async move {
        let words = words(&db, sqlite).await.unwrap();
        tell.send(words).unwrap();
    });
    on_postgres(move |db: TestDb| async move {
        let words = words(&db, postgres).await.unwrap();
        tell_second.send(words).unwrap();
    });

    let (sqlite, postgres) = (set(told.recv().unwrap()), set(told.recv().unwrap()));

    assert!(!sqlite.is_empty());
    assert_eq!(sqlite.difference(&postgres).collect::<Vec<_>>(), Vec::<&String>::new(), "only on SQLite");
    assert_eq!(postgres.difference(&sqlite).collect::<Vec<_>>(), Vec::<&String>::new(), "only on PostgreSQL");
}

fn set(words: Vec<String>) -> BTreeSet<String> {
    words.into_iter().collect()
}
