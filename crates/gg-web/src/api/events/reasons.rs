//! `GET /api/v1/events/{event_id}/reasons`

use axum::extract::State;
use gg_app::WeighedReasons;
use gg_domain::id::EventId;
use gg_domain::precision::Precision;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Id, Signed};
use crate::problem::Problem;
use crate::state::Web;

/// How often reasons were right, by your own words.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReasonsWeighed {
    /// How many openings you said who they were.
    labelled: usize,
    /// Each reason that spoke against one of them, the one that spoke most often first.
    data: Vec<ReasonWeighed>,
}

/// What became of the openings that a reason spoke against.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReasonWeighed {
    /// The reason.
    #[schema(value_type = String, example = "DEV_NEW")]
    code: &'static str,
    /// The same in words, after "Opened …".
    #[schema(value_type = String, example = "on a device never seen before")]
    sentence: &'static str,
    /// Labelled openings that it spoke against, as they were judged before the label.
    spoke: u32,
    /// Those of them that you said were not the guest.
    right: u32,
    /// With 95 % confidence it is right at least so often, 0 to 1.
    least: f64,
    /// And at most so often.
    most: f64,
}

impl From<WeighedReasons> for ReasonsWeighed {
    fn from(weighed: WeighedReasons) -> Self {
        let data = weighed.reasons.into_iter().map(ReasonWeighed::from).collect();
        Self { labelled: weighed.labelled, data }
    }
}

impl From<Precision> for ReasonWeighed {
    fn from(one: Precision) -> Self {
        let (least, most) = one.interval();
        let (code, sentence) = (one.code.as_str(), one.code.sentence());
        Self { code, sentence, spoke: one.spoke, right: one.right, least, most }
    }
}

/// Read how often reasons were right
///
/// By what you said of openings. A few words say little: look at the interval before you change anything.
#[utoipa::path(
    get, path = "/api/v1/events/{event_id}/reasons", tag = "Events",
    params(("event_id" = Uuid, Path, description = "The event.")),
    responses((status = 200, description = "The reasons that spoke against labelled openings.", body = ReasonsWeighed))
)]
pub(super) async fn weigh_reasons(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(event): Id<EventId>,
) -> Result<axum::Json<ReasonsWeighed>, Problem> {
    Ok(axum::Json(web.app.weigh_reasons(actor, event).await?.into()))
}
