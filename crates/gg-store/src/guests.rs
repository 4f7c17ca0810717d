//! Guests of an event and the parties they belong to.
//!
//! A guest's row is locked before the event's, always in this order: two transactions that need
//! both never wait for each other.

use gg_domain::actor::{Actor, Role};
use gg_domain::email::EmailAddress;
use gg_domain::guest::GuestDetails;
use gg_domain::id::{EventId, GuestId, PartyId};
use gg_domain::locale::Locale;
use gg_domain::name::PersonName;
use gg_domain::phone::PhoneNumber;
use gg_domain::text;
use jiff::Timestamp;

use crate::db::{Conn, WriteTx};
use crate::error::Result;
use crate::page::{Page, Paging};
use crate::value::{args, row};

row! {
    /// A guest as he is stored, and what the actor is to his event.
    pub struct GuestRow {
        /// His id.
        pub id: GuestId,
        /// His event.
        pub event_id: EventId,
        /// His party.
        pub party_id: PartyId,
        /// His name.
        pub name: PersonName,
        /// Where mail reaches him.
        pub email: Option<EmailAddress>,
        /// Where messages reach him.
        pub phone: Option<PhoneNumber>,
        /// How many he may bring.
        pub plus_ones_allowed: i64,
        /// His party's name.
        pub household: Option<String>,
        /// The language he is written to.
        pub locale: Option<Locale>,
        /// The organiser's notes.
        pub notes: Option<String>,
        /// Heads for which he holds seats.
        pub seats_held: i64,
        /// Counts the changes of his details; the ETag.
        pub revision: i64,
        /// When he was added.
        pub created_at: Timestamp,
        /// When he was last changed.
        pub updated_at: Timestamp,
        /// What the actor is to the event; none for who is no member.
        pub role: Option<Role>,
        /// His answer: coming?
        pub attending: Option<bool>,
        /// His answer waits for the organiser's word.
        pub pending: Option<bool>,
        /// The band of his latest opening.
        pub band: Option<String>,
        /// When his link was last opened by a human.
        pub seen_at: Option<Timestamp>,
    }
}

row! {
    /// What a guest is called.
    pub struct GuestNameRow {
        /// His id.
        pub id: GuestId,
        /// His name.
        pub name: PersonName,
        /// Where mail reaches him.
        pub email: Option<EmailAddress>,
    }
}

impl GuestRow {
    /// What can be changed of him.
    pub fn details(&self) -> GuestDetails {
        GuestDetails {
            name: self.name.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            plus_ones_allowed: self.plus_ones_allowed,
            household: self.household.clone(),
            locale: self.locale.clone(),
            notes: self.notes.clone(),
        }
    }
}

/// Which guests of a list, beside the page.
#[derive(Clone, Debug, Default)]
pub struct GuestFilter {
    /// A part of the name, in any case; of address and number too, where `contacts`.
    pub search: Option<String>,
    /// Whether who searches may see contacts: else a search would tell them bit by bit.
    pub contacts: bool,
    /// Only those whose answer stands so.
    pub standing: Option<Standing>,
}

/// Where a guest's answer stands, as lists tell guests apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Has said yes.
    Coming,
    /// Has said no.
    NotComing,
    /// Has not answered.
    Waiting,
    /// Has answered, and the answer waits for the organiser's word.
    Held,
}

impl Standing {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Coming, Self::NotComing, Self::Waiting, Self::Held];

    /// Its word, as it stands in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Coming => "coming",
            Self::NotComing => "not_coming",
            Self::Waiting => "waiting",
            Self::Held => "held",
        }
    }

    /// The one of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == word)
    }
}

row! {
    /// A guest who is about to answer or to be changed, locked until the end of the transaction.
    pub struct LockedGuest {
        /// His id.
        pub id: GuestId,
        /// His event.
        pub event_id: EventId,
        /// How many he may bring.
        pub plus_ones_allowed: i64,
        /// Heads for which he holds seats.
        pub seats_held: i64,
        /// Counts his answers.
        pub rsvp_revision: i64,
    }
}

/// The columns of a [`GuestRow`], for an account in `$1`.
macro_rules! guest_columns {
    ($rest:literal) => {
        concat!(
            "select g.id, g.event_id, g.party_id, g.name, g.email, g.phone, g.plus_ones_allowed, p.name, g.locale,
                g.notes, g.seats_held, g.revision, g.created_at, g.updated_at, m.role, r.attending, r.pending,
                k.band, k.seen_at
            from guests g
            join parties p on p.id = g.party_id
            left join members m on m.event_id = g.event_id and m.account_id = $1
            left join rsvps r on r.guest_id = g.id
            left join guest_risk k on k.guest_id = g.id ",
            $rest
        )
    };
}

impl Conn {
    /// A guest. Whose event it is not gets nothing.
    pub async fn guest(&mut self, actor: &Actor, guest: GuestId) -> Result<Option<GuestRow>> {
        const SQL: &str = guest_columns!("where g.id = $2 and (m.role is not null or $3)");
        if !actor.reaches_guest(guest) {
            return Ok(None);
        }
        self.optional(SQL, args![actor.account_id(), guest, actor.account_id().is_none()]).await
    }

    /// An event's guests, the oldest first. Whose event it is not gets none.
    pub async fn guests(
        &mut self,
        actor: &Actor,
        event: EventId,
        filter: &GuestFilter,
        paging: Paging<GuestId>,
    ) -> Result<Page<GuestRow, GuestId>> {
        const SQL: &str = guest_columns!(
            "where g.event_id = $2 and g.id > $3
                and (cast($4 as text) is null or g.name_key like $4 escape '!'
                    or g.email_key like cast($5 as text) escape '!' or g.phone like cast($6 as text))
                and (cast($7 as text) is null or $7 = case
                    when r.guest_id is null then 'waiting'
                    when r.pending then 'held'
                    when r.attending then 'coming'
                    else 'not_coming' end)
                and (m.role is not null or $9)
            order by g.id limit $8"
        );
        let name = filter.search.as_deref().map(like);
        let email = name.clone().filter(|_| filter.contacts);
        let phone = filter.search.as_deref().filter(|_| filter.contacts).and_then(digits_like);
        let standing = filter.standing.map(Standing::as_str);
        let (account, after, limit) = (actor.account_id(), paging.above(), paging.rows());
        let everyones = everyones(actor);
        let args = args![account, event, after, name, email, phone, standing, limit, everyones];
        let rows = self.all(SQL, args).await?;
        Ok(paging.page(rows, |guest: &GuestRow| guest.id))
    }

    /// Every guest of an event, for import and export. Whose event it is not gets none.
    pub async fn all_guests(&mut self, actor: &Actor, event: EventId) -> Result<Vec<GuestRow>> {
        const SQL: &str =
            guest_columns!("where g.event_id = $2 and (m.role is not null or $3) order by g.id");
        self.all(SQL, args![actor.account_id(), event, everyones(actor)]).await
    }

    /// What the guests of an event are called.
    pub async fn guest_names(&mut self, event: EventId) -> Result<Vec<GuestNameRow>> {
        const SQL: &str = "select id, name, email from guests where event_id = $1 order by id";
        self.all(SQL, args![event]).await
    }

    /// How many guests an event has.
    pub async fn guest_count(&mut self, event: EventId) -> Result<i64> {
        const SQL: &str = "select cast(count(*) as bigint) from guests where event_id = $1";
        Ok(self.one::<(i64,)>(SQL, args![event]).await?.0)
    }
}

impl WriteTx {
    /// Adds a guest to an event, and to the party of his household, made where there is none yet.
    pub async fn insert_guest(
        &mut self,
        event: EventId,
        guest: GuestId,
        new_party: PartyId,
        details: &GuestDetails,
        at: Timestamp,
    ) -> Result<()> {
        const SQL: &str =
            "insert into guests (id, event_id, party_id, name, name_key, email, email_key, phone,
                plus_ones_allowed, locale, notes, created_at, updated_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)";
        let party = self.party(event, new_party, details.household.as_deref(), at).await?;
        let d = details;
        let (name_key, email_key) = (d.name.key(), d.email.as_ref().map(EmailAddress::key));
        let args = args![
            guest,
            event,
            party,
            d.name,
            name_key,
            d.email,
            email_key,
            d.phone,
            d.plus_ones_allowed,
            d.locale,
            d.notes,
            at
        ];
        self.execute(SQL, args).await.map(|_| ())
    }

    /// Changes a guest who is still at `revision`, and gives his new one. Where his contact is another, codes and fresh
    /// links that went to the one before end: it was wrong, or is in other hands.
    pub async fn update_guest(
        &mut self,
        guest: &GuestRow,
        revision: i64,
        new_party: PartyId,
        details: &GuestDetails,
        at: Timestamp,
    ) -> Result<Option<i64>> {
        const SQL: &str =
            "update guests set name = $3, name_key = $4, email = $5, email_key = $6, phone = $7,
                plus_ones_allowed = $8, locale = $9, notes = $10, party_id = $11, updated_at = $12,
                revision = revision + 1
            where id = $1 and revision = $2 returning revision";
        let d = details;
        let party = if d.household == guest.household {
            guest.party_id
        } else {
            self.party(guest.event_id, new_party, d.household.as_deref(), at).await?
        };
        let (name_key, email_key) = (d.name.key(), d.email.as_ref().map(EmailAddress::key));
        let args = args![
            guest.id,
            revision,
            d.name,
            name_key,
            d.email,
            email_key,
            d.phone,
            d.plus_ones_allowed,
            d.locale,
            d.notes,
            party,
            at
        ];
        let changed = self.returning::<(i64,)>(SQL, args).await?.map(|(revision,)| revision);
        if changed.is_some() && (&d.email, &d.phone) != (&guest.email, &guest.phone) {
            self.end_codes(guest.id, at).await?;
            self.end_fresh_invite(guest.id).await?;
        }
        self.delete_empty_party(guest.party_id).await?;
        Ok(changed)
    }

    /// Erases a guest who is still at `revision`, with all that is known of him, and gives back his
    /// seats. What is left of him in the feed are ids and figures.
    pub async fn delete_guest(&mut self, guest: &GuestRow, revision: i64) -> Result<bool> {
        const SIGNALS: &str = "delete from access_signals where guest_id = $1";
        const SQL: &str = "delete from guests where id = $1 and revision = $2 returning seats_held";
        let Some((held,)) = self.returning::<(i64,)>(SQL, args![guest.id, revision]).await? else {
            return Ok(false);
        };
        self.execute(SIGNALS, args![guest.id]).await?;
        self.delete_empty_party(guest.party_id).await?;
        if held != 0 {
            self.take_seats(guest.event_id, -held).await?;
        }
        Ok(true)
    }

    /// Locks a guest for a change of his answer.
    pub async fn lock_guest(&mut self, guest: GuestId) -> Result<Option<LockedGuest>> {
        const SQL: &str = "update guests set rsvp_revision = rsvp_revision + 1 where id = $1
            returning id, event_id, plus_ones_allowed, seats_held, rsvp_revision";
        self.returning(SQL, args![guest]).await
    }

    /// Notes for how many heads a locked guest now holds seats.
    pub async fn hold_seats(&mut self, guest: GuestId, seats: i64) -> Result<()> {
        const SQL: &str = "update guests set seats_held = $2 where id = $1";
        self.execute(SQL, args![guest, seats]).await.map(|_| ())
    }

    async fn party(
        &mut self,
        event: EventId,
        new: PartyId,
        household: Option<&str>,
        at: Timestamp,
    ) -> Result<PartyId> {
        // The update changes nothing: it locks a party that is there, so that nobody deletes it before
        // its new guest is in.
        const SQL: &str = "insert into parties (id, event_id, name, name_key, created_at)
            values ($1, $2, $3, $4, $5)
            on conflict (event_id, name_key) do update set name_key = excluded.name_key returning id";
        let key = household.map(text::key);
        let party = self.returning::<(PartyId,)>(SQL, args![new, event, household, key, at]).await?;
        party.map(|(id,)| id).ok_or_else(|| crate::events::missing("the guest's party"))
    }

    async fn delete_empty_party(&mut self, party: PartyId) -> Result<()> {
        const LOCK: &str = "update parties set name_key = name_key where id = $1";
        const SQL: &str =
            "delete from parties where id = $1 and not exists (select 1 from guests where party_id = $1)";
        // Locked first: what the next statement sees has then whoever joined the party meanwhile.
        self.execute(LOCK, args![party]).await?;
        self.execute(SQL, args![party]).await.map(|_| ())
    }
}

/// Whether lists of guests are open to this actor without a membership: to the system's own jobs.
pub(crate) const fn everyones(actor: &Actor) -> bool {
    matches!(actor, Actor::System(_))
}

/// A pattern for the digits of a phone number, however they were typed; none where there are too few to tell.
fn digits_like(words: &str) -> Option<String> {
    const DIGITS_MIN: usize = 3;
    let digits: String = words.chars().filter(char::is_ascii_digit).collect();
    (digits.len() >= DIGITS_MIN).then(|| format!("%{digits}%"))
}

/// A pattern that finds `words` anywhere; what `like` takes for wild stands for itself behind a `!`.
fn like(words: &str) -> String {
    let plain = text::key(words).replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{plain}%")
}
