//! The event's rules, and what its other openings say.

use gg_domain::id::{GuestId, PartyId};
use gg_domain::policy::{Actions, Delegate, Policy, Thresholds};
use gg_risk::{Count, Counts, EventFacts, Population, Touched};

use super::words::Word;
use super::{Fault, id, list, moment, optional, stamp, text, unless_default};
use crate::v1;

impl From<&Policy> for v1::Policy {
    fn from(ours: &Policy) -> Self {
        let Policy { thresholds, actions, trusted_networks, delegates, fingerprint } = ours;
        let Thresholds { medium, high, block } = *thresholds;
        Self {
            thresholds: Some(v1::Thresholds { medium, high, block }),
            actions: Some(actions.into()),
            trusted_networks: trusted_networks.iter().map(ToString::to_string).collect(),
            delegates: delegates.iter().map(Into::into).collect(),
            fingerprint: Some(*fingerprint),
        }
    }
}

impl TryFrom<v1::Policy> for Policy {
    type Error = Fault;

    fn try_from(wire: v1::Policy) -> Result<Self, Fault> {
        let networks = wire.trusted_networks.iter();
        let defaults = Self::default();
        let policy = Self {
            thresholds: wire.thresholds.map_or(defaults.thresholds, Into::into),
            actions: optional(wire.actions, "actions")?.unwrap_or(defaults.actions),
            trusted_networks: networks
                .map(|net| text(net, "trusted_networks", "a network such as 203.0.113.0/24"))
                .collect::<Result<_, _>>()?,
            delegates: list(wire.delegates, "delegates")?,
            fingerprint: wire.fingerprint.unwrap_or(defaults.fingerprint),
        };
        policy.validate().map_err(|errors| {
            let first = errors.0.into_iter().next().expect("what is refused has a fault");
            Fault::new(&first.pointer.trim_start_matches('/').replace('/', "."), first.detail)
        })?;
        Ok(policy)
    }
}

impl From<v1::Thresholds> for Thresholds {
    fn from(v1::Thresholds { medium, high, block }: v1::Thresholds) -> Self {
        Self { medium, high, block }
    }
}

impl From<&Actions> for v1::Actions {
    fn from(ours: &Actions) -> Self {
        let Actions { low, medium, high, block } = ours;
        Self { low: low.number(), medium: medium.number(), high: high.number(), block: block.number() }
    }
}

impl TryFrom<v1::Actions> for Actions {
    type Error = Fault;

    fn try_from(wire: v1::Actions) -> Result<Self, Fault> {
        Ok(Self {
            low: Word::read(wire.low, "low")?,
            medium: Word::read(wire.medium, "medium")?,
            high: Word::read(wire.high, "high")?,
            block: Word::read(wire.block, "block")?,
        })
    }
}

impl From<&Delegate> for v1::Delegate {
    fn from(Delegate { name, guests }: &Delegate) -> Self {
        Self { name: name.clone(), guest_ids: guests.iter().map(ToString::to_string).collect() }
    }
}

impl TryFrom<v1::Delegate> for Delegate {
    type Error = Fault;

    fn try_from(wire: v1::Delegate) -> Result<Self, Fault> {
        let guests = wire.guest_ids.iter().map(|guest| id!(guest, "guest_ids", GuestId));
        Ok(Self { name: wire.name, guests: guests.collect::<Result<_, _>>()? })
    }
}

impl From<&EventFacts> for v1::EventFacts {
    fn from(ours: &EventFacts) -> Self {
        let EventFacts {
            touched,
            other_guests_own,
            address_parties,
            share_preview_at,
            sender_links,
            alike_parties,
            block_parties,
            block_kept,
            cookie_of_machine,
            population,
        } = ours;
        Self {
            touched: touched.iter().map(Into::into).collect(),
            other_guests_own: *other_guests_own,
            address_parties: *address_parties,
            share_preview_at: share_preview_at.map(stamp),
            sender_links: *sender_links,
            alike_parties: *alike_parties,
            block_parties: *block_parties,
            block_kept: *block_kept,
            cookie_of_machine: *cookie_of_machine,
            population: unless_default(population),
        }
    }
}

impl TryFrom<v1::EventFacts> for EventFacts {
    type Error = Fault;

    fn try_from(wire: v1::EventFacts) -> Result<Self, Fault> {
        Ok(Self {
            touched: list(wire.touched, "touched")?,
            other_guests_own: wire.other_guests_own,
            address_parties: wire.address_parties,
            share_preview_at: moment(wire.share_preview_at, "share_preview_at")?,
            sender_links: wire.sender_links,
            alike_parties: wire.alike_parties,
            block_parties: wire.block_parties,
            block_kept: wire.block_kept,
            cookie_of_machine: wire.cookie_of_machine,
            population: wire.population.map(Into::into).unwrap_or_default(),
        })
    }
}

impl From<&Touched> for v1::Touched {
    fn from(Touched { guest, party }: &Touched) -> Self {
        Self { guest_id: guest.to_string(), party_id: party.to_string() }
    }
}

impl TryFrom<v1::Touched> for Touched {
    type Error = Fault;

    fn try_from(wire: v1::Touched) -> Result<Self, Fault> {
        Ok(Self {
            guest: id!(&wire.guest_id, "guest_id", GuestId)?,
            party: id!(&wire.party_id, "party_id", PartyId)?,
        })
    }
}

macro_rules! population {
    ($($block:ident),+ $(,)?) => {
        impl From<&Population> for v1::Population {
            fn from(ours: &Population) -> Self {
                let Population { $($block),+ } = ours;
                Self { $($block: unless_default($block)),+ }
            }
        }

        impl From<v1::Population> for Population {
            fn from(wire: v1::Population) -> Self {
                Self { $($block: wire.$block.map(Into::into).unwrap_or_default()),+ }
            }
        }
    };
}

population!(os, version, hardware, canvas, fonts, zone, language, prefix, asn, city, country, class, odd);

impl From<&Counts> for v1::Counts {
    fn from(Counts { event, all }: &Counts) -> Self {
        Self { event_seen: event.seen, event_of: event.of, all_seen: all.seen, all_of: all.of }
    }
}

impl From<v1::Counts> for Counts {
    fn from(wire: v1::Counts) -> Self {
        Self {
            event: Count { seen: wire.event_seen, of: wire.event_of },
            all: Count { seen: wire.all_seen, of: wire.all_of },
        }
    }
}
