//! Makes guests' risk rows again from what is kept of their changes, and says whose row is another.
//!
//! One guest at a time, beside a running server too: his row is locked only for what came since his record was read.
//! A guest of whom not every change is known keeps the row that he has.

use gg_domain::actor::Actor;
use gg_domain::id::{EventId, GuestId};
use gg_domain::risk::GuestRisk;
use gg_store::{Conn, Page, Paging, StoredBaseline, WriteTx};

use crate::App;
use crate::error::{Error, Result};
use crate::record::{Next, Record};

/// Who asks.
const JOB: Actor = Actor::System("rebuild_baselines");

/// What came of making a guest's row again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rebuilt {
    /// It is the same.
    Same,
    /// It was another: written, unless only looked at.
    Differs,
    /// What made this revision is not known, so the row stays as it is.
    Unknown(i64),
}

/// A guest whose row was made again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RebuiltBaseline {
    /// Whose.
    pub guest: GuestId,
    /// His event.
    pub event: EventId,
    /// What came of it.
    pub rebuilt: Rebuilt,
}

impl App {
    /// Makes a page of guests' risk rows again: of one event, or of all. `check`: looks and writes nothing. Guests of
    /// whom nothing is known are left out.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such event; the store's. What was written until then stays.
    pub async fn rebuild_baselines(
        &self,
        event: Option<EventId>,
        check: bool,
        paging: Paging<GuestId>,
    ) -> Result<Page<RebuiltBaseline, GuestId>> {
        let guests: Vec<StoredBaseline> = self
            .store
            .read(async move |conn: &mut Conn| -> Result<_> {
                if let Some(event) = event {
                    conn.event(&JOB, event).await?.ok_or(Error::NotFound)?;
                }
                Ok(conn.stored_baselines(&JOB, event, paging).await?)
            })
            .await?;
        let more = i64::try_from(guests.len()).unwrap_or(0) >= paging.limit;
        let next = guests.last().map(|last| last.guest_id).filter(|_| more);
        let mut rows = Vec::with_capacity(guests.len());
        for StoredBaseline { guest_id: guest, event_id: event, .. } in guests {
            if let Some(rebuilt) = self.rebuild(event, guest, check).await? {
                rows.push(RebuiltBaseline { guest, event, rebuilt });
            }
        }
        Ok(Page { rows, next })
    }

    async fn rebuild(&self, event: EventId, guest: GuestId, check: bool) -> Result<Option<Rebuilt>> {
        let at = self.sources.now();
        // A record can be long: it is gone through beside others, and only what came since with the row locked.
        let begun = self
            .store
            .read(async move |conn: &mut Conn| -> Result<_> {
                let record = Record::of(conn, guest).await?;
                fold(conn, record, GuestRisk::default()).await
            })
            .await?;
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let stored = tx.lock_baseline(guest).await?;
                let record = Record::of(tx, guest).await?;
                let last = record.last();
                if stored.is_none() && last == 0 {
                    return Ok(None);
                }
                // The row knows more than is recorded: it was changed by a version that kept no changes.
                if let Some((revision, _)) = &stored
                    && *revision > last
                {
                    return Ok(Some(Rebuilt::Unknown(*revision)));
                }
                let made = match &begun {
                    Ok(begun) => fold(tx, record.after(begun.revision), begun.risk.clone()).await?,
                    Err(missing) => Err(*missing),
                };
                let risk = match made {
                    Ok(made) => made.risk,
                    Err(missing) => return Ok(Some(Rebuilt::Unknown(missing))),
                };

                let same = stored.as_ref().is_some_and(|(revision, state)| {
                    *revision == last && serde_json::from_str::<GuestRisk>(state).is_ok_and(|row| row == risk)
                });
                if same {
                    return Ok(Some(Rebuilt::Same));
                }
                if !check {
                    tx.restore_guest_risk(event, guest, last, &risk, at).await?;
                }
                Ok(Some(Rebuilt::Differs))
            })
            .await
    }
}

/// What the changes up to a revision make.
#[derive(Clone)]
struct Folded {
    risk: GuestRisk,
    revision: i64,
}

/// The row that the record makes of `risk`, or the revision that is missing.
async fn fold(
    conn: &mut Conn,
    mut record: Record,
    mut risk: GuestRisk,
) -> Result<std::result::Result<Folded, i64>> {
    let mut revision = record.first();
    loop {
        match record.next(conn).await? {
            Next::End => return Ok(Ok(Folded { risk, revision })),
            Next::Missing(missing) => return Ok(Err(missing)),
            Next::Some(changes) => {
                for one in changes {
                    revision += 1;
                    let seen = one.opening.as_ref().map(|opening| &opening.seen);
                    match gg_risk::apply(&risk, &one.change, seen) {
                        Ok(after) => risk = after,
                        Err(gg_risk::Unseen) => return Ok(Err(revision)),
                    }
                }
            }
        }
    }
}
