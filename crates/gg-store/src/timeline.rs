//! What happened to a guest's link: fetches, openings and answers in one list.

use gg_domain::actor::Actor;
use gg_domain::id::GuestId;
use gg_domain::message::Channel;
use jiff::Timestamp;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;
use crate::page::{Page, Paging};
use crate::value::{args, row};

row! {
    /// A line of a guest's timeline.
    pub struct TimelineRow {
        /// Of the fetch, the opening or the answer.
        pub id: Uuid,
        /// `fetched`, `tested`, `opened` or `answered`; of a message `queued`, `sent` or `skipped`.
        pub status: String,
        /// The class of a fetch, the band of an opening, whose word an answer was, what a message says or why it was
        /// not sent.
        pub detail: Option<String>,
        /// When.
        pub at: Timestamp,
        /// The way on which a message went.
        pub channel: Option<Channel>,
    }
}

impl Conn {
    /// What happened to a guest's link, the oldest first, at most `limit` of each kind. Whose event it
    /// is not gets none.
    pub async fn timeline(&mut self, actor: &Actor, guest: GuestId, limit: i64) -> Result<Vec<TimelineRow>> {
        const FETCHED: &str = "select id, 'fetched', class, at, null from fetches where guest_id = $1 order by at desc limit $2";
        const OPENED: &str =
            "select id, case when test then 'tested' when band is null then 'fetched' else 'opened' end,
                coalesce(band, class), at, null
            from accesses where guest_id = $1 order by id desc limit $2";
        const ANSWERED: &str = "select id, 'answered', source, at, null from rsvp_history where guest_id = $1
            order by id desc limit $2";
        const SENT: &str =
            "select id, state, coalesce(detail, kind), coalesce(done_at, created_at), channel from outbox
            where guest_id = $1 order by id desc limit $2";
        if self.guest(actor, guest).await?.is_none() {
            return Ok(Vec::new());
        }
        let mut rows: Vec<TimelineRow> = self.all(FETCHED, args![guest, limit]).await?;
        rows.extend(self.all::<TimelineRow>(OPENED, args![guest, limit]).await?);
        rows.extend(self.all::<TimelineRow>(ANSWERED, args![guest, limit]).await?);
        rows.extend(self.all::<TimelineRow>(SENT, args![guest, limit]).await?);
        rows.sort_by_key(|row| row.at);
        Ok(rows)
    }

    /// A page of what happened to a guest's link, the oldest first. Whose event it is not gets none.
    pub async fn timeline_page(
        &mut self,
        actor: &Actor,
        guest: GuestId,
        paging: &Paging<Uuid>,
    ) -> Result<Page<TimelineRow, Uuid>> {
        const SQL: &str = "select id, status, detail, at, channel from (
                select id, status, detail, at, null as channel from (
                    select id, 'fetched' as status, class as detail, at from fetches
                    where guest_id = $1 and id > $2 order by id limit $3) as fetched
                union all select id, status, detail, at, null as channel from (
                    select id, case when test then 'tested' when band is null then 'fetched' else 'opened' end
                        as status, coalesce(band, class) as detail, at
                    from accesses where guest_id = $1 and id > $2 order by id limit $3) as opened
                union all select id, status, detail, at, null as channel from (
                    select id, 'answered' as status, source as detail, at from rsvp_history
                    where guest_id = $1 and id > $2 order by id limit $3) as answered
                union all select id, status, detail, at, channel from (
                    select id, state as status, coalesce(detail, kind) as detail,
                        coalesce(done_at, created_at) as at, channel from outbox
                    where guest_id = $1 and id > $2 order by id limit $3) as sent
            ) as lines order by id limit $3";
        if self.guest(actor, guest).await?.is_none() {
            return Ok(Page { rows: Vec::new(), next: None });
        }
        let rows = self.all(SQL, args![guest, paging.above(), paging.rows()]).await?;
        Ok(paging.page(rows, |row: &TimelineRow| row.id))
    }
}
