//! Shows a guest to the organiser.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use gg_app::{Link, Outlet};
use gg_domain::actor::{Permission, Role};
use gg_domain::id::GuestId;
use gg_domain::risk::{GuestRisk, KnownDevice};
use gg_domain::rsvp::Source;
use gg_store::{GuestRow, InviteRow, Paging, RsvpRow, TimelineRow as StoredLine};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{AnswerFacts, DeviceRow, GuestPage, LinkState, RecordForm, TimelineKind, TimelineRow};
use super::{act, decided};
use crate::device_words::device_words;
use crate::extract::{Id, Query};
use crate::pages::events::count;
use crate::pages::guests::standing;
use crate::pages::organiser::{Organiser, said};
use crate::pages::{After, html, shown_at};
use crate::place_words::place_words;
use crate::problem::Problem;
use crate::state::Web;
use crate::time_words::{ago, zone};
use crate::view::{Band, Field, Tab};

/// Most fields for names that the form shows at once; who may bring more is written down in two goes or by import.
const NAME_FIELDS_MAX: usize = 20;
/// Decisions that the page shows: the latest are what somebody asks about; the API has all.
const DECISIONS_SHOWN_MAX: i64 = 50;
/// Lines of the timeline that the page shows: what is older tells nothing that the answer does not.
const TIMELINE_SHOWN_MAX: usize = 100;

/// The routes of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/guests/{guest_id}", get(show))
        .route("/guests/{guest_id}/invite", shown_at("/guests/{guest_id}").post(act::issue))
        .route("/guests/{guest_id}/invite/rotate", shown_at("/guests/{guest_id}").post(act::rotate))
        .route("/guests/{guest_id}/invite/revoke", shown_at("/guests/{guest_id}").post(act::revoke))
        .route("/guests/{guest_id}/try", shown_at("/guests/{guest_id}").post(act::try_link))
        .route("/guests/{guest_id}/answer", shown_at("/guests/{guest_id}").post(act::record))
        .route("/guests/{guest_id}/forget-devices", shown_at("/guests/{guest_id}").post(act::forget))
        .route("/guests/{guest_id}/reset-baseline", shown_at("/guests/{guest_id}").post(act::reset))
        .route(
            "/guests/{guest_id}/openings/{access_id}/label",
            shown_at("/guests/{guest_id}").post(decided::label),
        )
        .route(
            "/guests/{guest_id}/openings/{access_id}/trust",
            shown_at("/guests/{guest_id}").post(decided::trust),
        )
        .route("/guests/{guest_id}/erase", shown_at("/guests/{guest_id}").post(act::erase))
}

/// `GET /guests/{id}`.
async fn show(
    State(web): State<Web>,
    Id(guest): Id<GuestId>,
    organiser: Organiser,
    Query(after): Query<After>,
) -> Result<Response, Problem> {
    let mut page = page(&web, &organiser, guest).await?;
    page.chrome.notice = said(after.done.as_deref());
    Ok(html(StatusCode::OK, &page))
}

/// The page as who reads it may see it: the door sees no contacts, notes or words of the guest, and nobody but owner
/// and editor sees a link.
pub(super) async fn page(web: &Web, organiser: &Organiser, guest: GuestId) -> Result<GuestPage, Problem> {
    let read = organiser.to(Permission::ReadGuests);
    let (row, role) = web.app.guest(read, guest).await?;
    let event = web.app.event(organiser.to(Permission::ReadEvent), row.event_id).await?;
    let (answer, ..) = web.app.answer_of(read, guest).await?;
    let timeline = web.app.timeline(read, guest).await?;
    let risk = web.app.guest_risk(read, guest).await?;
    let invite = web.app.living_invite(read, guest).await?;
    let decisions = Paging { after: None, limit: DECISIONS_SHOWN_MAX };
    let (decisions, _) = web.app.decisions(read, guest, decisions).await?;
    let link = match (&invite, Permission::Links.allows(role)) {
        (Some(_), true) => web.app.tell_invite(organiser.to(Permission::Links), guest).await?,
        _ => None,
    };

    let zone = zone(&event.time_zone);
    let told = Told { now: organiser.now, zone: &zone, role };
    Ok(GuestPage {
        chrome: organiser.chrome_of(Tab::Guests, &event),
        event_id: event.id.to_string(),
        id: guest.to_string(),
        name: row.name.as_str().to_string(),
        email: told.private(row.email.as_ref().map(|email| email.as_str().to_string())),
        phone: told.private(row.phone.as_ref().map(|phone| phone.as_str().to_string())),
        household: row.household.clone().unwrap_or_default(),
        notes: told.private(row.notes.clone()),
        plus_ones_allowed: count(row.plus_ones_allowed),
        standing: standing(row.attending, row.pending),
        band: row.band.as_deref().and_then(Band::from_key),
        record: record(&row, answer.as_ref()),
        answer: answer.map(|answer| told.answer(answer)),
        link: told.link(invite.as_ref(), link, &risk),
        timeline: told.timeline(&timeline, invite.as_ref()),
        devices: risk.devices.iter().rev().map(|device| told.device(device)).collect(),
        decisions: decided::rows(&decisions.rows, organiser, role, &zone),
        no_code: no_code(&row, web.app.outlet),
        can_edit: Permission::WriteGuests.allows(role),
    })
}

/// Now, where the event is, and who reads.
struct Told<'a> {
    now: Timestamp,
    zone: &'a TimeZone,
    role: Role,
}

impl Told<'_> {
    /// Contacts, notes and free words: not for the door.
    fn private(&self, text: Option<String>) -> String {
        text.filter(|_| self.role.sees_contacts()).unwrap_or_default()
    }

    fn answer(&self, row: RsvpRow) -> AnswerFacts {
        let answers =
            if self.role.sees_contacts() { row.answers.0.into_iter().collect() } else { Vec::new() };
        AnswerFacts {
            plus_ones: row.plus_ones.0,
            note: self.private(row.note),
            answers,
            source: source_words(row.source).into(),
            at: ago(row.updated_at, self.now, self.zone),
        }
    }

    fn link(&self, invite: Option<&InviteRow>, link: Option<Link>, risk: &GuestRisk) -> LinkState {
        let Some(invite) = invite else { return LinkState::None { revoked: risk.accesses > 0 } };
        let made = ago(invite.created_at, self.now, self.zone).said;
        let detail = match invite.opened_at {
            None => format!("Made {made}, not opened yet."),
            Some(at) => format!("Made {made}, first opened {}.", ago(at, self.now, self.zone).said),
        };
        LinkState::Living { url: link.map(|link| link.url), detail }
    }

    /// What happened, the latest first. Runs of the same kind of fetch are one line: a mail filter asks ten times.
    fn timeline(&self, lines: &[StoredLine], invite: Option<&InviteRow>) -> Vec<TimelineRow> {
        let mut rows: Vec<(Timestamp, TimelineRow, u32)> = Vec::new();
        for line in lines {
            let row = self.line(line);
            match rows.last_mut() {
                Some((at, last, times)) if row.kind == TimelineKind::Fetched && last.text == row.text => {
                    *times += 1;
                    (*at, last.at) = (line.at, row.at);
                }
                _ => rows.push((line.at, row, 1)),
            }
        }
        rows.extend(invite.map(|invite| (invite.created_at, self.made(invite), 1)));
        rows.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
        rows.truncate(TIMELINE_SHOWN_MAX);
        let with_times = |(_, mut row, times): (Timestamp, TimelineRow, u32)| {
            if times > 1 {
                row.detail = format!("{times} times");
            }
            row
        };
        rows.into_iter().map(with_times).collect()
    }

    fn line(&self, line: &StoredLine) -> TimelineRow {
        let detail = line.detail.as_deref().unwrap_or_default();
        let (kind, text, band) = match (line.status.as_str(), detail) {
            ("tested", _) => (TimelineKind::Tested, "You or your team looked at the link", None),
            ("opened", band) => (TimelineKind::Opened, "The link was opened", Band::from_key(band)),
            ("answered", "organiser") => {
                (TimelineKind::Answered, "You or your team recorded an answer", None)
            }
            ("answered", _) => (TimelineKind::Answered, "The guest answered", None),
            (state @ ("queued" | "sent" | "skipped"), detail) => {
                (TimelineKind::Changed, message_words(state, detail), None)
            }
            (_, "preview") => (TimelineKind::Fetched, "A chat program drew a card of the link", None),
            (_, "scanner") => (TimelineKind::Fetched, "A mail filter looked at the link", None),
            (_, "browser") => (TimelineKind::Fetched, "The page was loaded", None),
            _ => (TimelineKind::Fetched, "A program looked at the link", None),
        };
        let at = ago(line.at, self.now, self.zone);
        let may_label = kind == TimelineKind::Opened && Permission::LabelAccesses.allows(self.role);
        let opening = may_label.then(|| line.id.to_string());
        TimelineRow { text: text.into(), detail: String::new(), at, band, kind, opening }
    }

    fn made(&self, invite: &InviteRow) -> TimelineRow {
        let text = if invite.generation > 1 { "A new link was made" } else { "The link was made" };
        TimelineRow {
            text: text.into(),
            detail: String::new(),
            at: ago(invite.created_at, self.now, self.zone),
            band: None,
            kind: TimelineKind::Changed,
            opening: None,
        }
    }

    fn device(&self, device: &KnownDevice) -> DeviceRow {
        let traits = &device.traits;
        let trust = if device.trusted {
            "Confirmed"
        } else if device.proven_at.is_some() {
            "Answered from it"
        } else {
            "Seen, nothing more yet"
        };
        let last = ago(device.last_at, self.now, self.zone).said;
        let latest = device.networks.iter().max_by_key(|network| network.at);
        let place = self.private(latest.and_then(|network| place_words(&network.net)));
        let place = if place.is_empty() { place } else { format!(", {place}") };
        DeviceRow {
            name: device_words(traits.os, traits.browser, traits.kind),
            detail: format!("{trust}, last used {last}{place}"),
            openings: String::new(),
        }
    }
}

/// Why no code is asked of this guest, where none can be sent.
fn no_code(guest: &GuestRow, outlet: Outlet) -> &'static str {
    match (outlet.is_open(), guest.email.is_some() || guest.phone.is_some()) {
        (true, true) => "",
        (true, false) => {
            "Where your rules ask for a code, this guest is let in instead: there is no e-mail or phone to send one to."
        }
        (false, _) => {
            "Where your rules ask for a code, this guest is let in instead: no way of sending one is set up yet."
        }
    }
}

/// What became of a message, in words.
fn message_words(state: &str, detail: &str) -> &'static str {
    match (state, detail) {
        ("sent", "invitation") => "The invitation was sent",
        ("sent", "reminder") => "A reminder was sent",
        ("sent", "code") => "Six digits were sent",
        ("sent", _) => "A new link was sent",
        ("queued", "invitation") => "The invitation is on its way",
        ("queued", "reminder") => "A reminder is on its way",
        ("queued", "code") => "Six digits are on their way",
        ("queued", _) => "A new link is on its way",
        (_, "no contact") => "A message was asked for, and there is no e-mail or phone to send it to",
        (_, "no channel") => "A message was asked for, and no way of sending is set up",
        (_, "not the guest") => {
            "Six digits were asked for where you said it was not the guest: none were sent"
        }
        _ => "A message was not sent: what it brought was over",
    }
}

fn source_words(source: Source) -> &'static str {
    match source {
        Source::Guest => "by the guest",
        Source::Organiser => "recorded by you or your team",
    }
}

/// The form for an answer by telephone, filled in with the answer that stands.
fn record(guest: &GuestRow, answer: Option<&RsvpRow>) -> RecordForm {
    let allowed = usize::try_from(guest.plus_ones_allowed).unwrap_or(0).min(NAME_FIELDS_MAX);
    let brought = answer.map(|answer| answer.plus_ones.0.clone()).unwrap_or_default();
    let mut names: Vec<Field> = brought.into_iter().map(Field::of).collect();
    names.resize(names.len().max(allowed), Field::default());
    RecordForm {
        attending: answer.map(|answer| answer.attending),
        names,
        note: Field::default(),
        notice: None,
    }
}
