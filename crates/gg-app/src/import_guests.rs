//! Imports a guest list, and exports one.
//!
//! A file is judged whole before anything is written. What is written goes in groups, so that
//! guests who answer meanwhile do not wait for it; a file that broke off half way is simply
//! imported again, and adds nobody twice. Where the list changed since the file was judged, as
//! when it is imported twice at once, what is left of the file is judged anew.

use std::sync::Arc;

use gg_domain::actor::Actor;
use gg_domain::id::{EventId, GuestId, PartyId};
use gg_store::{Conn, GuestRow, WriteTx};

use crate::App;
use crate::error::{Error, Result};
use crate::facts;
use crate::guest_list::{self, Answer, Create, Known, MapEntry, Opening, Parsed, Plan, RowError, Update};
use crate::plan_event::member;

/// Rows written in one transaction: an answer waits for a few milliseconds at the most.
const ROWS_AT_ONCE: usize = 250;
/// How often a file is judged anew within one import.
const JUDGED_ANEW_MAX: usize = 64;
/// Guests of one event, at the most.
const GUESTS_MAX: i64 = 200_000;

/// What an import does or did.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// Guests added.
    pub created: usize,
    /// Guests changed.
    pub updated: usize,
    /// Rows that said what was already so.
    pub unchanged: usize,
    /// Rows that are wrong.
    pub errors: Vec<RowError>,
}

/// An import that was judged and is not yet written.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The file as it was understood.
    pub parsed: Arc<Parsed>,
    plan: Arc<Plan>,
    guests: Arc<Vec<GuestRow>>,
}

impl Prepared {
    /// How many guests it writes.
    pub fn writes(&self) -> usize {
        self.plan.create.len() + self.plan.update.len()
    }

    /// What it will do.
    pub fn counts(&self) -> Imported {
        Imported {
            created: self.plan.create.len(),
            updated: self.plan.update.len(),
            unchanged: self.plan.unchanged,
            errors: self.parsed.errors.clone(),
        }
    }
}

/// Runs what takes a moment, as ten megabytes of cells do, on no thread that serves others.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(gg_store::StoreError::Broken(error.to_string()).into()))
}

fn judged(parsed: Arc<Parsed>, guests: Vec<GuestRow>) -> Prepared {
    let known: Vec<Known> =
        guests.iter().map(|guest| Known { id: guest.id, guest: guest.details() }).collect();
    let plan = guest_list::plan(&parsed, &known);
    Prepared { parsed, plan: Arc::new(plan), guests: Arc::new(guests) }
}

impl App {
    /// Reads and judges a file against the guests that the event has.
    ///
    /// # Errors
    /// [`Error::File`] where it cannot be read as a list, [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn prepare_import(
        &self,
        actor: Actor,
        event: EventId,
        file: Vec<u8>,
        map: Vec<MapEntry>,
    ) -> Result<Prepared> {
        let guests = self.guests_of(actor, event).await?;
        aside(move || {
            let parsed = guest_list::parse(&file, &map)?;
            Ok(judged(Arc::new(parsed), guests))
        })
        .await
    }

    async fn guests_of(&self, actor: Actor, event: EventId) -> Result<Vec<GuestRow>> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member(conn, &actor, event).await?;
                Ok(conn.all_guests(&actor, event).await?)
            })
            .await
    }

    /// Writes what was judged, a group at a time, and tells `progress` how many rows are done; that says whether to go on.
    ///
    /// # Errors
    /// [`Error::Rows`] where a row is wrong and `skip_invalid` was not asked for: nothing is written.
    /// [`Error::BrokenOff`] where `progress` said no: what was written stays.
    pub async fn import_guests(
        &self,
        actor: Actor,
        event: EventId,
        prepared: &Prepared,
        skip_invalid: bool,
        progress: impl Fn(usize) -> bool + Send,
    ) -> Result<Imported> {
        if !prepared.parsed.errors.is_empty() && !skip_invalid {
            return Err(Error::Rows(prepared.parsed.errors.clone()));
        }
        let mut so_far = Imported { errors: prepared.parsed.errors.clone(), ..Imported::default() };
        let mut prepared = prepared.clone();
        for _ in 0..JUDGED_ANEW_MAX {
            let written_before = so_far.created + so_far.updated;
            match self.write_prepared(actor, event, &prepared, &mut so_far, &progress).await {
                Err(Error::Stale) => {
                    let (parsed, guests) = (prepared.parsed, self.guests_of(actor, event).await?);
                    prepared = aside(move || Ok(judged(parsed, guests))).await?;
                }
                Err(error) => return Err(error),
                Ok(()) => {
                    // Rows that this import wrote before it judged anew are unchanged to the last judgement, but for
                    // those that somebody has changed or erased since.
                    so_far.unchanged = prepared.plan.unchanged.saturating_sub(written_before);
                    return Ok(so_far);
                }
            }
        }
        Err(gg_store::StoreError::Contended.into())
    }

    /// Writes what was judged, and counts it in `so_far`. [`Error::Stale`]: the list is another by now.
    async fn write_prepared(
        &self,
        actor: Actor,
        event: EventId,
        prepared: &Prepared,
        so_far: &mut Imported,
        progress: &(impl Fn(usize) -> bool + Send),
    ) -> Result<()> {
        let total = so_far.created + so_far.updated + prepared.writes();
        let go_on = |so_far: &Imported| {
            let done = so_far.created + so_far.updated;
            if progress(done) || done == total { Ok(()) } else { Err(Error::BrokenOff { done, total }) }
        };
        go_on(so_far)?;
        let mut guests = prepared.guests.len();
        for creates in prepared.plan.create.chunks(ROWS_AT_ONCE) {
            guests += creates.len();
            self.create_guests(actor, event, creates.to_vec(), guests).await?;
            so_far.created += creates.len();
            go_on(so_far)?;
        }
        for updates in prepared.plan.update.chunks(ROWS_AT_ONCE) {
            self.update_guests(actor, event, updates.to_vec(), prepared.guests.clone()).await?;
            so_far.updated += updates.len();
            go_on(so_far)?;
        }
        Ok(())
    }

    /// Adds guests, of whom the event has `guests` afterwards. [`Error::Stale`]: somebody else added or erased some.
    async fn create_guests(
        &self,
        actor: Actor,
        event: EventId,
        creates: Vec<Create>,
        guests: usize,
    ) -> Result<()> {
        let at = self.sources.now();
        let ids: Vec<(GuestId, PartyId)> =
            creates.iter().map(|_| (self.sources.id(), self.sources.id())).collect();
        let sources = self.sources.clone();
        let work = Arc::new((creates, ids));
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                member(tx, &actor, event).await?;
                let (creates, ids) = &*work;
                for (create, (guest, party)) in creates.iter().zip(ids) {
                    tx.insert_guest(event, *guest, *party, &create.guest, at).await?;
                    tx.append_feed(&facts::guest_created(&sources, event, *guest, at)).await?;
                }
                // Two imports that end at once come one after the other here, and the later one sees the other's guests.
                tx.take_seats(event, 0).await?;
                let counted = tx.guest_count(event).await?;
                if usize::try_from(counted) == Ok(guests) { Ok(()) } else { Err(Error::Stale) }
            })
            .await
    }

    async fn update_guests(
        &self,
        actor: Actor,
        event: EventId,
        updates: Vec<Update>,
        guests: Arc<Vec<GuestRow>>,
    ) -> Result<()> {
        let (at, sources) = (self.sources.now(), self.sources.clone());
        let updates = Arc::new(updates);
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                member(tx, &actor, event).await?;
                for update in updates.iter() {
                    // Guests are in the order of their ids.
                    let Ok(index) = guests.binary_search_by_key(&update.id, |guest| guest.id) else {
                        continue;
                    };
                    let (guest, party) = (&guests[index], sources.id::<PartyId>());
                    tx.update_guest(guest, guest.revision, party, &update.guest, at)
                        .await?
                        .ok_or(Error::Stale)?;
                }
                Ok(())
            })
            .await
    }

    /// The guest list as a file that this program, and a spreadsheet, reads back unchanged.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn export_guests(&self, actor: Actor, event: EventId, opening: Opening) -> Result<Vec<u8>> {
        let (guests, rsvps) = self
            .store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member(conn, &actor, event).await?;
                let everything = gg_store::Paging { after: None, limit: GUESTS_MAX };
                Ok((conn.all_guests(&actor, event).await?, conn.rsvps(&actor, event, everything).await?.rows))
            })
            .await?;
        let known: Vec<Known> =
            guests.iter().map(|guest| Known { id: guest.id, guest: guest.details() }).collect();
        let answers = rsvps.iter().map(|row| Answer {
            attending: row.attending,
            plus_ones: row.plus_ones.as_ref().map_or(&[], |names| names.0.as_slice()),
            note: row.note.as_deref(),
            updated_at: row.updated_at,
        });
        Ok(guest_list::export(known.iter().zip(answers), opening))
    }

    /// One row a guest: who comes, with whom.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn rsvps(
        &self,
        actor: Actor,
        event: EventId,
        paging: gg_store::Paging<GuestId>,
    ) -> Result<(gg_store::Page<gg_store::RsvpListRow, GuestId>, gg_domain::actor::Role)> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                let role = member(conn, &actor, event).await?;
                Ok((conn.rsvps(&actor, event, paging).await?, role))
            })
            .await
    }
}
