//! One test, two databases.

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt as _;

use crate::test_db::TestDb;

/// Threads of a test's runtime: enough that two callers truly meet.
const THREADS: usize = 2;

/// Makes of each `async fn sentence(db: TestDb)` two tests: `sentence::sqlite` and `sentence::postgres`.
///
/// ```ignore
/// each_database! {
///     async fn an_account_is_found_by_its_address(db: TestDb) { … }
/// }
/// ```
#[macro_export]
macro_rules! each_database {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: TestDb) $body:block)+) => {$(
        $(#[$meta])*
        async fn $name($db: $crate::TestDb) $body

        mod $name {
            #[test]
            fn sqlite() {
                $crate::on_sqlite(super::$name);
            }

            #[test]
            fn postgres() {
                $crate::on_postgres(super::$name);
            }
        }
    )+};
}

/// Runs `test` on a new SQLite file, in WAL mode as in production.
///
/// # Panics
/// Where the test does.
pub fn on_sqlite<F, Fut>(test: F)
where
    F: FnOnce(TestDb) -> Fut,
    Fut: Future<Output = ()>,
{
    on(TestDb::sqlite(), test);
}

/// Runs `test` on a new database of the test server.
///
/// # Panics
/// Where the test does, or where there is no server.
pub fn on_postgres<F, Fut>(test: F)
where
    F: FnOnce(TestDb) -> Fut,
    Fut: Future<Output = ()>,
{
    on(TestDb::postgres(), test);
}

fn on<F, Fut>(open: impl Future<Output = TestDb>, test: F)
where
    F: FnOnce(TestDb) -> Fut,
    Fut: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build();
    runtime.expect("a runtime starts").block_on(async {
        let mut db = open.await;
        let remains = db.take_remains();
        // Caught, so that what it leaves behind is removed when it panics too.
        let outcome = AssertUnwindSafe(test(db)).catch_unwind().await;
        remains.remove().await;
        if let Err(failure) = outcome {
            resume_unwind(failure);
        }
    });
}
