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
    Admission, EventFacts, Known, Memory, gate, is_new_look, names_previewer, parse_agent, score,
    snapshot_of, take_back, update,
};

/// Agents kept as they were read: browsers have a few thousand.
const AGENTS_MAX: usize = 20_000;
/// Guests held ready; those beyond are packed, so that a million fit in memory.
const READY_MAX: usize = 60_000;

/// Rows that stand for all when others are packed, and their bytes at most: names of fields, cities, marks.
const SAMPLE_ROWS: usize = 8;
const SAMPLE_BYTES_MAX: usize = 4 << 10;

/// What became of one opening.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What the gate took it for.
    pub class: Class,
    /// Where it was human.
    pub score: Option<Score>,
}

/// A guest's row: ready, or packed.
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
    /// What packed rows are told apart from; taken when the first are packed.
    sample: Vec<u8>,
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
        let class = if self.ungated { Class::Human } else { gate(access, &seen, &guest, &facts, previewer) };
        let mut new_look = false;
        let score = (class == Class::Human).then(|| {
            let score = self.score(&seen, access, &guest, &facts, scorer);
            new_look = is_new_look(&guest, &seen);
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
                Row::Packed(row) => unpacked(&row, &self.sample),
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
        if self.sample.is_empty() {
            let rows = self.guests.values().filter_map(Row::ready);
            self.sample = rows.take(SAMPLE_ROWS).flat_map(json).take(SAMPLE_BYTES_MAX).collect();
        }
        let before = self.turn.wrapping_sub(u32::try_from(READY_MAX / 2).unwrap_or(0));
        for row in self.guests.values_mut() {
            if let Row::Ready(guest, turn) = row
                && *turn < before
            {
                *row = Row::Packed(packed(guest, &self.sample));
                self.ready -= 1;
            }
        }
    }
}

impl Row {
    fn ready(&self) -> Option<&GuestRisk> {
        match self {
            Self::Ready(guest, _) => Some(guest),
            Self::Packed(_) => None,
        }
    }
}

/// A row as it is stored, compressed: rows of one log are much alike.
fn packed(guest: &GuestRisk, sample: &[u8]) -> Box<[u8]> {
    let json = json(guest);
    let length = u32::try_from(json.len()).expect("a row is a kibibyte or some").to_le_bytes();
    let block = lz4_flex::block::compress_with_dict(&json, sample);
    // In a box of its own size: what a growing list leaves over would be a quarter of it.
    [length.as_slice(), &block].concat().into_boxed_slice()
}

fn unpacked(packed: &[u8], sample: &[u8]) -> Box<GuestRisk> {
    let (length, block) = packed.split_first_chunk().expect("a row that we packed");
    let length = u32::from_le_bytes(*length) as usize;
    let json = lz4_flex::block::decompress_with_dict(block, length, sample).expect("a row that we packed");
    serde_json::from_slice(&json).expect("a row that we wrote")
}

fn json(guest: &GuestRisk) -> Vec<u8> {
    serde_json::to_vec(guest).expect("a row can be written")
}
