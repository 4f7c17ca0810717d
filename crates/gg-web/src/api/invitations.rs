//! `POST /api/v1/events/{event_id}/invitations`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use gg_app::{Recipients, Sent};
use gg_domain::actor::Permission;
use gg_domain::fields::FieldErrors;
use gg_domain::id::{EventId, GuestId};
use gg_domain::message::{Channel, MessageKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::extract::Signed;
use crate::extract::{Id, Input, Json};
use crate::problem::Problem;
use crate::route::{Routes, route};
use crate::state::Web;

/// The operations on invitations.
pub fn routes() -> Routes {
    Routes::new().merge(route(Permission::Links, routes!(send_invitations)))
}

/// To whom invitations go, and how. Either `guest_ids` or `all`.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SendInvitations {
    /// Guests of the event.
    #[schema(min_items = 1, max_items = 10_000)]
    guest_ids: Option<Vec<Uuid>>,
    /// Every guest of the event.
    all: Option<bool>,
    /// The way on which they go.
    channel: ChannelWord,
    /// What they say.
    kind: InvitationKind,
}

impl Input for SendInvitations {}

/// The way on which a message goes.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChannelWord {
    /// Mail.
    Email,
    /// A text message.
    Sms,
    /// WhatsApp.
    Whatsapp,
}

/// What a message says.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum InvitationKind {
    /// The first word.
    Invitation,
    /// A reminder for who has not answered.
    Reminder,
}

/// What came of sending.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentInvitations {
    /// Messages on their way.
    queued: usize,
    /// Guests who cannot be reached that way.
    skipped: Vec<SkippedGuest>,
}

/// A guest who cannot be reached.
#[derive(Debug, Serialize, ToSchema)]
pub struct SkippedGuest {
    /// Who.
    guest_id: Uuid,
    /// Why.
    #[schema(example = "no e-mail channel is set up")]
    reason: String,
}

impl SendInvitations {
    fn recipients(&self) -> Result<Recipients, FieldErrors> {
        const EITHER: &str = "name guests, or say all, and not both";
        match (&self.guest_ids, self.all.unwrap_or(false)) {
            (None, true) => Ok(Recipients::All),
            (Some(ids), false) => Ok(Recipients::Named(ids.iter().copied().map(GuestId::from).collect())),
            (Some(_), true) => Err(FieldErrors::one("/all", EITHER)),
            (None, false) => Err(FieldErrors::one("/guest_ids", EITHER)),
        }
    }
}

impl From<ChannelWord> for Channel {
    fn from(word: ChannelWord) -> Self {
        match word {
            ChannelWord::Email => Self::Email,
            ChannelWord::Sms => Self::Sms,
            ChannelWord::Whatsapp => Self::WhatsApp,
        }
    }
}

impl From<InvitationKind> for MessageKind {
    fn from(word: InvitationKind) -> Self {
        match word {
            InvitationKind::Invitation => Self::Invitation,
            InvitationKind::Reminder => Self::Reminder,
        }
    }
}

impl From<Sent> for SentInvitations {
    fn from(sent: Sent) -> Self {
        let told = sent.skipped.into_iter();
        let skipped =
            told.map(|skipped| SkippedGuest { guest_id: skipped.guest.uuid(), reason: skipped.reason });
        Self { queued: sent.queued, skipped: skipped.collect() }
    }
}

/// Send invitations or reminders
///
/// Each guest gets his own link. Who cannot be reached that way is named in `skipped`: while a channel is not set up,
/// that is everybody.
#[utoipa::path(
    post, path = "/api/v1/events/{event_id}/invitations", tag = "Links",
    params(("event_id" = Uuid, Path, description = "The event.")), request_body = SendInvitations,
    responses((status = 202, description = "What is on its way.", body = SentInvitations))
)]
async fn send_invitations(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(event): Id<EventId>,
    Json(send): Json<SendInvitations>,
) -> Result<impl IntoResponse, Problem> {
    let recipients = send.recipients().map_err(Problem::invalid)?;
    let sent =
        web.app.send_invitations(actor, event, recipients, send.channel.into(), send.kind.into()).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(SentInvitations::from(sent))))
}
