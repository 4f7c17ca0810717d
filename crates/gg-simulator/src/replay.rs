//! Scores a log causally, in file order, with the engine that serves requests: gate, snapshot, facts,
//! score, update, each opening before the next.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use gg_domain::access::{Class, LinkAccess};
use gg_domain::id::GuestId;
use gg_domain::policy::Policy;
use gg_domain::risk::{GuestRisk, Score};
use gg_domain::snapshot::{Agent, Snapshot};
use gg_risk::{
    Admission, EventFacts, Known, Memory, gate_known, names_previewer, parse_agent, score, snapshot_of,
    take_back, traits, update,
};

/// Agents kept as they were read: browsers have a few thousand.
const AGENTS_MAX: usize = 20_000;
/// Guests held ready; those beyond are packed as their stored rows, which a million of fit in memory.
const READY_MAX: usize = 100_000;

/// What became of one opening.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What the gate took it for.
    pub class: Class,
    /// Where it was human.
    pub score: Option<Score>,
}

/// A guest's row: ready, or packed as it is stored.
#[derive(Debug)]
enum Row {
    Ready(Box<GuestRisk>, u32),
    Packed(Box<[u8]>),
}

/// A log being scored.
#[derive(Debug, Default)]
pub struct Replay {
    guests: HashMap<GuestId, Row>,
    memory: Memory,
    policy: Policy,
    agents: HashMap<String, (Agent, bool)>,
    ungated: bool,
    ready: usize,
    turn: u32,
}

impl Replay {
    /// Without a gate: everything is a person. To see what the gate is worth.
    pub fn ungated() -> Self {
        Self { ungated: true, ..Self::default() }
    }

    /// Scores one opening and remembers it.
    pub fn judge(&mut self, access: &LinkAccess) -> Judged {
        self.judge_with(access, &mut |seen, known| score(seen, known))
    }

    /// The same with another scorer: for comparisons.
    pub fn judge_with(
        &mut self,
        access: &LinkAccess,
        scorer: &mut dyn FnMut(&Snapshot, &Known<'_>) -> Score,
    ) -> Judged {
        let (agent, previewer) = self.read_agent(access.headers.agent());
        let seen = snapshot_of(access, agent, self.policy.fingerprint);
        let facts = self.memory.facts(access, &seen);
        let mut guest = self.take(access.guest);
        let class =
            if self.ungated { Class::Human } else { gate_known(access, &seen, &guest, &facts, previewer) };
        let mut new_look = false;
        let score = (class == Class::Human).then(|| {
            let score = self.score(&seen, access, &guest, &facts, scorer);
            let now = traits(&seen);
            new_look = guest.devices.iter().all(|device| device.traits != now);
            *guest = update(&guest, &seen, &score, Admission::Opened);
            if let gg_domain::access::Acts::Known(Some(act)) = seen.act {
                *guest = update(&guest, &seen, &score, Admission::Followed(act));
            }
            score
        });
        self.put(access.guest, guest);
        for taken in self.memory.note(access, &seen, class, score.as_ref(), new_look) {
            let guest = self.take(taken.guest);
            self.put(taken.guest, Box::new(take_back(&guest, &taken.seen, taken.z)));
        }
        Judged { class, score }
    }

    fn score(
        &self,
        seen: &Snapshot,
        access: &LinkAccess,
        guest: &GuestRisk,
        facts: &EventFacts,
        scorer: &mut dyn FnMut(&Snapshot, &Known<'_>) -> Score,
    ) -> Score {
        let known =
            Known { guest_id: access.guest, party: access.party, guest, policy: &self.policy, event: facts };
        scorer(seen, &known)
    }

    /// What the agent says, and whether it names a previewer.
    fn read_agent(&mut self, agent: &str) -> (Agent, bool) {
        if let Some(known) = self.agents.get(agent) {
            return known.clone();
        }
        if self.agents.len() >= AGENTS_MAX {
            self.agents.clear();
        }
        let read = (parse_agent(agent), names_previewer(agent));
        self.agents.insert(agent.to_owned(), read.clone());
        read
    }

    /// The guest's row, taken out.
    fn take(&mut self, guest: GuestId) -> Box<GuestRisk> {
        match self.guests.entry(guest) {
            Slot::Vacant(_) => Box::default(),
            Slot::Occupied(slot) => match slot.remove() {
                Row::Ready(row, _) => {
                    self.ready -= 1;
                    row
                }
                Row::Packed(row) => serde_json::from_slice(&row).expect("a row that we wrote"),
            },
        }
    }

    fn put(&mut self, guest: GuestId, row: Box<GuestRisk>) {
        self.turn = self.turn.wrapping_add(1);
        self.guests.insert(guest, Row::Ready(row, self.turn));
        self.ready += 1;
        if self.ready > READY_MAX {
            self.pack();
        }
    }

    /// Packs the half that was not seen for longest.
    fn pack(&mut self) {
        let before = self.turn.wrapping_sub(u32::try_from(READY_MAX / 2).unwrap_or(0));
        for row in self.guests.values_mut() {
            if let Row::Ready(guest, turn) = row
                && *turn < before
            {
                let packed = serde_json::to_vec(guest).expect("a row can be written");
                *row = Row::Packed(packed.into_boxed_slice());
                self.ready -= 1;
            }
        }
    }
}
