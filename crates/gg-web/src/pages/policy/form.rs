//! The form of the rules: what was typed, read as a policy or with what is wrong beside each field.

use gg_app::GuestNames;
use gg_domain::fields::FieldErrors;
use gg_domain::policy::{Action, Actions, Delegate, Policy, Thresholds};

use super::DelegateRow;
use crate::forms::{Fields, sentence};
use crate::view::Field;

/// The fields of thresholds, as the API names them.
pub(super) const THRESHOLDS: [&str; 3] = ["medium", "high", "block"];
/// What a threshold must be.
const PERCENTAGE: &str = "give a percentage such as 20";

/// The form as it is shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed {
    pub(super) thresholds: [Field; 3],
    pub(super) actions: [String; 4],
    pub(super) networks: Field,
    pub(super) delegates: Vec<DelegateRow>,
    pub(super) fingerprint: bool,
}

/// The actions' fields, in the order of the bands.
pub(super) const ACTIONS: [&str; 4] = ["action_low", "action_medium", "action_high", "action_block"];

impl Typed {
    /// The form of rules that stand.
    pub(super) fn of(policy: &Policy, names: &GuestNames) -> Self {
        let Thresholds { medium, high, block } = policy.thresholds;
        let Actions { low, medium: review, high: suspicious, block: blocked } = policy.actions;
        let delegate = |delegate: &Delegate| DelegateRow {
            name: Field::of(delegate.name.clone()),
            guests: Field::of(
                delegate.guests.iter().filter_map(|guest| names.line(*guest)).collect::<Vec<_>>().join("\n"),
            ),
        };
        Self {
            thresholds: [medium, high, block].map(|p| Field::of(per_cent(p))),
            actions: [low, review, suspicious, blocked].map(|action| action.as_str().to_string()),
            networks: Field::of(
                policy.trusted_networks.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
            ),
            delegates: policy.delegates.iter().map(delegate).collect(),
            fingerprint: policy.fingerprint,
        }
    }

    /// What was typed, and the policy that it says, unless something is wrong: then it stands beside its field.
    pub(super) fn read(fields: &Fields, names: &GuestNames) -> (Self, Option<Policy>) {
        let mut typed = Self {
            thresholds: THRESHOLDS.map(|name| Field::of(fields.text(name))),
            actions: ACTIONS.map(|name| fields.text(name).to_string()),
            networks: Field::of(fields.text("trusted_networks")),
            delegates: Vec::new(),
            fingerprint: fields.text("fingerprint") == "true",
        };
        let [medium, high, block] = typed.thresholds.each_mut().map(threshold);
        let [low, review, suspicious, blocked] = typed.actions.each_ref().map(|word| Action::parse(word));
        let trusted_networks = networks(&mut typed.networks);
        let (rows, delegates) = delegates(fields, names);
        typed.delegates = rows;

        let whole = (|| {
            Some(Policy {
                thresholds: Thresholds { medium: medium?, high: high?, block: block? },
                actions: Actions { low: low?, medium: review?, high: suspicious?, block: blocked? },
                trusted_networks: trusted_networks?,
                delegates: delegates?,
                fingerprint: typed.fingerprint,
            })
        })();
        let sound = whole.filter(|policy| match policy.validate() {
            Ok(()) => true,
            Err(errors) => {
                typed.blame(&errors);
                false
            }
        });
        (typed, sound)
    }

    /// Puts what is wrong with a policy beside the fields that it came from.
    fn blame(&mut self, errors: &FieldErrors) {
        for error in &errors.0 {
            let mut parts = error.pointer.split('/').skip(1);
            let field = match (parts.next(), parts.next(), parts.next()) {
                (Some("thresholds"), Some(name), _) => {
                    THRESHOLDS.iter().position(|one| *one == name).map(|at| &mut self.thresholds[at])
                }
                (Some("delegates"), Some(at), Some(part)) => {
                    let given = self.delegates.iter_mut().filter(|row| !is_blank(row));
                    let row = at.parse().ok().and_then(|at: usize| given.into_iter().nth(at));
                    row.map(|row| if part == "name" { &mut row.name } else { &mut row.guests })
                }
                (Some("delegates"), ..) => self.delegates.first_mut().map(|row| &mut row.name),
                _ => Some(&mut self.networks),
            };
            if let Some(field) = field {
                // Thresholds are typed in per cent.
                let detail = error.detail.replace("between 0 and 1", "between 0 % and 100 %");
                field.error.get_or_insert_with(|| sentence(&detail));
            }
        }
    }
}

/// "20", "97.5": as many digits as there are, four at the most.
fn per_cent(p: f64) -> String {
    let figure = format!("{:.4}", p * 100.0);
    figure.trim_end_matches('0').trim_end_matches('.').to_string()
}

fn threshold(field: &mut Field) -> Option<f64> {
    let typed = field.value.trim().trim_end_matches('%').trim_end().replace(',', ".");
    let read = typed.parse::<f64>().ok().filter(|figure| figure.is_finite());
    if read.is_none() {
        field.error = Some(sentence(PERCENTAGE));
    }
    read.map(|figure| figure / 100.0)
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    lines.filter(|(_, line)| !line.is_empty())
}

/// The networks of a text, one a line; what is none is said with its line.
fn networks(field: &mut Field) -> Option<Vec<ipnet::IpNet>> {
    let mut read = Vec::new();
    for (at, line) in lines(&field.value) {
        match crate::api::policy::network(line) {
            Ok(network) => read.push(network),
            Err(remedy) => {
                field.error = Some(sentence(&format!("line {at}: {remedy}")));
                return None;
            }
        }
    }
    Some(read)
}

/// Assistants: rows that were left blank are none.
fn delegates(fields: &Fields, names: &GuestNames) -> (Vec<DelegateRow>, Option<Vec<Delegate>>) {
    let mut whole = Some(Vec::new());
    let mut rows = Vec::new();
    for (name, guests) in fields.all("delegate_name").zip(fields.all("delegate_guests")) {
        let mut row = DelegateRow { name: Field::of(name), guests: Field::of(guests) };
        if !is_blank(&row) {
            match found(&row.guests.value, names) {
                Ok(guests) => {
                    let name = name.trim().to_string();
                    if let Some(read) = &mut whole {
                        read.push(Delegate { name, guests });
                    }
                }
                Err(wrong) => {
                    row.guests.error = Some(wrong);
                    whole = None;
                }
            }
        }
        rows.push(row);
    }
    (rows, whole)
}

fn is_blank(row: &DelegateRow) -> bool {
    row.name.value.trim().is_empty() && row.guests.value.trim().is_empty()
}

fn found(text: &str, names: &GuestNames) -> Result<Vec<gg_domain::id::GuestId>, String> {
    let mut guests = Vec::new();
    for (at, line) in lines(text) {
        let guest = names.find(line).map_err(|wrong| sentence(&format!("line {at}: {wrong}")))?;
        if !guests.contains(&guest) {
            guests.push(guest);
        }
    }
    Ok(guests)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(given: &[(&str, &str)]) -> Fields {
        let usual = [("medium", "20"), ("high", "60"), ("block", "97")].into_iter();
        let actions = ACTIONS.iter().map(|name| (*name, "allow"));
        let given_names: Vec<_> = given.iter().map(|(name, _)| *name).collect();
        let rest = usual.chain(actions).filter(|(name, _)| !given_names.contains(name));
        let all = rest.chain(given.iter().copied());
        Fields(all.map(|(name, value)| (name.to_string(), value.to_string())).collect())
    }

    fn read(given: &[(&str, &str)]) -> (Typed, Option<Policy>) {
        Typed::read(&fields(given), &GuestNames::default())
    }

    #[test]
    fn percentages_are_read_as_people_write_them() {
        let (_, policy) = read(&[("medium", " 30,5 % "), ("high", "70.25"), ("block", "99")]);
        let Thresholds { medium, high, block } = policy.unwrap().thresholds;
        assert_eq!([medium, high, block].map(per_cent), ["30.5", "70.25", "99"]);
        assert!((medium - 0.305).abs() < f64::EPSILON);
    }

    #[test]
    fn what_is_wrong_stands_beside_its_field() {
        let error = |given: &[(&str, &str)], field: fn(&Typed) -> &Field| {
            let (typed, policy) = read(given);
            assert_eq!(policy, None);
            field(&typed).error.clone().unwrap()
        };
        assert_eq!(error(&[("high", "ten")], |typed| &typed.thresholds[1]), "Give a percentage such as 20.");
        assert_eq!(
            error(&[("high", "10")], |typed| &typed.thresholds[1]),
            "Must be above the threshold before it."
        );
        assert_eq!(
            error(&[("block", "100")], |typed| &typed.thresholds[2]),
            "Must lie between 0 % and 100 %."
        );
        let networks = error(&[("trusted_networks", "203.0.113.7\n\nvenue")], |typed| &typed.networks);
        assert!(networks.starts_with("Line 3: give a network"), "{networks}");
        let wide = error(&[("trusted_networks", "0.0.0.0/0")], |typed| &typed.networks);
        assert_eq!(wide, "Is wider than /8.");
        let nobody = error(&[("delegate_name", "Mia"), ("delegate_guests", "Efua")], |typed| {
            &typed.delegates[0].guests
        });
        assert_eq!(nobody, "Line 1: no guest of this event has this name, e-mail or id.");
        let none =
            error(&[("delegate_name", "Mia"), ("delegate_guests", "")], |typed| &typed.delegates[0].guests);
        assert_eq!(none, "Must name 1 to 200 guests.");
    }

    #[test]
    fn a_blank_row_is_no_assistant() {
        let (typed, policy) = read(&[("delegate_name", " "), ("delegate_guests", "\n")]);
        assert_eq!((typed.delegates.len(), policy.unwrap().delegates.len()), (1, 0));
    }

    #[test]
    fn rules_come_back_as_they_were_read() {
        let (typed, policy) = read(&[("trusted_networks", "203.0.113.0/24\n2001:db8::/32")]);
        let again = Typed::of(&policy.unwrap(), &GuestNames::default());
        assert_eq!(again.networks, typed.networks);
        assert_eq!(again.thresholds, typed.thresholds);
        assert_eq!(again.actions, typed.actions);
    }
}
