//! Answers: a history that is never overwritten, and the row that counts now.

use std::collections::BTreeMap;

use gg_domain::actor::Actor;
use gg_domain::id::{AccessId, EventId, GuestId, RsvpId};
use gg_domain::name::PersonName;
use gg_domain::rsvp::{Answer, Source};
use jiff::Timestamp;

use crate::db::{Conn, WriteTx};
use crate::error::{Result, StoreError};
use crate::guests::everyones;
use crate::page::{Page, Paging};
use crate::value::{Json, args, json, row};

row! {
    /// A guest's answer as it counts now.
    pub struct RsvpRow {
        /// Whose.
        pub guest_id: GuestId,
        /// Its row of the history.
        pub rsvp_id: RsvpId,
        /// The row of the answer that stands while this one waits.
        pub confirmed_id: Option<RsvpId>,
        /// Heads that the standing answer seats.
        pub seats_confirmed: i64,
        /// Coming?
        pub attending: bool,
        /// The companions' names.
        pub plus_ones: Json<Vec<String>>,
        /// A word to the host.
        pub note: Option<String>,
        /// Answers to the event's questions.
        pub answers: Json<BTreeMap<String, String>>,
        /// Whose word it is.
        pub source: Source,
        /// Waits for the organiser's word.
        pub pending: bool,
        /// When it was given.
        pub updated_at: Timestamp,
    }
}

impl RsvpRow {
    /// The answer itself.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where a stored name is none.
    pub fn answer(&self) -> Result<Answer> {
        let names = self.plus_ones.0.iter().map(|name| PersonName::parse(name));
        Ok(Answer {
            attending: self.attending,
            plus_ones: names
                .collect::<Result<_, _>>()
                .map_err(|error| StoreError::Corrupt(error.to_string()))?,
            note: self.note.clone(),
            answers: self.answers.0.clone().into_iter().collect(),
        })
    }
}

row! {
    /// One row a guest, answered or not.
    pub struct RsvpListRow {
        /// Who.
        pub guest_id: GuestId,
        /// Coming? None while there is no answer.
        pub attending: Option<bool>,
        /// The companions' names.
        pub plus_ones: Option<Json<Vec<String>>>,
        /// A word to the host.
        pub note: Option<String>,
        /// Answers to the event's questions.
        pub answers: Option<Json<BTreeMap<String, String>>>,
        /// Whose word it is.
        pub source: Option<Source>,
        /// Waits for the organiser's word.
        pub pending: Option<bool>,
        /// When it was given.
        pub updated_at: Option<Timestamp>,
    }
}

row! {
    /// One answer of the history.
    pub struct RsvpHistoryRow {
        /// Its id.
        pub id: RsvpId,
        /// Coming?
        pub attending: bool,
        /// The companions' names.
        pub plus_ones: Json<Vec<String>>,
        /// A word to the host.
        pub note: Option<String>,
        /// Answers to the event's questions.
        pub answers: Json<BTreeMap<String, String>>,
        /// Whose word it was.
        pub source: Source,
        /// The opening that it came with.
        pub access_id: Option<AccessId>,
        /// When.
        pub at: Timestamp,
    }
}

/// An answer to be stored, with where it came from.
#[derive(Clone, Debug)]
pub struct NewRsvp {
    /// Its id.
    pub id: RsvpId,
    /// Whose.
    pub guest: GuestId,
    /// His event.
    pub event: EventId,
    /// The answer.
    pub answer: Answer,
    /// Whose word it is.
    pub source: Source,
    /// The opening that it came with.
    pub access: Option<AccessId>,
    /// Waits for the organiser's word.
    pub pending: bool,
    /// When.
    pub at: Timestamp,
}

/// The columns of an [`RsvpRow`].
macro_rules! rsvp_columns {
    ($rest:literal) => {
        concat!(
            "select guest_id, rsvp_id, confirmed_id, seats_confirmed, attending, plus_ones, note, answers, source,
                pending, updated_at from rsvps ",
            $rest
        )
    };
}

impl Conn {
    /// A guest's answer. Whose event it is not gets nothing.
    pub async fn rsvp(&mut self, actor: &Actor, guest: GuestId) -> Result<Option<RsvpRow>> {
        const SQL: &str = rsvp_columns!(
            "where guest_id = $1 and ($3 or exists
                (select 1 from members m where m.event_id = rsvps.event_id and m.account_id = $2))"
        );
        if !actor.reaches_guest(guest) {
            return Ok(None);
        }
        self.optional(SQL, args![guest, actor.account_id(), actor.account_id().is_none()]).await
    }

    /// One row a guest of an event, in the order of the guests. Whose event it is not gets none.
    pub async fn rsvps(
        &mut self,
        actor: &Actor,
        event: EventId,
        paging: Paging<GuestId>,
    ) -> Result<Page<RsvpListRow, GuestId>> {
        const SQL: &str =
            "select g.id, r.attending, r.plus_ones, r.note, r.answers, r.source, r.pending, r.updated_at
            from guests g left join rsvps r on r.guest_id = g.id
            where g.event_id = $1 and g.id > $2 and ($5 or exists
                (select 1 from members m where m.event_id = g.event_id and m.account_id = $4))
            order by g.id limit $3";
        let (above, limit) = (paging.above(), paging.rows());
        let rows = self.all(SQL, args![event, above, limit, actor.account_id(), everyones(actor)]).await?;
        Ok(paging.page(rows, |row: &RsvpListRow| row.guest_id))
    }

    /// Every answer that a guest ever gave, the oldest first. Whose event it is not gets none.
    pub async fn rsvp_history(&mut self, actor: &Actor, guest: GuestId) -> Result<Vec<RsvpHistoryRow>> {
        const SQL: &str = "select id, attending, plus_ones, note, answers, source, access_id, at
            from rsvp_history where guest_id = $1 and ($3 or exists
                (select 1 from members m where m.event_id = rsvp_history.event_id and m.account_id = $2))
            order by id";
        if !actor.reaches_guest(guest) {
            return Ok(Vec::new());
        }
        self.all(SQL, args![guest, actor.account_id(), actor.account_id().is_none()]).await
    }
}

impl WriteTx {
    /// Adds an answer to the history and makes it the one that counts.
    ///
    /// `before` is what counted until now: a pending answer leaves its confirmed one standing.
    pub async fn insert_rsvp(&mut self, new: &NewRsvp, before: Option<&RsvpRow>) -> Result<()> {
        const HISTORY: &str = "insert into rsvp_history
                (id, guest_id, event_id, attending, plus_ones, note, answers, source, access_id, pending, at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        const CURRENT: &str = "insert into rsvps (guest_id, event_id, rsvp_id, confirmed_id, seats_confirmed,
                attending, plus_ones, note, answers, source, pending, updated_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            on conflict (guest_id) do update set rsvp_id = $3, confirmed_id = $4, seats_confirmed = $5,
                attending = $6, plus_ones = $7, note = $8, answers = $9, source = $10, pending = $11,
                updated_at = $12";
        let names: Vec<&str> = new.answer.plus_ones.iter().map(PersonName::as_str).collect();
        let questions: BTreeMap<&str, &str> =
            new.answer.answers.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let (plus_ones, answers) = (json(&names)?, json(&questions)?);
        let (a, n) = (&new.answer, new);
        self.execute(
            HISTORY,
            args![
                n.id,
                n.guest,
                n.event,
                a.attending,
                plus_ones,
                a.note,
                answers,
                n.source,
                n.access,
                n.pending,
                n.at
            ],
        )
        .await?;
        let (confirmed, seats) = if new.pending {
            (before.and_then(|row| row.confirmed_id), before.map_or(0, |row| row.seats_confirmed))
        } else {
            (Some(new.id), a.seats())
        };
        self.execute(
            CURRENT,
            args![
                n.guest,
                n.event,
                n.id,
                confirmed,
                seats,
                a.attending,
                plus_ones,
                a.note,
                answers,
                n.source,
                n.pending,
                n.at
            ],
        )
        .await
        .map(|_| ())
    }

    /// Lets a pending answer count.
    pub async fn release_rsvp(&mut self, row: &RsvpRow, seats: i64) -> Result<()> {
        const CURRENT: &str = "update rsvps set pending = false, confirmed_id = rsvp_id, seats_confirmed = $2
            where guest_id = $1";
        const HISTORY: &str = "update rsvp_history set pending = false where id = $1";
        self.execute(HISTORY, args![row.rsvp_id]).await?;
        self.execute(CURRENT, args![row.guest_id, seats]).await.map(|_| ())
    }

    /// Drops a pending answer: the confirmed one counts again, or none. Gives the id of that one.
    pub async fn drop_rsvp(&mut self, row: &RsvpRow) -> Result<Option<RsvpId>> {
        const DROPPED: &str = "update rsvp_history set pending = false, dropped = true where id = $1";
        const NONE: &str = "delete from rsvps where guest_id = $1";
        const BACK: &str =
            "update rsvps set rsvp_id = h.id, attending = h.attending, plus_ones = h.plus_ones,
                note = h.note, answers = h.answers, source = h.source, pending = false, updated_at = h.at
            from rsvp_history h where rsvps.guest_id = $1 and h.id = $2";
        self.execute(DROPPED, args![row.rsvp_id]).await?;
        match row.confirmed_id {
            None => self.execute(NONE, args![row.guest_id]).await?,
            Some(confirmed) => self.execute(BACK, args![row.guest_id, confirmed]).await?,
        };
        Ok(row.confirmed_id)
    }
}
