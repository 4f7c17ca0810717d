//! Imports a guest list, and exports one.
//!
//! A file is judged whole before anything is written. What is written goes in groups, so that
//! guests who answer meanwhile do not wait for it; a file that broke off half way is simply
//! imported again, and adds nobody twice.

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
        let guests = self
            .store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member(conn, &actor, event).await?;
                Ok(conn.all_guests(&actor, event).await?)
            })
            .await?;
        // Ten megabytes of cells take a moment: not on a thread that serves others.
        let judged = tokio::task::spawn_blocking(move || -> Result<Prepared> {
            let parsed = guest_list::parse(&file, &map)?;
            let known: Vec<Known> =
                guests.iter().map(|guest| Known { id: guest.id, guest: guest.details() }).collect();
            let plan = guest_list::plan(&parsed, &known);
            Ok(Prepared { parsed: Arc::new(parsed), plan: Arc::new(plan), guests: Arc::new(guests) })
        });
        judged.await.unwrap_or_else(|error| Err(gg_store::StoreError::Broken(error.to_string()).into()))
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
        let total = prepared.writes();
        let mut done = 0;
        let go_on = |done: usize| {
            if progress(done) || done == total { Ok(()) } else { Err(Error::BrokenOff { done, total }) }
        };
        go_on(done)?;
        for creates in prepared.plan.create.chunks(ROWS_AT_ONCE) {
            self.create_guests(actor, event, creates.to_vec()).await?;
            done += creates.len();
            go_on(done)?;
        }
        for updates in prepared.plan.update.chunks(ROWS_AT_ONCE) {
            self.update_guests(actor, event, updates.to_vec(), prepared.guests.clone()).await?;
            done += updates.len();
            go_on(done)?;
        }
        Ok(prepared.counts())
    }

    async fn create_guests(&self, actor: Actor, event: EventId, creates: Vec<Create>) -> Result<()> {
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
                Ok(())
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
