//! `GET /api/v1/guests/{guest_id}/decisions`

use axum::extract::State;
use gg_domain::id::GuestId;
use gg_store::DecisionRow;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::paging::{Page, PageQuery};
use crate::extract::{Id, Query, Signed};
use crate::problem::Problem;
use crate::state::Web;

/// What somebody of the team decided about a guest. Ids alone: it is gone with the guest.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GuestDecision {
    /// Its id.
    decision_id: Uuid,
    /// What: `was_guest`, `was_not_guest`, `device_trusted`, `devices_forgotten`, `baseline_reset`, `link_issued`,
    /// `link_reissued`, `link_revoked`.
    #[schema(value_type = String, example = "was_guest")]
    decision: &'static str,
    /// Who decided; null for the program itself.
    #[schema(required)]
    account_id: Option<Uuid>,
    /// The opening that it is about; null where it is about none.
    #[schema(required)]
    access_id: Option<Uuid>,
    /// When.
    at: Timestamp,
}

impl From<DecisionRow> for GuestDecision {
    fn from(row: DecisionRow) -> Self {
        Self {
            decision_id: row.id.uuid(),
            decision: row.decision.as_str(),
            account_id: row.account_id.map(Into::into),
            access_id: row.access_id.map(Into::into),
            at: row.at,
        }
    }
}

/// Read what was decided about a guest
///
/// The latest first.
#[utoipa::path(
    get, path = "/api/v1/guests/{guest_id}/decisions", tag = "Guests",
    params(("guest_id" = Uuid, Path, description = "The guest."), PageQuery),
    responses((status = 200, description = "A page of decisions.", body = Page<GuestDecision>))
)]
pub(super) async fn list_decisions(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(guest): Id<GuestId>,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<GuestDecision>>, Problem> {
    let paging = page.paging().map_err(Problem::invalid)?;
    let (page, _) = web.app.decisions(actor, guest, paging).await?;
    Ok(axum::Json(Page::of(page, GuestDecision::from)))
}
