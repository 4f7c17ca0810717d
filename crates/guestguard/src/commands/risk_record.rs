//! `guestguard risk rebuild` and `risk replay`: what is kept of openings, made into rows again and judged again. Both
//! beside a running server too.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use gg_app::{App, Model, Otherwise, Rebuilt, Shift};
use gg_domain::id::{EventId, GuestId};
use gg_domain::policy::Policy;
use gg_store::Paging;
use serde_json::{Value, json};

use super::{counted, say};
use crate::config::Settings;
use crate::wiring;

/// Guests gone through at once: a reader is held for some milliseconds.
const GUESTS_AT_ONCE: i64 = 100;

/// Makes guests' risk rows again, or only says whose row is another.
///
/// # Errors
/// Where a row is another and nothing was to be written, where not every change of one is known, and where there is no
/// such event.
pub async fn rebuild(event: Option<&str>, check: bool, settings: &Settings) -> Result<()> {
    let app = wiring::command_app(settings).await?;
    let event = event.map(event_id).transpose()?;
    let (mut same, mut differ, mut unknown) = (0_u64, 0_u64, 0_u64);
    let mut after: Option<GuestId> = None;
    loop {
        let paging = Paging { after, limit: GUESTS_AT_ONCE };
        let page = app.rebuild_baselines(event, check, paging).await?;
        for row in page.rows {
            let (guest, event) = (row.guest, row.event);
            match row.rebuilt {
                Rebuilt::Same => same += 1,
                Rebuilt::Differs => {
                    differ += 1;
                    let done = if check { "is not what its record makes" } else { "is made again" };
                    say(&format!("the row of guest {guest} of event {event} {done}"))?;
                }
                Rebuilt::Unknown(revision) => {
                    unknown += 1;
                    say(&format!(
                        "the row of guest {guest} of event {event} stays: what made its revision {revision} is not kept"
                    ))?;
                }
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let all = counted(same + differ + unknown, "guest", "guests");
    say(&format!("{all}: {same} as recorded, {differ} otherwise, {unknown} not recorded"))?;
    if check && differ > 0 {
        bail!("{} not what the record makes: `guestguard risk rebuild` makes them again", rows_are(differ));
    }
    if unknown > 0 {
        bail!("{} not recorded from the beginning and left as they were", rows_are(unknown));
    }
    Ok(())
}

fn rows_are(count: u64) -> String {
    format!("{} {}", counted(count, "row", "rows"), if count == 1 { "is" } else { "are" })
}

/// Judges an event's openings again, and says whose would be treated otherwise.
///
/// # Errors
/// Where there is no such event or model, or the policy is none.
pub async fn replay(
    event: &str,
    policy: Option<&Path>,
    model: Option<&str>,
    as_json: bool,
    settings: &Settings,
) -> Result<()> {
    let event = event_id(event)?;
    let policy = policy.map(read_policy).transpose()?;
    let model = match model {
        None => Model::IN_FORCE,
        Some(name) => Model::named(name).with_context(|| {
            let names = Model::ALL.map(Model::name).join(", ");
            format!("there is no model '{name}': there are {names}")
        })?,
    };
    let app = wiring::command_app(settings).await?;
    let found = replayed(&app, event, policy, model).await?;
    if as_json {
        say(&serde_json::to_string_pretty(&found.json(event, model))?)?;
    } else {
        say(&found.text(model))?;
    }
    Ok(())
}

/// What a replay found.
#[derive(Default)]
struct Found {
    accesses: usize,
    unrecorded: usize,
    otherwise: Vec<Otherwise>,
}

async fn replayed(app: &App, event: EventId, policy: Option<Policy>, model: Model) -> Result<Found> {
    let mut found = Found::default();
    let mut after: Option<GuestId> = None;
    loop {
        let paging = Paging { after, limit: GUESTS_AT_ONCE };
        let page = app.replay_accesses(event, policy.clone(), model, paging).await?;
        for tried in page.rows {
            found.accesses += tried.accesses;
            found.unrecorded += tried.unrecorded;
            found.otherwise.extend(tried.otherwise);
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    found.otherwise.sort_by_key(|one| (one.at, one.access));
    Ok(found)
}

impl Found {
    fn text(&self, model: Model) -> String {
        let Self { accesses, unrecorded, otherwise } = self;
        let judged = counted(*accesses as u64, "opening", "openings");
        let mut lines = vec![format!(
            "{judged} judged again by {}: {} would be treated otherwise",
            model.name(),
            otherwise.len()
        )];
        if *unrecorded > 0 {
            let left = counted(*unrecorded as u64, "opening", "openings");
            lines.push(format!("{left} could not be judged again: what was known then is not kept"));
        }
        for one in otherwise {
            let Otherwise { access, guest, at, from, to, why, .. } = one;
            lines.push(format!(
                "{at}  opening {access} of guest {guest}: {}, {} instead of {}, {}\n    {why}",
                to.band.label(),
                to.action.as_str(),
                from.band.label(),
                from.action.as_str()
            ));
        }
        lines.join("\n")
    }

    /// As the dry run of the API says it.
    fn json(&self, event: EventId, model: Model) -> Value {
        let shift = |Shift { code, from, to }: &Shift| json!({ "code": code, "from": from, "to": to });
        let otherwise = |one: &Otherwise| {
            json!({
                "access_id": one.access,
                "guest_id": one.guest,
                "at": one.at,
                "from": { "band": one.from.band, "action": one.from.action },
                "to": { "band": one.to.band, "action": one.to.action },
                "p": { "from": one.p.0, "to": one.p.1 },
                "reasons": one.shifts.iter().map(shift).collect::<Vec<_>>(),
                "why": one.why,
            })
        };
        json!({
            "event_id": event,
            "model": model.name(),
            "accesses": self.accesses,
            "unrecorded": self.unrecorded,
            "data": self.otherwise.iter().map(otherwise).collect::<Vec<_>>(),
        })
    }
}

fn event_id(text: &str) -> Result<EventId> {
    text.parse().context("an event's id is a UUID, as its page shows it")
}

/// A policy in the form of the API.
fn read_policy(path: &Path) -> Result<Policy> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let policy: Policy =
        serde_json::from_str(&text).with_context(|| format!("{} is no policy", path.display()))?;
    policy.validate().with_context(|| format!("{} is no sound policy", path.display()))?;
    Ok(policy)
}
