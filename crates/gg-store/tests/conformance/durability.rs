//! What was acknowledged outlives `kill -9` under load.
//!
//! The process that is killed is this test's own program, started again to do nothing but write.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use gg_domain::clock::Sources;
use gg_domain::id::{AccountId, EventId};
use gg_store::{Store, WriteTx};
use gg_testkit::each_database;
use tokio::task::JoinSet;

use crate::stage::{self, rows};
use crate::wedding::details;

/// Acknowledgements after which the process is killed.
const ACKNOWLEDGED: usize = 300;
/// Times that it is killed.
const KILLS: usize = 3;
/// Who write at once in it.
const WRITERS: usize = 32;
/// Where it writes, and for whom.
const URL: &str = "GUESTGUARD_TEST_LOAD_URL";
const OWNER: &str = "GUESTGUARD_TEST_LOAD_OWNER";

each_database! {
    async fn what_was_acknowledged_outlives_the_process(db: TestDb) {
        let owner = stage::organiser(&db, "ama@example.org").await;
        let mut acknowledged = 0;
        for _ in 0..KILLS {
            let (url, owner) = (db.url.clone(), owner.to_string());
            acknowledged += tokio::task::spawn_blocking(move || killed_under_load(&url, &owner)).await.unwrap();
            // Opened again, as after a start.
            Store::open(&db.url).unwrap().ping().await.unwrap();
        }

        let kept = usize::try_from(rows(&db, "events").await).unwrap();
        assert!(kept >= acknowledged, "{acknowledged} acknowledged, {kept} kept");
        assert_eq!(rows(&db, "members").await, rows(&db, "events").await);
    }
}

/// Starts a process that writes and says so, kills it in the middle, and counts what it said.
fn killed_under_load(url: &str, owner: &str) -> usize {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "durability::writes_until_it_is_killed", "--ignored", "--nocapture"])
        .envs([(URL, url), (OWNER, owner)])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut said = lines.map_while(Result::ok).filter(|line| line == "acknowledged");
    let heard = said.by_ref().take(ACKNOWLEDGED).count();
    assert_eq!(heard, ACKNOWLEDGED, "it stopped by itself");
    process.kill().unwrap();
    process.wait().unwrap();
    // And what it said before it died, which nobody had read yet.
    heard + said.count()
}

#[expect(clippy::disallowed_methods, reason = "one test's program tells its other self")]
fn told(name: &str) -> String {
    std::env::var(name).unwrap()
}

#[test]
#[ignore = "not a test: the process that the test above starts and kills"]
fn writes_until_it_is_killed() {
    let store = Store::open(&told(URL)).unwrap();
    let owner = AccountId::from_uuid(told(OWNER).parse().unwrap());
    let sources = Sources::system();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut writers = JoinSet::new();
        for _ in 0..WRITERS {
            let (store, sources) = (store.clone(), sources.clone());
            writers.spawn(async move {
                loop {
                    let (event, at) = (sources.id::<EventId>(), sources.now());
                    let write =
                        async move |tx: &mut WriteTx| tx.insert_event(owner, event, &details(at), at).await;
                    store.write(write).await.unwrap();
                    std::io::stdout().write_all(b"acknowledged\n").unwrap();
                }
            });
        }
        writers.join_all().await;
    });
}
