//! The use cases on a test's database.

use std::sync::Arc;

use gg_app::{App, Keyring, Secrets, fetches};
use gg_risk::InProcess;

use crate::test_db::TestDb;

/// A password that may be set.
pub const PASSWORD: &str = "correct horse battery staple";

impl TestDb {
    /// The use cases on this database, as one process has them; call it again for another process beside it.
    ///
    /// # Panics
    /// Where the store fails.
    pub async fn app(&self) -> App {
        let (store, sources) = (self.store.clone(), self.sources.clone());
        let secrets = Arc::new(Secrets::derive(b"the secret of every test's deployment"));
        let keyring = Keyring::open(store.clone(), sources.clone(), secrets.clone()).await;
        App {
            store,
            sources,
            secrets,
            keyring: Arc::new(keyring.expect("a new deployment has keys")),
            scorer: Arc::new(InProcess),
            fetches: fetches().0,
            imports: gg_app::Imports::default(),
            populations: gg_app::Populations::default(),
            turns: gg_app::Turns::default(),
            public_url: "https://party.example".into(),
            outlet: gg_app::Outlet::Nowhere,
        }
    }
}
