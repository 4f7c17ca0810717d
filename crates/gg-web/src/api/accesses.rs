//! `POST /api/v1/accesses/{access_id}/label`, `…/trust-device`: the organiser's word on an opening.

use axum::extract::State;
use gg_domain::actor::Permission;
use gg_domain::id::AccessId;
use gg_domain::risk::Label;
use gg_store::AccessRow;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::guests::Band;
use crate::extract::Signed;
use crate::extract::{Id, Input, Json};
use crate::problem::Problem;
use crate::route::{Routes, route};
use crate::state::Web;

/// The operations on accesses.
pub fn routes() -> Routes {
    // Whoever may say that it was the guest, which trusts the device and more, may say the lesser too.
    Routes::new()
        .merge(route(Permission::LabelAccesses, routes!(label_access)))
        .merge(route(Permission::LabelAccesses, routes!(trust_device)))
}

/// The organiser's word on an opening.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LabelWord {
    /// It was the guest.
    Guest,
    /// It was not.
    NotGuest,
}

/// A word on an opening.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LabelAccess {
    /// `guest` releases a pending answer and trusts the device; `not_guest` drops a pending answer and takes the device
    /// out of what is known of the guest.
    label: LabelWord,
}

impl Input for LabelAccess {}

/// An opening of a link, as the organiser sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct LabelledAccess {
    /// Its id.
    access_id: Uuid,
    /// The event.
    event_id: Uuid,
    /// Whose link.
    guest_id: Uuid,
    /// Its band.
    #[schema(required)]
    band: Option<Band>,
    /// The band's word for people.
    #[schema(required, value_type = Option<String>, example = "Verified")]
    band_label: Option<&'static str>,
    /// The organiser's word.
    #[schema(required)]
    label: Option<LabelWord>,
    /// What is done: `allow`, `step_up`, `hold` or `block`.
    #[schema(example = "allow")]
    decision: String,
    /// Let in unjudged.
    degraded: bool,
    /// What spoke, the strongest first.
    reasons: Vec<AccessReason>,
    /// When.
    at: Timestamp,
}

/// One piece of evidence.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessReason {
    /// What spoke.
    #[schema(value_type = String, example = "DEV_NEW")]
    code: &'static str,
    /// How loudly, in nats: positive against the guest, negative for.
    nats: f64,
    /// The same in words, after "Opened …".
    #[schema(value_type = String, example = "on a device never seen before")]
    sentence: &'static str,
}

impl From<LabelWord> for Label {
    fn from(word: LabelWord) -> Self {
        match word {
            LabelWord::Guest => Self::Guest,
            LabelWord::NotGuest => Self::NotGuest,
        }
    }
}

impl From<Label> for LabelWord {
    fn from(label: Label) -> Self {
        match label {
            Label::Guest => Self::Guest,
            Label::NotGuest => Self::NotGuest,
        }
    }
}

impl From<AccessRow> for LabelledAccess {
    fn from(row: AccessRow) -> Self {
        let band = row.band.as_deref().and_then(gg_domain::risk::Band::parse);
        let reasons = row.reasons.0.into_iter().map(|reason| AccessReason {
            code: reason.code.as_str(),
            nats: reason.nats,
            sentence: reason.sentence(),
        });
        Self {
            access_id: row.id.uuid(),
            event_id: row.event_id.uuid(),
            guest_id: row.guest_id.uuid(),
            band: band.map(Band::from),
            band_label: band.map(gg_domain::risk::Band::label),
            label: row.label.as_deref().and_then(Label::parse).map(LabelWord::from),
            decision: row.decision,
            degraded: row.degraded,
            reasons: reasons.collect(),
            at: row.at,
        }
    }
}

/// Say whether an opening was the guest
///
/// It is judged again, and told to the live feed again under the same id.
#[utoipa::path(
    post, path = "/api/v1/accesses/{access_id}/label", tag = "Activity",
    params(("access_id" = Uuid, Path, description = "The opening.")), request_body = LabelAccess,
    responses(
        (status = 200, description = "The opening as it is judged now.", body = LabelledAccess),
        (status = 409, description = "Its pending answer does not fit into the event any more."),
        (status = 412, description = "The guest opened the link at that very moment: say it again.")
    )
)]
async fn label_access(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(access): Id<AccessId>,
    Json(word): Json<LabelAccess>,
) -> Result<axum::Json<LabelledAccess>, Problem> {
    let row = web.app.label_access(actor, access, word.label.into()).await?;
    Ok(axum::Json(row.into()))
}

/// Trust the device of an opening
///
/// It is the guest's from now on. Of the link that says nothing: what others did with it stays suspicious, and an answer
/// that waits goes on waiting. The opening is judged again, and told to the live feed again under the same id.
#[utoipa::path(
    post, path = "/api/v1/accesses/{access_id}/trust-device", tag = "Activity",
    params(("access_id" = Uuid, Path, description = "The opening.")),
    responses(
        (status = 200, description = "The opening as it is judged now.", body = LabelledAccess),
        (status = 412, description = "The guest opened the link at that very moment: say it again.")
    )
)]
async fn trust_device(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(access): Id<AccessId>,
) -> Result<axum::Json<LabelledAccess>, Problem> {
    Ok(axum::Json(web.app.trust_device(actor, access).await?.into()))
}
