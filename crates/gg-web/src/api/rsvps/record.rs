//! `PUT /api/v1/guests/{guest_id}/rsvp`

use std::collections::BTreeMap;

use axum::extract::State;
use gg_domain::fields::FieldErrors;
use gg_domain::id::GuestId;
use gg_domain::rsvp::{Answer, AnswerInput};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{PastRsvp, PlusOne, Rsvp, RsvpWithHistory};
use crate::extract::Signed;
use crate::extract::{Id, Input, Json};
use crate::problem::Problem;
use crate::state::Web;

/// An answer that came another way.
#[derive(Deserialize, ToSchema)]
pub struct RecordRsvp {
    /// Coming?
    attending: bool,
    /// Who comes along, as many as the guest may bring.
    #[serde(default)]
    #[schema(max_items = 50)]
    plus_ones: Vec<PlusOne>,
    /// A word to the host.
    #[schema(max_length = 2000)]
    note: Option<String>,
    /// Answers to the event's questions.
    #[serde(default)]
    answers: BTreeMap<String, String>,
}

impl Input for RecordRsvp {
    fn faults(self) -> FieldErrors {
        Answer::parse(&self.into()).err().unwrap_or_default()
    }
}

impl From<RecordRsvp> for AnswerInput {
    fn from(record: RecordRsvp) -> Self {
        let RecordRsvp { attending, plus_ones, note, answers } = record;
        let plus_ones = plus_ones.into_iter().map(|plus_one| plus_one.name).collect();
        Self { attending, plus_ones, note, answers: answers.into_iter().collect() }
    }
}

/// Record a guest's answer
///
/// Your record of an answer that came by telephone or by word of mouth; after the deadline too.
#[utoipa::path(
    put, path = "/api/v1/guests/{guest_id}/rsvp", tag = "Answers",
    params(("guest_id" = Uuid, Path, description = "The guest.")), request_body = RecordRsvp,
    responses(
        (status = 200, description = "His answer as it is now.", body = RsvpWithHistory),
        (status = 409, description = "The event is full.")
    )
)]
pub(super) async fn record_rsvp(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(guest): Id<GuestId>,
    Json(record): Json<RecordRsvp>,
) -> Result<axum::Json<RsvpWithHistory>, Problem> {
    web.app.record_answer(actor, guest, &record.into()).await?;
    let (row, history, role) = web.app.answer_of(actor, guest).await?;
    let rsvp = row.map_or_else(|| Rsvp::none(guest), |row| Rsvp::seen_by(role, row));
    let history = history.into_iter().map(|row| PastRsvp::seen_by(role, row)).collect();
    Ok(axum::Json(RsvpWithHistory { rsvp, history }))
}
