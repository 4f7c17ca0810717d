//! How often each reason was right, by what the organiser said of openings.

use gg_domain::actor::Actor;
use gg_domain::id::EventId;
use gg_domain::precision::{Precision, precision};
use gg_store::Conn;

use crate::App;
use crate::error::Result;
use crate::plan_event::member;

/// Labelled openings that are counted, the latest first: more than anybody labels by hand.
const LABELLED_MAX: i64 = 10_000;

/// How often reasons were right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WeighedReasons {
    /// How many openings somebody said who they were.
    pub labelled: usize,
    /// Each reason that spoke against one of them, the one that spoke most often first.
    pub reasons: Vec<Precision>,
}

impl App {
    /// How often each reason that spoke against an opening of the event was right, by the team's words.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Forbidden`].
    pub async fn weigh_reasons(&self, actor: Actor, event: EventId) -> Result<WeighedReasons> {
        let rows = self
            .store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member(conn, &actor, event).await?;
                Ok(conn.labelled_openings(event, LABELLED_MAX).await?)
            })
            .await?;
        let reasons = precision(rows.iter().map(|row| (row.reasons.0.as_slice(), row.label)));
        Ok(WeighedReasons { labelled: rows.len(), reasons })
    }
}
