//! Openings of links: what is known when one is judged, what is kept of it, and what it changes.
//!
//! A guest's risk row is written on the condition that it still is the one that was read
//! (`revision`): who lost that race reads and judges again, so every judgement stands on the row
//! as it then was.

use std::sync::Arc;

use gg_domain::actor::Actor;
use gg_domain::clock::from_micros;
use gg_domain::id::{AccessId, DeviceId, EventId, GuestId, PartyId};
use gg_domain::policy::Policy;
use gg_domain::risk::{GuestRisk, Reason};
use gg_domain::snapshot::Snapshot;
use jiff::Timestamp;

use crate::db::{Conn, Kind, Store, WriteTx};
use crate::error::Result;
use crate::feed::NewFeed;
use crate::invites::BeginsLink;
use crate::sightings::SightingWrite;
use crate::value::{Json, args, json, row};

row! {
    /// What is known of a link and its guest when it is opened.
    pub struct LinkRow {
        /// Whose link.
        pub guest_id: GuestId,
        /// His event.
        pub event_id: EventId,
        /// His party.
        pub party_id: PartyId,
        /// The link's state; none where there is no link of that generation.
        pub state: Option<String>,
        /// The key that signs it.
        pub key_id: Option<u32>,
        /// When the event ends.
        pub ends_at: Timestamp,
        /// The event's policy, where one was set.
        pub policy: Option<Json<Policy>>,
        /// The guest's risk row.
        pub risk: Option<Json<GuestRisk>>,
        /// The number of its changes; none where there is no row yet.
        pub revision: Option<i64>,
        /// When a previewer last fetched the link, of the time that was asked about.
        pub share_preview_at: Option<Timestamp>,
        /// Whether there is an address or a number that the guest was invited by.
        pub reachable: bool,
    }
}

row! {
    /// An access that an answer or a label names.
    pub struct AccessRow {
        /// Its id.
        pub id: AccessId,
        /// Whose link.
        pub guest_id: GuestId,
        /// His event.
        pub event_id: EventId,
        /// The link's generation.
        pub generation: u32,
        /// `human`, `preview` or `scanner`.
        pub class: String,
        /// An organiser's look.
        pub test: bool,
        /// Its band; none for a machine's and a test.
        pub band: Option<String>,
        /// The chance that it was not the guest, calibrated.
        pub p: Option<f64>,
        /// The same before calibration.
        pub raw: Option<f64>,
        /// What was kept of it.
        pub snapshot: Json<Snapshot>,
        /// Why it is in that band.
        pub reasons: Json<Vec<Reason>>,
        /// What was looked up to judge it, as JSON; none of one from before that was kept.
        pub facts: Option<String>,
        /// Let in unjudged; it stays so when it is judged later.
        pub degraded: bool,
        /// What was done: `allow`, `step_up`, `hold`, `block`.
        pub decision: String,
        /// The organiser's word.
        pub label: Option<String>,
        /// What somebody did with it while it waited to be judged.
        pub act: Option<String>,
        /// On a device that the guest did not have, or that looked otherwise.
        pub new_look: bool,
        /// Somebody gave his word on it: the organiser, or the guest by digits.
        pub spoken: bool,
        /// When it was judged after it had been let in unjudged.
        pub scored_again_at: Option<Timestamp>,
        /// When.
        pub at: Timestamp,
    }
}

/// An access to be stored.
#[derive(Clone, Debug)]
pub struct NewAccess {
    /// Its id.
    pub id: AccessId,
    /// Whose link.
    pub guest: GuestId,
    /// His event.
    pub event: EventId,
    /// The link's generation.
    pub generation: u32,
    /// `human`, `preview` or `scanner`.
    pub class: &'static str,
    /// An organiser's look.
    pub test: bool,
    /// Its band.
    pub band: Option<&'static str>,
    /// The chance that it was not the guest, calibrated, 0 to 1.
    pub p: Option<f64>,
    /// The same before calibration: what the guest's row is weighed by.
    pub raw: Option<f64>,
    /// The chance that the link has leaked, afterwards.
    pub leak: Option<f64>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// What is kept of it.
    pub snapshot: Snapshot,
    /// What was looked up to judge it, as JSON.
    pub facts: String,
    /// The model that judged.
    pub model: String,
    /// Let in unjudged.
    pub degraded: bool,
    /// What is done.
    pub decision: &'static str,
    /// The device, as this event knows it.
    pub device: Option<DeviceId>,
    /// The device is the guest's own: the first, or a known one.
    pub own: bool,
    /// The guest did not have this device, or it looked otherwise.
    pub new_look: bool,
    /// When.
    pub at: Timestamp,
    /// The exact address, for a short time.
    pub address: String,
    /// The raw headers, for a short time.
    pub headers: String,
    /// The raw signals, for a short time.
    pub signals: Option<String>,
}

/// An opening with all that it changes, written as one.
#[derive(Clone, Debug)]
pub struct AccessWrite {
    /// The opening itself.
    pub access: NewAccess,
    /// The guest's risk row as it is afterwards, and the number of changes that it must still have (0:
    /// there is none yet); none where the opening changes nothing.
    pub risk: Option<(GuestRisk, i64)>,
    /// What is noted across guests.
    pub noted: Noted,
    /// Whether its link was sent in place of another and is used for the first time: it lives from now on, and the
    /// other ends.
    pub begins_link: Option<BeginsLink>,
    /// What the feed is told.
    pub facts: Vec<NewFeed>,
}

/// What an opening leaves for those after it, of whichever guest.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Noted {
    /// The guest, under keys.
    pub sightings: Vec<SightingWrite>,
    /// Who leaves which key for him.
    pub evicted: Vec<(i64, GuestId)>,
    /// Guests who turn out to live with him.
    pub housemates: Vec<GuestId>,
}

impl AccessWrite {
    /// The guest's risk row that the opening makes: none where it changes nothing. One that was let in unjudged is noted
    /// as a time that a person opened.
    pub(crate) fn revision(&self) -> Option<i64> {
        self.risk.as_ref().map(|(_, before)| before + 1)
    }
}

/// What judging an access again made of it.
#[derive(Clone, Debug)]
pub struct Rejudged {
    /// Which.
    pub access: AccessId,
    /// Its band.
    pub band: &'static str,
    /// The chance that it was not the guest, calibrated.
    pub p: f64,
    /// The same before calibration.
    pub raw: f64,
    /// Why.
    pub reasons: Vec<Reason>,
    /// What is done.
    pub decision: &'static str,
    /// What is kept of it, with the act that is known by now.
    pub snapshot: Snapshot,
    /// The model that judged.
    pub model: String,
    /// Let in unjudged.
    pub degraded: bool,
}

impl Conn {
    /// What is known of the link of a guest in one generation, and of previews since `previews_since`.
    pub async fn link(
        &mut self,
        guest: GuestId,
        generation: u32,
        previews_since: Timestamp,
    ) -> Result<Option<LinkRow>> {
        const SQL: &str =
            "select g.id, g.event_id, g.party_id, i.state, i.key_id, e.ends_at, e.policy, k.state,
                k.revision, (select max(f.at) from fetches f
                    where f.guest_id = g.id and f.at >= $3 and f.class = 'preview'),
                g.email is not null or g.phone is not null
            from guests g
            join events e on e.id = g.event_id
            left join invites i on i.guest_id = g.id and i.generation = $2
            left join guest_risk k on k.guest_id = g.id
            where g.id = $1";
        self.optional(SQL, args![guest, generation, previews_since]).await
    }

    /// An access, by its id. Whose event it is not gets nothing.
    pub async fn access(&mut self, actor: &Actor, access: AccessId) -> Result<Option<AccessRow>> {
        const SQL: &str =
            "select id, guest_id, event_id, generation, class, test, band, p, raw, snapshot, reasons, facts,
                degraded, decision, label, act, new_look,
                reasons_before is not null, scored_again_at, at
            from accesses where id = $1 and ($3 or exists
                (select 1 from members m where m.event_id = accesses.event_id and m.account_id = $2))";
        let account = actor.account_id();
        let row: Option<AccessRow> = self.optional(SQL, args![access, account, account.is_none()]).await?;
        Ok(row.filter(|row| actor.reaches_guest(row.guest_id)))
    }

    /// How many guests' latest openings are in each band, as `(band, accesses)`: each access counts once.
    pub async fn access_counts(&mut self, event: EventId) -> Result<Vec<(String, i64)>> {
        const SQL: &str = "select band, cast(count(*) as bigint) from accesses
            where event_id = $1 and band is not null group by band";
        self.all(SQL, args![event]).await
    }

    /// Openings of an event an hour since `since`, as `(hour, all, in a band above low)`; the hour is
    /// counted in hours since 1970.
    pub async fn openings_by_hour(
        &mut self,
        event: EventId,
        since: Timestamp,
    ) -> Result<Vec<(i64, i64, i64)>> {
        const SQL: &str = "select at / 3600000000, cast(count(*) as bigint),
                cast(sum(case when band = 'low' then 0 else 1 end) as bigint)
            from accesses where event_id = $1 and at >= $2 and band is not null
            group by at / 3600000000 order by 1";
        self.all(SQL, args![event, since]).await
    }
}

impl Store {
    /// Writes an opening with all that it changes. `false`: the guest's risk row is not the one that was
    /// read, and nothing was written.
    ///
    /// # Errors
    /// [`StoreError::Orphan`] where the guest is gone, [`StoreError::Busy`] where too many wait.
    pub async fn write_access(&self, write: AccessWrite) -> Result<bool> {
        match &self.kind {
            // One that begins a link is seldom, and no statement for many.
            Kind::Postgres(postgres) if write.begins_link.is_none() => {
                postgres.accesses.write(&postgres.pool, &self.fed, write).await
            }
            Kind::Postgres(_) | Kind::Sqlite(_) => {
                let write = Arc::new(write);
                self.write(async move |tx: &mut WriteTx| tx.write_access(&write).await).await
            }
        }
    }
}

impl WriteTx {
    /// Writes an opening with all that it changes, in this transaction. `false`: the guest's risk row is
    /// not the one that was read, and nothing was written.
    pub async fn write_access(&mut self, write: &AccessWrite) -> Result<bool> {
        let new = &write.access;
        if let Some((risk, revision)) = &write.risk {
            if let Some(begins) = &write.begins_link
                && !self.begin_link(new.event, new.guest, new.generation, begins, new.at).await?
            {
                return Ok(false);
            }
            if !self.set_guest_risk(new.event, new.guest, *revision, risk).await? {
                return Ok(false);
            }
            if let Some(device) = new.device {
                self.touch_device(new.event, device, new.guest, new.own, new.at).await?;
            }
            self.open_invite(new.guest, new.generation, new.at).await?;
        }
        self.insert_access(new, write.revision()).await?;
        let Noted { sightings, evicted, housemates } = &write.noted;
        self.note_sightings(new.guest, new.at, sightings, evicted, housemates).await?;
        for fact in &write.facts {
            self.append_feed(fact).await?;
        }
        Ok(true)
    }

    /// Stores an access, and apart from it what was seen raw.
    /// `revision`: the guest's risk row that came of it.
    pub async fn insert_access(&mut self, new: &NewAccess, revision: Option<i64>) -> Result<()> {
        const ACCESS: &str =
            "insert into accesses (id, event_id, guest_id, generation, class, test, band, p, raw, leak,
                reasons, snapshot, facts, model, degraded, decision, device_id, new_look, revision, at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
        const SIGNALS: &str =
            "insert into access_signals (access_id, event_id, guest_id, address, headers, signals, at)
            values ($1, $2, $3, $4, $5, $6, $7)";
        let n = new;
        self.execute(
            ACCESS,
            args![
                n.id,
                n.event,
                n.guest,
                n.generation,
                n.class,
                n.test,
                n.band,
                n.p,
                n.raw,
                n.leak,
                json(&n.reasons)?,
                json(&n.snapshot)?,
                n.facts,
                n.model,
                n.degraded,
                n.decision,
                n.device,
                n.new_look,
                revision,
                n.at
            ],
        )
        .await?;
        self.execute(SIGNALS, args![n.id, n.event, n.guest, n.address, n.headers, n.signals, n.at])
            .await
            .map(|_| ())
    }

    /// Stores what judging an access again made of it. What it was judged before is kept, where the guest's risk row
    /// stands on it.
    pub async fn rejudge_access(&mut self, new: &Rejudged) -> Result<()> {
        const SQL: &str = "update accesses set class = 'human', band = $2, p = $3, raw = $4, reasons = $5,
                decision = $6, snapshot = $7, model = $8, degraded = $9, revision = null
            where id = $1";
        self.keep_judgement(new.access).await?;
        let n = new;
        let (reasons, snapshot) = (json(&n.reasons)?, json(&n.snapshot)?);
        let args = args![n.access, n.band, n.p, n.raw, reasons, n.decision, snapshot, n.model, n.degraded];
        self.execute(SQL, args).await.map(|_| ())
    }

    /// A machine's after all: it leaves the count, and no device stands on it.
    pub async fn unscore_access(&mut self, access: AccessId) -> Result<()> {
        const SQL: &str =
            "update accesses set class = 'scanner', band = null, decision = 'allow', new_look = false, revision = null
            where id = $1";
        self.keep_judgement(access).await?;
        self.execute(SQL, args![access]).await.map(|_| ())
    }

    /// Notes the organiser's word.
    pub async fn label_access(&mut self, access: AccessId, label: &'static str) -> Result<()> {
        const SQL: &str = "update accesses set label = $2 where id = $1";
        self.execute(SQL, args![access, label]).await.map(|_| ())
    }

    /// Keeps what speaks of an opening before the organiser's first word on it, since that has it judged again.
    pub async fn keep_reasons(&mut self, access: AccessId) -> Result<()> {
        const SQL: &str =
            "update accesses set reasons_before = reasons where id = $1 and reasons_before is null";
        self.execute(SQL, args![access]).await.map(|_| ())
    }

    /// Deletes what was seen raw before `before`, at most `limit` rows, and says how many.
    pub async fn prune_access_signals(&mut self, before: Timestamp, limit: i64) -> Result<u64> {
        const SQL: &str = "delete from access_signals where access_id in
            (select access_id from access_signals where at < $1 order by at limit $2)";
        self.execute(SQL, args![before, limit]).await
    }
}

/// The start of the hour that is `hours` after 1970.
pub fn hour_start(hours: i64) -> Timestamp {
    from_micros(hours.saturating_mul(3_600_000_000))
}
