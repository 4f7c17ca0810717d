//! What the guest's page says, from what is stored: his answer so far, and times as people say them where the event
//! is.

use gg_app::InvitePage as Opened;
use gg_store::{InvitePageRow, RsvpRow};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{AnswerForm, Confirmation, InvitePage, InviteState, Palette};
use crate::view::Field;

/// The key under which the page's own question is kept among the answers.
pub(super) const DIET: &str = "diet";

/// The page of the link with `token`, in `state`.
pub(super) fn page(token: &str, nonce: String, opened: &Opened, state: InviteState) -> InvitePage {
    let row = &opened.row;
    let until = row.rsvp_deadline.or_else(|| opened.closed.then_some(row.ends_at));
    InvitePage {
        token: token.to_owned(),
        nonce,
        title: row.event_name.clone(),
        when: said(row.starts_at, row, "%A %-d %B %Y, %H:%M"),
        venue: row.venue.clone().unwrap_or_default(),
        guest_name: row.guest_name.clone(),
        seats: 1 + allowed(opened),
        until: until.map(|at| said(at, row, "%A %-d %B, %H:%M")).unwrap_or_default(),
        palette: Palette::default(),
        test: opened.test,
        fingerprint: opened.fingerprint,
        access: String::new(),
        sends: opened.sends,
        state,
    }
}

/// What the page says to who comes to it.
pub(super) fn state(opened: &Opened) -> InviteState {
    match &opened.rsvp {
        Some(row) if row.pending => InviteState::Held,
        row if opened.closed => InviteState::Closed { answered: row.as_ref().map(|row| row.attending) },
        Some(row) => InviteState::Answered(Confirmation {
            attending: row.attending,
            plus_ones: row.plus_ones.0.clone(),
            change: Some(form(opened)),
        }),
        None => InviteState::Open(form(opened)),
    }
}

/// The question with the answer so far.
pub(super) fn form(opened: &Opened) -> AnswerForm {
    let row = opened.rsvp.as_ref();
    let names = row.map(|row| row.plus_ones.0.as_slice()).unwrap_or_default();
    AnswerForm {
        attending: row.map(|row| row.attending),
        bringing: u32::try_from(names.len()).unwrap_or(u32::MAX),
        names: fields(names, opened),
        diet: Field::of(row.and_then(diet).unwrap_or_default()),
        note: Field::of(row.and_then(|row| row.note.clone()).unwrap_or_default()),
        error: None,
    }
}

/// A field for each guest who may be brought, filled with `names` as far as they go.
pub(super) fn fields(names: &[String], opened: &Opened) -> Vec<Field> {
    let allowed = usize::try_from(allowed(opened)).unwrap_or(0);
    (0..allowed.max(names.len())).map(|i| names.get(i).map(Field::of).unwrap_or_default()).collect()
}

fn diet(row: &RsvpRow) -> Option<String> {
    row.answers.0.get(DIET).cloned()
}

fn allowed(opened: &Opened) -> u32 {
    u32::try_from(opened.row.plus_ones_allowed).unwrap_or(0)
}

fn said(at: Timestamp, row: &InvitePageRow, form: &str) -> String {
    let zone = TimeZone::get(&row.time_zone).unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime(form).to_string()
}
