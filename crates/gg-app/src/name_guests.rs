//! Guests by what people call them: a line of a form names one, and one is named for a form.

use std::collections::HashMap;

use gg_domain::actor::Actor;
use gg_domain::id::{EventId, GuestId};
use gg_domain::text;
use gg_store::Conn;

use crate::App;
use crate::error::Result;
use crate::plan_event::member;

/// The guests of an event, to be found and named.
#[derive(Default)]
pub struct GuestNames {
    /// By name, e-mail and id, each as it is compared.
    found: HashMap<String, Vec<GuestId>>,
    /// Name, and the e-mail where there is one.
    said: HashMap<GuestId, (String, Option<String>)>,
}

/// Names and addresses never reach a log.
impl std::fmt::Debug for GuestNames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GuestNames").field("guests", &self.said.len()).finish_non_exhaustive()
    }
}

/// Why a line names no guest.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotNamed {
    /// Nobody is called that.
    #[error("no guest of this event has this name, e-mail or id")]
    Nobody,
    /// Several are.
    #[error("several guests are called that: give the e-mail, or the id from the guest's page")]
    Several,
}

impl App {
    /// The guests of an event, to be found and named.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Forbidden`].
    pub async fn guest_names(&self, actor: Actor, event: EventId) -> Result<GuestNames> {
        let rows = self
            .store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member(conn, &actor, event).await?;
                Ok(conn.guest_names(event).await?)
            })
            .await?;
        let mut names = GuestNames::default();
        for row in rows {
            let mut keys = vec![text::key(row.name.as_str()), row.id.to_string()];
            keys.extend(row.email.as_ref().map(|email| text::key(email.as_str())));
            for key in keys {
                names.found.entry(key).or_default().push(row.id);
            }
            let email = row.email.map(|email| email.as_str().to_string());
            names.said.insert(row.id, (row.name.as_str().to_string(), email));
        }
        Ok(names)
    }
}

impl GuestNames {
    /// The guest whom `line` names.
    ///
    /// # Errors
    /// [`NotNamed`].
    pub fn find(&self, line: &str) -> std::result::Result<GuestId, NotNamed> {
        match self.found.get(&text::key(line)).map(Vec::as_slice) {
            None | Some([]) => Err(NotNamed::Nobody),
            Some([one]) => Ok(*one),
            Some(_) => Err(NotNamed::Several),
        }
    }

    /// His name.
    pub fn name(&self, guest: GuestId) -> Option<&str> {
        self.said.get(&guest).map(|(name, _)| name.as_str())
    }

    /// A line that names him and nobody else; none where he is no guest of the event (any more).
    pub fn line(&self, guest: GuestId) -> Option<String> {
        let (name, email) = self.said.get(&guest)?;
        let only = |line: &str| self.find(line) == Ok(guest);
        let line = Some(name).into_iter().chain(email).find(|line| only(line));
        Some(line.cloned().unwrap_or_else(|| guest.to_string()))
    }
}
