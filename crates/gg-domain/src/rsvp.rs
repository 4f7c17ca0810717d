//! Answers: the rule that decides what one does, as a pure function.
//!
//! An answer takes seats, changes the seats it holds, gives them back, or changes nothing. An
//! answer that a policy holds back is *pending*: it keeps the seats of the answer before it and its
//! own, whichever are more, so that neither the organiser's yes nor his no can find the hall full.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fields::FieldErrors;
use crate::guest::PLUS_ONES_MAX;
use crate::name::PersonName;
use crate::text;

/// Most characters of a guest's note.
pub const NOTE_CHARS_MAX: usize = 2000;
/// Most answers to an event's own questions.
pub const ANSWERS_MAX: usize = 50;
/// Most characters of one such answer.
pub const ANSWER_CHARS_MAX: usize = 1000;
/// Most characters of a question's key.
const ANSWER_KEY_CHARS_MAX: usize = 100;

/// Whose word an answer is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The guest's, through his link.
    Guest,
    /// The organiser's record of an answer that came another way.
    Organiser,
}

impl Source {
    /// The source's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Organiser => "organiser",
        }
    }

    /// The source of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Guest, Self::Organiser].into_iter().find(|source| source.as_str() == word)
    }
}

/// An answer as somebody gave it.
#[derive(Clone, Default)]
pub struct AnswerInput {
    /// Coming?
    pub attending: bool,
    /// The names of those who come with him.
    pub plus_ones: Vec<String>,
    /// A word to the host.
    pub note: Option<String>,
    /// Answers to the event's own questions.
    pub answers: Vec<(String, String)>,
}

/// An answer, judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// Coming?
    pub attending: bool,
    /// Who comes with him; none where he does not come.
    pub plus_ones: Vec<PersonName>,
    /// A word to the host.
    pub note: Option<String>,
    /// Answers to the event's own questions, by key.
    pub answers: Vec<(String, String)>,
}

impl Answer {
    /// Judges every field. The allowance is judged by [`decide`], which knows the guest.
    ///
    /// # Errors
    /// Every fault found, with its pointer.
    pub fn parse(input: &AnswerInput) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        if i64::try_from(input.plus_ones.len()).unwrap_or(i64::MAX) > PLUS_ONES_MAX {
            return Err(FieldErrors::one("/plus_ones", "50 names at the most"));
        }
        let mut plus_ones = Vec::new();
        for (i, name) in input.plus_ones.iter().enumerate() {
            plus_ones.extend(errors.take(&format!("/plus_ones/{i}/name"), PersonName::parse(name)));
        }
        let note = input.note.as_deref().filter(|note| !note.trim().is_empty());
        let note = note.map(|note| errors.take("/note", text::block(note, NOTE_CHARS_MAX)));
        if input.answers.len() > ANSWERS_MAX {
            errors.push("/answers", "50 answers at the most");
        }
        let mut answers = Vec::new();
        for (key, value) in input.answers.iter().take(ANSWERS_MAX) {
            let pointer = format!("/answers/{}", key.replace('~', "~0").replace('/', "~1"));
            let key = errors.take(&pointer, text::line(key, ANSWER_KEY_CHARS_MAX));
            if value.trim().is_empty() {
                continue;
            }
            let value = errors.take(&pointer, text::block(value, ANSWER_CHARS_MAX));
            answers.extend(key.zip(value));
        }
        errors.check()?;
        answers.sort();
        if !input.attending {
            plus_ones.clear();
        }
        Ok(Self { attending: input.attending, plus_ones, note: note.flatten(), answers })
    }

    /// Heads that this answer seats.
    pub fn seats(&self) -> i64 {
        if self.attending { 1 + i64::try_from(self.plus_ones.len()).unwrap_or(i64::MAX - 1) } else { 0 }
    }
}

/// What the rule must know of the guest as he is now.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// How many he may bring.
    pub plus_ones_allowed: i64,
    /// Heads for which he holds seats.
    pub seats_held: i64,
    /// His answer so far, and whether it waits for the organiser's word.
    pub answer: Option<(&'a Answer, bool)>,
    /// Seats of the answer that stands while a pending one waits.
    pub seats_confirmed: i64,
}

/// What an answer does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// Nothing: it is the answer that he gave before.
    Unchanged,
    /// It becomes the guest's answer.
    Change {
        /// Heads for which he holds seats afterwards.
        seats_held: i64,
        /// No answer was there before.
        first: bool,
    },
}

/// Decides what `answer` does, given by `source` at `now`, and held back where `pending`.
///
/// The organiser's record is taken after the deadline too: the telephone rings when it rings.
///
/// # Errors
/// [`Refusal`] where it may not be given.
pub fn decide(
    standing: &Standing<'_>,
    answer: &Answer,
    source: Source,
    pending: bool,
    closes: Timestamp,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    if source == Source::Guest && now >= closes {
        return Err(Refusal::Closed);
    }
    let wanted = i64::try_from(answer.plus_ones.len()).unwrap_or(i64::MAX);
    if wanted > standing.plus_ones_allowed {
        return Err(Refusal::TooManyPlusOnes { allowed: standing.plus_ones_allowed });
    }
    if standing
        .answer
        .is_some_and(|(before, waits)| before == answer && (waits == pending || (pending && !waits)))
    {
        return Ok(Decision::Unchanged);
    }
    let seats = answer.seats();
    let seats_held = if pending { seats.max(standing.seats_confirmed) } else { seats };
    Ok(Decision::Change { seats_held, first: standing.answer.is_none() })
}

/// Why an answer was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// The deadline has passed.
    #[error("answers are closed")]
    Closed,
    /// More companions than he may bring.
    #[error("you may bring {allowed} at the most")]
    TooManyPlusOnes {
        /// How many he may bring.
        allowed: i64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn answer(attending: bool, names: &[&str]) -> Answer {
        let plus_ones = names.iter().map(|name| (*name).to_string()).collect();
        Answer::parse(&AnswerInput { attending, plus_ones, ..AnswerInput::default() }).unwrap()
    }

    fn standing(allowed: i64) -> Standing<'static> {
        Standing { plus_ones_allowed: allowed, seats_held: 0, answer: None, seats_confirmed: 0 }
    }

    const CLOSES: &str = "2026-12-05T23:59:59Z";
    const BEFORE: &str = "2026-12-01T00:00:00Z";
    const AFTER: &str = "2026-12-06T00:00:00Z";

    fn judge(standing: &Standing<'_>, answer: &Answer, pending: bool) -> Result<Decision, Refusal> {
        decide(standing, answer, Source::Guest, pending, at(CLOSES), at(BEFORE))
    }

    #[test]
    fn coming_with_one_takes_two_seats() {
        let decision = judge(&standing(1), &answer(true, &["Kweku"]), false);

        assert_eq!(decision, Ok(Decision::Change { seats_held: 2, first: true }));
    }

    #[test]
    fn the_same_answer_again_changes_nothing() {
        let yes = answer(true, &["Kweku"]);
        let before =
            Standing { answer: Some((&yes, false)), seats_held: 2, seats_confirmed: 2, ..standing(1) };

        assert_eq!(judge(&before, &yes, false), Ok(Decision::Unchanged));
    }

    /// A held-back repeat of what already stands must not put the standing answer in doubt.
    #[test]
    fn a_held_repeat_of_the_standing_answer_changes_nothing() {
        let yes = answer(true, &[]);
        let before =
            Standing { answer: Some((&yes, false)), seats_held: 1, seats_confirmed: 1, ..standing(0) };

        assert_eq!(judge(&before, &yes, true), Ok(Decision::Unchanged));
    }

    #[test]
    fn the_guest_himself_releases_what_was_held_by_giving_it_again() {
        let yes = answer(true, &[]);
        let before = Standing { answer: Some((&yes, true)), seats_held: 1, ..standing(0) };

        assert_eq!(judge(&before, &yes, false), Ok(Decision::Change { seats_held: 1, first: false }));
    }

    #[test]
    fn a_held_decline_keeps_the_seats_of_the_answer_before_it() {
        let yes = answer(true, &["Kweku"]);
        let before =
            Standing { answer: Some((&yes, false)), seats_held: 2, seats_confirmed: 2, ..standing(1) };

        assert_eq!(
            judge(&before, &answer(false, &[]), true),
            Ok(Decision::Change { seats_held: 2, first: false })
        );
        assert_eq!(
            judge(&before, &answer(false, &[]), false),
            Ok(Decision::Change { seats_held: 0, first: false })
        );
    }

    #[test]
    fn more_than_the_allowance_is_refused() {
        let refusal = judge(&standing(1), &answer(true, &["Kweku", "Yaw"]), false);

        assert_eq!(refusal, Err(Refusal::TooManyPlusOnes { allowed: 1 }));
    }

    #[test]
    fn after_the_deadline_only_the_organiser_records() {
        let yes = answer(true, &[]);
        let late = |source| decide(&standing(0), &yes, source, false, at(CLOSES), at(AFTER));

        assert_eq!(late(Source::Guest), Err(Refusal::Closed));
        assert!(late(Source::Organiser).is_ok());
    }

    #[test]
    fn who_does_not_come_brings_nobody() {
        assert_eq!(answer(false, &["Kweku"]).plus_ones, []);
    }

    #[test]
    fn each_wrong_field_has_its_pointer() {
        let input = AnswerInput {
            attending: true,
            plus_ones: vec!["Yaw".into(), String::new()],
            note: Some("x".repeat(NOTE_CHARS_MAX + 1)),
            answers: vec![("diet/other".into(), "y".repeat(ANSWER_CHARS_MAX + 1))],
        };
        let pointers: Vec<String> =
            Answer::parse(&input).unwrap_err().0.into_iter().map(|error| error.pointer).collect();

        assert_eq!(pointers, ["/plus_ones/1/name", "/note", "/answers/diet~1other"]);
    }
}
