//! Imports under way: a long one is answered before it is done, and asked after.
//!
//! Kept in memory: an import that a restart broke off is imported again and adds nobody twice, so there is nothing
//! to be kept for. One that a stop would break off in the middle is let finish, or says how far it came. An import is run by a task of its own, so that a client who hangs up does not stop it half way.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gg_domain::actor::Actor;
use gg_domain::id::{AccountId, EventId, ImportId};
use tokio::sync::watch;

use crate::App;
use crate::error::{Error, Result};
use crate::import_guests::{Imported, Prepared};

/// Imports of one account that are remembered; the oldest that is done makes room.
const IMPORTS_KEPT: usize = 16;
/// Imports of one account that run at one time: each holds its file's rows in memory.
const IMPORTS_RUNNING_MAX: usize = 2;

/// The imports of this process. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Imports(Arc<Kept>);

#[derive(Debug, Default)]
struct Kept {
    imports: Mutex<HashMap<ImportId, Import>>,
    /// The process ends: each import stops after the group of rows that it is at.
    breaks_off: AtomicBool,
}

/// How an import stands.
#[derive(Clone, Debug)]
pub enum ImportState {
    /// Rows are being written.
    Running,
    /// All are.
    Done(Imported),
    /// It broke off, and why; what was written until then stays.
    Failed(String),
}

/// An import, as who started it may see it.
#[derive(Clone, Debug)]
pub struct ImportProgress {
    /// How it stands.
    pub state: ImportState,
    /// Rows written.
    pub done: usize,
    /// Rows to be written.
    pub total: usize,
}

/// What came of starting an import within the time that its caller waits.
#[derive(Debug)]
pub enum Started {
    /// It is done.
    Done(Imported),
    /// It goes on, under this id.
    Running(ImportId),
}

#[derive(Debug)]
struct Import {
    account: AccountId,
    done: Arc<AtomicUsize>,
    total: usize,
    state: watch::Receiver<ImportState>,
}

impl Import {
    fn runs(&self) -> bool {
        matches!(*self.state.borrow(), ImportState::Running) && self.state.has_changed().is_ok()
    }
}

impl App {
    /// Starts to write what was judged, and waits for `patience` at the most.
    ///
    /// # Errors
    /// As [`App::import_guests`], where that comes within `patience`; [`Error::TooManyImports`].
    /// [`Error::BrokenOff`] where the process ends before it is done ([`Imports::break_off_after`]).
    pub async fn start_import(
        &self,
        actor: Actor,
        event: EventId,
        prepared: Prepared,
        skip_invalid: bool,
        patience: Duration,
    ) -> Result<Started> {
        let account = actor.account_id().ok_or(Error::NotFound)?;
        let id: ImportId = self.sources.id();
        let (done, total) = (Arc::new(AtomicUsize::new(0)), prepared.writes());
        let (tell, state) = watch::channel(ImportState::Running);
        self.imports.insert(id, Import { account, done: done.clone(), total, state })?;

        let app = self.clone();
        let mut running = tokio::spawn(async move {
            let progress = |rows| {
                done.store(rows, Ordering::Relaxed);
                !app.imports.0.breaks_off.load(Ordering::SeqCst)
            };
            let result = app.import_guests(actor, event, &prepared, skip_invalid, progress).await;
            if let Err(Error::BrokenOff { done, total }) = result {
                tracing::warn!(import.id = %id, event.id = %event, done, total,
                    "an import was broken off, since the server stops: import the file again");
            }
            tell.send_replace(match &result {
                Ok(imported) => ImportState::Done(imported.clone()),
                Err(error) => ImportState::Failed(error.to_string()),
            });
            result
        });
        match tokio::time::timeout(patience, &mut running).await {
            Err(_) => Ok(Started::Running(id)),
            Ok(finished) => {
                self.imports.forget(id);
                let broken = |error: tokio::task::JoinError| gg_store::StoreError::Broken(error.to_string());
                Ok(Started::Done(finished.map_err(broken)??))
            }
        }
    }

    /// How an import stands that the actor's account started.
    ///
    /// # Errors
    /// [`Error::NotFound`] for one of another account, of another process, or long past.
    pub fn import_progress(&self, actor: Actor, id: ImportId) -> Result<ImportProgress> {
        let imports = self.imports.lock();
        let import = imports.get(&id).filter(|import| Some(import.account) == actor.account_id());
        let import = import.ok_or(Error::NotFound)?;
        let state = import.state.borrow().clone();
        Ok(ImportProgress { state, done: import.done.load(Ordering::Relaxed), total: import.total })
    }
}

impl Imports {
    /// After `limit`, lets those break off that are not done by then, or begin later: they say how many rows were
    /// written.
    pub async fn break_off_after(&self, limit: Duration) {
        tokio::time::sleep(limit).await;
        self.0.breaks_off.store(true, Ordering::SeqCst);
    }

    /// Returns once none runs.
    pub async fn none_runs(&self) {
        loop {
            let running =
                self.lock().values().find(|import| import.runs()).map(|import| import.state.clone());
            let Some(mut state) = running else { return };
            // An error says that its task is gone, as when it panicked: it does not run either.
            let _ = state.wait_for(|state| !matches!(state, ImportState::Running)).await;
        }
    }

    fn insert(&self, id: ImportId, import: Import) -> Result<()> {
        let mut imports = self.lock();
        let account = import.account;
        let mut own: Vec<ImportId> =
            imports.iter().filter(|(_, other)| other.account == account).map(|(id, _)| *id).collect();
        let running = own.iter().filter(|id| imports.get(id).is_some_and(Import::runs)).count();
        if running >= IMPORTS_RUNNING_MAX {
            return Err(Error::TooManyImports);
        }
        // Ids are in the order of their making.
        own.sort_unstable();
        let done: Vec<ImportId> =
            own.iter().filter(|id| !imports.get(id).is_some_and(Import::runs)).copied().collect();
        let too_many = (own.len() + 1).saturating_sub(IMPORTS_KEPT);
        for old in done.into_iter().take(too_many) {
            imports.remove(&old);
        }
        imports.insert(id, import);
        Ok(())
    }

    fn forget(&self, id: ImportId) {
        self.lock().remove(&id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ImportId, Import>> {
        self.0.imports.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> ImportId {
        uuid::Uuid::from_u128(number).into()
    }

    fn import(account: u128) -> (watch::Sender<ImportState>, Import) {
        let (tell, state) = watch::channel(ImportState::Running);
        let account = uuid::Uuid::from_u128(account).into();
        (tell, Import { account, done: Arc::default(), total: 1, state })
    }

    #[test]
    fn an_account_runs_few_imports_at_one_time_and_others_are_not_in_its_way() {
        let imports = Imports::default();
        let mut senders = Vec::new();
        for number in 0..IMPORTS_RUNNING_MAX as u128 {
            let (tell, import) = import(1);
            imports.insert(id(number), import).unwrap();
            senders.push(tell);
        }

        assert!(matches!(imports.insert(id(90), import(1).1), Err(Error::TooManyImports)));
        assert!(imports.insert(id(91), import(2).1).is_ok());
        senders[0].send_replace(ImportState::Done(Imported::default()));
        assert!(imports.insert(id(92), import(1).1).is_ok());
    }

    #[test]
    fn the_oldest_that_is_done_makes_room() {
        let imports = Imports::default();
        for number in 0..=IMPORTS_KEPT as u128 {
            let (tell, import) = import(1);
            tell.send_replace(ImportState::Done(Imported::default()));
            imports.insert(id(number), import).unwrap();
        }

        let kept = imports.lock();
        assert_eq!(kept.len(), IMPORTS_KEPT);
        assert!(!kept.contains_key(&id(0)));
    }
}
