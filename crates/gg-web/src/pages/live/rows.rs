//! Messages of the feed as rows of the monitor, in plain words. The island draws later ones with the same words, which
//! stand in the page.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use gg_app::{Envelope, Payload};
use gg_domain::risk::{Reason, ReasonCode};
use gg_store::ToldOpening;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::{LiveCounts, LiveRow, RowBadge};
use crate::time_words::clock;
use crate::view::{Band, Evidence, Standing, When, opening_sentence, reason_name};

/// How a row calls somebody who was erased.
const ERASED: &str = "Erased guest";

/// Openings by their ids.
pub(super) type Openings = HashMap<Uuid, ToldOpening>;

/// The rows of messages that come newest first; what happened last stands first. Each opening is shown once, as it was
/// last judged, at the time at which it was; one that turned out to be a machine's is not shown.
pub(super) fn rows(
    envelopes: &[Envelope],
    openings: &Openings,
    now: Timestamp,
    zone: &TimeZone,
) -> Vec<LiveRow> {
    let mut shown = HashSet::new();
    let mut answered = HashSet::new();
    let mut rows: Vec<(Timestamp, LiveRow)> = envelopes
        .iter()
        .filter_map(|one| {
            let at = happened(one, openings);
            let row = row(one, openings, clock(at, now, zone), &mut shown, &mut answered)?;
            Some((at, row))
        })
        .collect();
    rows.sort_by_key(|(at, row)| Reverse((*at, row.seq)));
    rows.into_iter().map(|(_, row)| row).collect()
}

/// When it happened: a message of an opening is told again whenever the opening is judged again, long after it.
fn happened(envelope: &Envelope, openings: &Openings) -> Timestamp {
    let opening = match &envelope.payload {
        Payload::Access { access_id: Some(access), .. } => openings.get(access),
        _ => None,
    };
    opening.map_or(envelope.timestamp, |opening| opening.at)
}

/// How many rows each chip leaves.
pub(super) fn counts(rows: &[LiveRow]) -> LiveCounts {
    let count = |is: &dyn Fn(&LiveRow) -> bool| {
        u32::try_from(rows.iter().filter(|row| is(row)).count()).unwrap_or(u32::MAX)
    };
    LiveCounts {
        all: count(&|_| true),
        answers: count(&|row| row.kind() == "answer"),
        openings: count(&|row| row.kind() == "opening"),
        needs_you: count(&|row| row.needs_you),
    }
}

fn row(
    envelope: &Envelope,
    openings: &Openings,
    at: When,
    shown: &mut HashSet<Uuid>,
    answered: &mut HashSet<Uuid>,
) -> Option<LiveRow> {
    let seq = u64::try_from(envelope.seq).unwrap_or(0);
    let name = |name: &Option<String>| name.clone().unwrap_or_else(|| ERASED.into());
    match &envelope.payload {
        Payload::Access { access_id, guest_id, guest_name, band, reasons, .. } => {
            let access = (*access_id)?;
            let is_latest = shown.insert(access);
            let is_settled = openings.get(&access).is_some_and(|opening| opening.labelled);
            let band = (*band).filter(|_| is_latest).and_then(|band| Band::from_key(band.as_str()))?;
            Some(LiveRow {
                seq,
                access_id: Some(access.to_string()),
                guest_id: guest_id.to_string(),
                guest_name: name(guest_name),
                at,
                badge: RowBadge::Band(band),
                sentence: opening_sentence(band, &evidence(reasons)),
                reasons: evidence(reasons),
                needs_you: !is_unscored(reasons) && !is_settled && matches!(band, Band::High | Band::Block),
            })
        }
        Payload::Rsvp { guest_id, guest_name, attending, plus_ones, note, pending, .. } => {
            let is_latest = answered.insert(*guest_id);
            let standing = match (attending, pending) {
                (_, true) => Standing::Held,
                (Some(true), _) => Standing::Coming,
                (Some(false), _) => Standing::NotComing,
                (None, _) => Standing::Waiting,
            };
            let names: Vec<&str> = plus_ones.iter().map(|one| one.name.as_str()).collect();
            Some(LiveRow {
                seq,
                access_id: None,
                guest_id: guest_id.to_string(),
                guest_name: name(guest_name),
                at,
                badge: RowBadge::Standing(standing),
                sentence: answer_words(standing, &names, note.as_deref()),
                reasons: Vec::new(),
                needs_you: *pending && is_latest,
            })
        }
        Payload::Notification { .. } | Payload::Guest { .. } => None,
    }
}

/// Let in unjudged, and not judged yet: what was judged later stays `degraded`, and has reasons of its own.
fn is_unscored(reasons: &[Reason]) -> bool {
    reasons.iter().any(|reason| reason.code == ReasonCode::Degraded)
}

/// The evidence of an opening, what speaks against the guest first.
pub(super) fn evidence(reasons: &[Reason]) -> Vec<Evidence> {
    let mut reasons: Vec<&Reason> = reasons.iter().collect();
    reasons.sort_by(|a, b| b.nats.total_cmp(&a.nats));
    let bar = |reason: &Reason| Evidence {
        code: reason.code.as_str().into(),
        words: reason_name(reason.code, reason.nats).into(),
        nats: reason.nats,
    };
    reasons.into_iter().map(bar).collect()
}

fn answer_words(standing: Standing, names: &[&str], note: Option<&str>) -> String {
    let note = note.filter(|note| !note.is_empty());
    match (standing, names) {
        (Standing::Held, _) => "answered, and waits for your word".into(),
        (Standing::Waiting, _) => "has no answer any more".into(),
        (Standing::NotComing, _) => {
            note.map_or_else(|| "cannot come".into(), |note| format!("cannot come: “{note}”"))
        }
        (Standing::Coming, []) => "is coming".into(),
        (Standing::Coming, [name]) => format!("is coming, with {name}"),
        (Standing::Coming, names) => {
            format!("is coming, with {} others: {}", names.len(), names.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use gg_app::Companion;
    use gg_domain::id::{AccessId, EventId};
    use gg_domain::risk::{Band as DomainBand, ReasonCode};

    use super::*;

    fn envelope(seq: i64, payload: Payload) -> Envelope {
        Envelope {
            kind: "access.checked",
            event_id: EventId::from_uuid(Uuid::nil()),
            payload,
            timestamp: "2026-12-01T14:02:51Z".parse().unwrap(),
            seq,
            epoch: "e".into(),
        }
    }

    fn opening(seq: i64, access: u128, band: Option<DomainBand>) -> Envelope {
        envelope(
            seq,
            Payload::Access {
                access_id: Some(Uuid::from_u128(access)),
                guest_id: Uuid::from_u128(7),
                guest_name: Some("Efua".into()),
                band,
                label: band.map(DomainBand::label),
                reasons: vec![
                    Reason { code: ReasonCode::NetHome, nats: -1.2 },
                    Reason { code: ReasonCode::DevNew, nats: 0.9 },
                ],
                degraded: false,
            },
        )
    }

    fn answer(seq: i64, attending: Option<bool>, plus_ones: &[&str], pending: bool) -> Envelope {
        let companion = |name: &&str| Companion { name: (*name).into() };
        envelope(
            seq,
            Payload::Rsvp {
                guest_id: Uuid::from_u128(7),
                guest_name: None,
                attending,
                plus_ones: plus_ones.iter().map(companion).collect(),
                note: None,
                answers: None,
                source: Some("guest"),
                pending,
                updated_at: None,
            },
        )
    }

    fn shown(envelopes: &[Envelope]) -> Vec<LiveRow> {
        shown_with(envelopes, &Openings::new())
    }

    fn shown_with(envelopes: &[Envelope], openings: &Openings) -> Vec<LiveRow> {
        rows(envelopes, openings, "2026-12-01T15:00:00Z".parse().unwrap(), &TimeZone::UTC)
    }

    fn told(access: u128, at: &str, labelled: bool) -> (Uuid, ToldOpening) {
        let id = Uuid::from_u128(access);
        (id, ToldOpening { id: AccessId::from_uuid(id), at: at.parse().unwrap(), labelled })
    }

    #[test]
    fn an_opening_stands_at_its_own_time_whenever_it_was_judged() {
        let openings = Openings::from([told(1, "2026-12-01T09:30:00Z", true)]);
        let rows = shown_with(
            &[opening(3, 1, Some(DomainBand::High)), answer(2, Some(true), &[], false)],
            &openings,
        );

        assert_eq!((rows[0].seq, rows[0].at.said.as_str()), (2, "14:02:51"));
        assert_eq!((rows[1].seq, rows[1].at.said.as_str()), (3, "09:30:00"));
        assert!(!rows[1].needs_you, "somebody has given his word");
    }

    #[test]
    fn the_reason_that_weighs_in_the_band_s_direction_is_said() {
        let said = |band| shown(&[opening(1, 1, Some(band))])[0].sentence.clone();
        assert_eq!(said(DomainBand::Low), "opened on a network that they use");
        assert_eq!(said(DomainBand::Medium), "opened on a device never seen before");
    }

    #[test]
    fn an_opening_that_was_judged_again_is_shown_once() {
        let rows = shown(&[opening(3, 1, Some(DomainBand::Low)), opening(1, 1, Some(DomainBand::High))]);
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].seq, rows[0].badge), (3, RowBadge::Band(Band::Low)));
    }

    #[test]
    fn an_opening_that_turned_out_a_machine_s_is_not_shown() {
        assert!(shown(&[opening(2, 1, None), opening(1, 1, Some(DomainBand::High))]).is_empty());
    }

    #[test]
    fn answers_are_said_with_who_comes_along() {
        let said = |envelope| shown(&[envelope])[0].sentence.clone();
        assert_eq!(said(answer(1, Some(true), &[], false)), "is coming");
        assert_eq!(said(answer(1, Some(true), &["Kojo"], false)), "is coming, with Kojo");
        assert_eq!(
            said(answer(1, Some(true), &["Kojo", "Ama"], false)),
            "is coming, with 2 others: Kojo, Ama"
        );
        assert_eq!(said(answer(1, Some(false), &[], false)), "cannot come");
    }

    #[test]
    fn an_answer_that_was_decided_since_needs_nobody() {
        let rows = shown(&[answer(2, Some(true), &[], false), answer(1, Some(true), &[], true)]);
        assert_eq!([rows[0].needs_you, rows[1].needs_you], [false, false]);
        assert_eq!(counts(&shown(&[answer(1, Some(true), &[], true)])).needs_you, 1);
    }

    #[test]
    fn an_erased_guest_has_no_name() {
        assert_eq!(shown(&[answer(1, Some(true), &[], false)])[0].guest_name, "Erased guest");
    }
}
