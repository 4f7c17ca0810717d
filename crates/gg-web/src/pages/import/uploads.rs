//! Guest lists between their upload and their import.
//!
//! A file is kept in memory until it is confirmed, for a while, bound to who uploaded it and for which event. Sent back
//! and forth through the page it would be 10 MiB of contacts in hidden fields, twice; on disk it would have to be found
//! and erased after a crash. What is lost with a restart is one click on "choose a file".

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use gg_app::guest_list::Field;
use gg_domain::id::{AccountId, EventId, ImportId};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::ImportCounts;

/// How long a file waits: time for a coffee and a look at the list, not for a night.
const UPLOAD_LIFE: SignedDuration = SignedDuration::from_mins(30);
/// Bytes of all files that wait in this process; the oldest make room.
const UPLOADS_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Files of one account that wait; the oldest make room, so that nobody fills the place of all.
const UPLOADS_OF_ACCOUNT_MAX: usize = 3;

/// Whose file it is, and for which event: nobody else's hand may finish the import.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Owner {
    pub(super) account: AccountId,
    pub(super) event: EventId,
}

/// A file as it was sent.
#[derive(Clone)]
pub(super) struct Upload {
    /// The file's own name.
    pub(super) name: String,
    /// What is in it.
    pub(super) bytes: Arc<[u8]>,
    /// What each column was said to be; none as long as nobody said.
    pub(super) map: Option<Vec<Option<Field>>>,
}

/// How far it has come.
#[derive(Clone)]
pub(super) enum Stage {
    /// It waits to be confirmed.
    Waits(Upload),
    /// It was confirmed, and is judged once more before it is written.
    Starts,
    /// It is being written, under this name.
    Runs(ImportId),
    /// It is written.
    Done(ImportCounts),
    /// It broke off, and why.
    Failed(String),
}

impl Stage {
    fn bytes(&self) -> usize {
        if let Self::Waits(upload) = self { upload.bytes.len() } else { 0 }
    }
}

struct Kept {
    owner: Owner,
    stage: Stage,
    at: Timestamp,
}

/// The files that wait, and the imports under way.
#[derive(Default)]
pub(super) struct Uploads(Mutex<HashMap<Uuid, Kept>>);

impl Uploads {
    /// Keeps a file under `id`, and lets go of what has waited too long or takes too much room.
    pub(super) fn keep(&self, id: Uuid, owner: Owner, upload: Upload, now: Timestamp) {
        let mut kept = self.lock();
        kept.retain(|_, one| now.duration_since(one.at) < UPLOAD_LIFE);
        let mut room = UPLOADS_BYTES_MAX.saturating_sub(upload.bytes.len());
        let mut of_account = 1;
        let mut waiting: Vec<(Uuid, Timestamp, AccountId, usize)> = kept
            .iter()
            .filter(|(_, one)| matches!(one.stage, Stage::Waits(_)))
            .map(|(id, one)| (*id, one.at, one.owner.account, one.stage.bytes()))
            .collect();
        waiting.sort_by_key(|(_, at, ..)| std::cmp::Reverse(*at));
        for (id, _, account, bytes) in waiting {
            of_account += usize::from(account == owner.account);
            let is_too_many = account == owner.account && of_account > UPLOADS_OF_ACCOUNT_MAX;
            if is_too_many || bytes > room {
                kept.remove(&id);
            } else {
                room -= bytes;
            }
        }
        kept.insert(id, Kept { owner, stage: Stage::Waits(upload), at: now });
    }

    /// How far the import of that name has come; none where it is not this owner's, or is gone.
    pub(super) fn stage(&self, id: Uuid, owner: Owner, now: Timestamp) -> Option<Stage> {
        let kept = self.lock();
        let one = kept.get(&id)?;
        let lives = now.duration_since(one.at) < UPLOAD_LIFE;
        (one.owner == owner && lives).then(|| one.stage.clone())
    }

    /// Takes a waiting file to import it: of two who confirm at once, one gets it.
    pub(super) fn start(&self, id: Uuid, owner: Owner, now: Timestamp) -> Option<Upload> {
        let mut kept = self.lock();
        let one = kept.get_mut(&id).filter(|one| one.owner == owner)?;
        if now.duration_since(one.at) >= UPLOAD_LIFE || !matches!(one.stage, Stage::Waits(_)) {
            return None;
        }
        one.at = now;
        match std::mem::replace(&mut one.stage, Stage::Starts) {
            Stage::Waits(upload) => Some(upload),
            _ => None,
        }
    }

    /// Says how far an import has come.
    pub(super) fn set(&self, id: Uuid, stage: Stage) {
        if let Some(one) = self.lock().get_mut(&id) {
            one.stage = stage;
        }
    }

    /// Says what the columns of a waiting file are.
    pub(super) fn set_map(&self, id: Uuid, owner: Owner, map: Vec<Option<Field>>) -> bool {
        let mut kept = self.lock();
        match kept.get_mut(&id).filter(|one| one.owner == owner).map(|one| &mut one.stage) {
            Some(Stage::Waits(upload)) => {
                upload.map = Some(map);
                true
            }
            _ => false,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Kept>> {
        // Every change leaves the map whole, so a panic elsewhere spoils nothing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_521_600 + second).unwrap()
    }

    fn owner(account: u128) -> Owner {
        Owner {
            account: AccountId::from_uuid(Uuid::from_u128(account)),
            event: EventId::from_uuid(Uuid::from_u128(9)),
        }
    }

    fn upload(bytes: usize) -> Upload {
        Upload { name: "guests.csv".into(), bytes: vec![b'x'; bytes].into(), map: None }
    }

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn a_file_is_its_owner_s_alone() {
        let uploads = Uploads::default();
        uploads.keep(id(1), owner(1), upload(10), at(0));
        assert!(uploads.stage(id(1), owner(1), at(1)).is_some());
        assert!(uploads.stage(id(1), owner(2), at(1)).is_none());
        assert!(uploads.start(id(1), owner(2), at(1)).is_none());
        let elsewhere = Owner { event: EventId::from_uuid(Uuid::from_u128(8)), ..owner(1) };
        assert!(uploads.start(id(1), elsewhere, at(1)).is_none());
    }

    #[test]
    fn of_two_who_confirm_one_imports() {
        let uploads = Uploads::default();
        uploads.keep(id(1), owner(1), upload(10), at(0));
        assert!(uploads.start(id(1), owner(1), at(1)).is_some());
        assert!(uploads.start(id(1), owner(1), at(1)).is_none());
    }

    #[test]
    fn a_file_that_waited_too_long_is_gone() {
        let uploads = Uploads::default();
        uploads.keep(id(1), owner(1), upload(10), at(0));
        assert!(uploads.stage(id(1), owner(1), at(1799)).is_some());
        assert!(uploads.stage(id(1), owner(1), at(1800)).is_none());
    }

    #[test]
    fn the_oldest_file_of_an_account_makes_room() {
        let uploads = Uploads::default();
        for n in 1..=4 {
            uploads.keep(id(n), owner(1), upload(10), at(i64::try_from(n).unwrap()));
        }
        let lives = |n| uploads.stage(id(n), owner(1), at(10)).is_some();
        assert_eq!([1, 2, 3, 4].map(lives), [false, true, true, true]);
    }

    #[test]
    fn all_files_together_stay_below_the_cap() {
        let uploads = Uploads::default();
        for n in 1..=9 {
            uploads.keep(id(n), owner(n), upload(10 * 1024 * 1024), at(i64::try_from(n).unwrap()));
        }
        let lives = |n: u128| uploads.stage(id(n), owner(n), at(10)).is_some();
        assert_eq!((1..=9).filter(|n| lives(*n)).collect::<Vec<_>>(), [4, 5, 6, 7, 8, 9]);
    }
}
