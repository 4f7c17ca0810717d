//! What the team says of a guest's openings, and what it decided so far.

use axum::extract::{Path, State};
use axum::response::Response;
use gg_domain::actor::{Permission, Role};
use gg_domain::decision::Decision;
use gg_domain::id::{AccessId, GuestId};
use gg_domain::risk::Label;
use gg_store::DecisionRow as StoredDecision;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::DecisionRow;
use super::act::after;
use crate::forms::Posted;
use crate::pages::organiser::Organiser;
use crate::problem::Problem;
use crate::state::Web;
use crate::time_words::ago;

/// `POST /guests/{id}/openings/{access_id}/label`.
pub(super) async fn label(
    State(web): State<Web>,
    Path((guest, access)): Path<(Uuid, Uuid)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (guest, access) = (GuestId::from_uuid(guest), AccessId::from_uuid(access));
    let label = Label::parse(posted.fields.text("label"));
    of_guest(&web, &posted.organiser, guest, access).await?;
    let label = label.ok_or_else(|| Problem::bad_request("there is no such word"))?;
    let actor = posted.organiser.to(Permission::LabelAccesses);
    let labelled = web.app.label_access(actor, access, label).await;
    after(&web, &posted.organiser, guest, labelled.map(drop), "labelled#decided").await
}

/// `POST /guests/{id}/openings/{access_id}/trust`.
pub(super) async fn trust(
    State(web): State<Web>,
    Path((guest, access)): Path<(Uuid, Uuid)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (guest, access) = (GuestId::from_uuid(guest), AccessId::from_uuid(access));
    of_guest(&web, &posted.organiser, guest, access).await?;
    let trusted = web.app.trust_device(posted.organiser.to(Permission::LabelAccesses), access).await;
    after(&web, &posted.organiser, guest, trusted.map(drop), "trusted#devices").await
}

/// The opening is one of this guest's, and who asks may speak of it.
async fn of_guest(web: &Web, organiser: &Organiser, guest: GuestId, access: AccessId) -> Result<(), Problem> {
    let may = organiser.to(Permission::LabelAccesses);
    web.app.guest(may, guest).await?;
    let (row, _) = web.app.access(may, access).await?;
    if row.guest_id == guest { Ok(()) } else { Err(Problem::not_found()) }
}

/// What was decided, in words. Who is on the team is the owner's affair: others read "your team".
pub(super) fn rows(
    decisions: &[StoredDecision],
    organiser: &Organiser,
    role: Role,
    zone: &TimeZone,
) -> Vec<DecisionRow> {
    let row = |row: &StoredDecision| {
        let who = match &row.email {
            _ if row.account_id == Some(organiser.account) => "You".to_string(),
            Some(email) if Permission::Members.allows(role) => email.as_str().to_string(),
            _ => "Somebody of your team".to_string(),
        };
        let about = row.opened_at.map(|at| format!(" ({})", ago(at, organiser.now, zone).said));
        DecisionRow {
            text: format!("{}{}", words(row.decision), about.unwrap_or_default()),
            who,
            at: ago(row.at, organiser.now, zone),
        }
    };
    decisions.iter().map(row).collect()
}

const fn words(decision: Decision) -> &'static str {
    match decision {
        Decision::WasGuest => "An opening was the guest",
        Decision::WasNotGuest => "An opening was somebody else",
        Decision::DeviceTrusted => "The device of an opening is the guest’s",
        Decision::DevicesForgotten => "The known devices were forgotten",
        Decision::BaselineReset => "All that was known was forgotten",
        Decision::LinkIssued => "A link was made",
        Decision::LinkReissued => "The link was replaced",
        Decision::LinkRevoked => "The link was revoked",
    }
}
