//! Openings of simulated worlds, each with what is known when it is scored.

use gg_domain::id::{GuestId, PartyId};
use gg_domain::policy::{Delegate, Policy, Thresholds};
use gg_domain::risk::{GuestRisk, Score};
use gg_domain::snapshot::Snapshot;
use gg_risk::{EventFacts, Known, score};
use gg_simulator::log::LogReader;
use gg_simulator::replay::Replay;
use gg_simulator::world::{Kind, figures, simulate};

/// How many openings of each world: enough that guests have several devices and links have leaked.
const PER_WORLD: usize = 200;

/// What a score is asked for, and the answer.
pub(crate) struct Question {
    pub(crate) seen: Snapshot,
    guest_id: GuestId,
    party: PartyId,
    pub(crate) guest: GuestRisk,
    policy: Policy,
    event: EventFacts,
    pub(crate) score: Score,
}

impl Question {
    pub(crate) fn known(&self) -> Known<'_> {
        Known {
            guest_id: self.guest_id,
            party: self.party,
            guest: &self.guest,
            policy: &self.policy,
            event: &self.event,
        }
    }
}

/// Openings of two worlds, the latest of each.
pub(crate) fn questions() -> Vec<Question> {
    [(Kind::Usual, 7), (Kind::Drawn, 8)].into_iter().flat_map(|(kind, seed)| of_world(kind, seed)).collect()
}

fn of_world(kind: Kind, seed: u64) -> Vec<Question> {
    let (mut log, mut labels) = (Vec::new(), Vec::new());
    simulate(&figures(kind, seed, 1), seed, &mut log, &mut labels).unwrap();
    let mut reader = LogReader::new(log.as_slice());
    let (mut replay, mut questions) = (Replay::default(), Vec::new());
    while let Some(entry) = reader.next_entry().unwrap() {
        replay.judge_with(&entry.access(), &mut |seen, known| {
            questions.push(question(seen, known));
            score(seen, known)
        });
    }
    questions.split_off(questions.len().saturating_sub(PER_WORLD))
}

/// With another policy for every other guest, as organisers have them.
fn question(seen: &Snapshot, known: &Known<'_>) -> Question {
    let own = Policy {
        thresholds: Thresholds { medium: 0.1, high: 0.5, block: 0.9 },
        trusted_networks: vec!["10.0.0.0/8".parse().unwrap()],
        delegates: vec![Delegate { name: "Mia".into(), guests: vec![known.guest_id] }],
        fingerprint: false,
        ..Policy::default()
    };
    let policy = if known.guest.accesses.is_multiple_of(2) { known.policy.clone() } else { own };
    let known = Known { policy: &policy, ..*known };
    Question {
        seen: seen.clone(),
        guest_id: known.guest_id,
        party: known.party,
        guest: known.guest.clone(),
        event: known.event.clone(),
        score: score(seen, &known),
        policy,
    }
}
