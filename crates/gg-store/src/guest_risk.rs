//! What is remembered of a guest to judge his openings: his risk row, and the devices that opened his link.
//!
//! The row is written on the condition that it still is the one that was read (`revision`): who lost that race reads and
//! judges again.

use gg_domain::actor::Actor;
use gg_domain::id::{DeviceId, EventId, GuestId, PartyId};
use gg_domain::risk::{Band, GuestRisk};
use jiff::Timestamp;

use crate::db::{Conn, WriteTx};
use crate::error::Result;
use crate::value::{Json, args, json, row};

/// Other guests of one device that are looked up: past a dozen the evidence grows no more.
const TOUCHED_MAX: i64 = 16;

row! {
    /// A guest whose link a device opened.
    pub struct TouchedRow {
        /// Who.
        pub guest_id: GuestId,
        /// Of which party.
        pub party_id: PartyId,
        /// There it was the first device, or a known one.
        pub own: bool,
        /// When last.
        pub at: Timestamp,
    }
}

impl Conn {
    /// A guest's risk row, and the number of its changes (0 where there is none). To whose event it is
    /// not there is none.
    pub async fn guest_risk(&mut self, actor: &Actor, guest: GuestId) -> Result<(GuestRisk, i64)> {
        const SQL: &str = "select state, revision from guest_risk where guest_id = $1 and ($3 or exists
                (select 1 from members m where m.event_id = guest_risk.event_id and m.account_id = $2))";
        if !actor.reaches_guest(guest) {
            return Ok((GuestRisk::default(), 0));
        }
        let account = actor.account_id();
        let row: Option<(Json<GuestRisk>, i64)> =
            self.optional(SQL, args![guest, account, account.is_none()]).await?;
        Ok(row.map_or_else(|| (GuestRisk::default(), 0), |(Json(risk), revision)| (risk, revision)))
    }

    /// Other guests of the event whose links this device opened: since `since`, and at any time those of the same party
    /// and those whose own device it is.
    pub async fn touched(
        &mut self,
        event: EventId,
        device: DeviceId,
        guest: GuestId,
        party: PartyId,
        since: Timestamp,
    ) -> Result<Vec<TouchedRow>> {
        const SQL: &str = "select d.guest_id, g.party_id, d.own, d.last_at
            from guest_devices d join guests g on g.id = d.guest_id
            where d.event_id = $1 and d.device_id = $2 and d.guest_id <> $3
                and (d.last_at >= $4 or g.party_id = $5 or d.own)
            order by d.last_at desc limit $6";
        self.all(SQL, args![event, device, guest, since, party, TOUCHED_MAX]).await
    }
}

impl WriteTx {
    /// Writes a guest's risk row if it still is at `revision` (0: there is none yet). What changed it is kept beside it
    /// by whoever calls this: an opening as its access, all else by [`WriteTx::change_guest_risk`].
    pub(crate) async fn set_guest_risk(
        &mut self,
        event: EventId,
        guest: GuestId,
        revision: i64,
        risk: &GuestRisk,
    ) -> Result<bool> {
        const SQL: &str =
            "insert into guest_risk (guest_id, event_id, state, band, opened_at, seen_at, revision)
            values ($1, $2, $3, $4, $5, $6, $7 + 1)
            on conflict (guest_id) do update set state = $3, band = $4, opened_at = $5, seen_at = $6,
                revision = $7 + 1
            where guest_risk.revision = $7 returning revision";
        let (state, band) = (json(risk)?, risk.standing.map(Band::as_str));
        let args = args![guest, event, state, band, risk.first_human_at, risk.last_at, revision];
        Ok(self.returning::<(i64,)>(SQL, args).await?.is_some())
    }

    /// Notes that a device opened a guest's link; once his `own`, it stays so.
    pub async fn touch_device(
        &mut self,
        event: EventId,
        device: DeviceId,
        guest: GuestId,
        own: bool,
        at: Timestamp,
    ) -> Result<()> {
        const SQL: &str = "insert into guest_devices (event_id, device_id, guest_id, own, first_at, last_at)
            values ($1, $2, $3, $4, $5, $5)
            on conflict (event_id, device_id, guest_id) do update set last_at = $5, own = guest_devices.own or $4";
        self.execute(SQL, args![event, device, guest, own, at]).await.map(|_| ())
    }

    /// Forgets that a device opened a guest's link: no person did.
    pub async fn untouch_device(&mut self, event: EventId, device: DeviceId, guest: GuestId) -> Result<()> {
        const SQL: &str =
            "delete from guest_devices where event_id = $1 and device_id = $2 and guest_id = $3";
        self.execute(SQL, args![event, device, guest]).await.map(|_| ())
    }

    /// Forgets which devices opened a guest's link.
    pub async fn forget_guest_devices(&mut self, guest: GuestId) -> Result<()> {
        const SQL: &str = "delete from guest_devices where guest_id = $1";
        self.execute(SQL, args![guest]).await.map(|_| ())
    }
}
