//! Openings of which somebody said who they were, as they were judged before that word.

use gg_domain::id::EventId;
use gg_domain::risk::{Label, Reason};

use crate::db::Conn;
use crate::error::Result;
use crate::value::{Json, args, row};

row! {
    /// A labelled opening.
    pub struct LabelledRow {
        /// What spoke before the first word on it.
        pub reasons: Json<Vec<Reason>>,
        /// The latest word.
        pub label: Label,
    }
}

impl Conn {
    /// Labelled openings of an event, the latest first. Those labelled before reasons were kept are left out: what
    /// stands beside them was judged with the word already known.
    pub async fn labelled_openings(&mut self, event: EventId, limit: i64) -> Result<Vec<LabelledRow>> {
        const SQL: &str = "select reasons_before, label from accesses
            where event_id = $1 and label is not null and reasons_before is not null
            order by at desc, id desc limit $2";
        self.all(SQL, args![event, limit]).await
    }
}
