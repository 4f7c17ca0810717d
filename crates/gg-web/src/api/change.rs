//! What a merge patch says of one field (RFC 7396): absent keeps, null clears, a value sets.

use serde::{Deserialize, Deserializer};

/// A change of one field. With `#[serde(default)]`, since an absent field keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Was not mentioned.
    #[default]
    Keep,
    /// Was null.
    Clear,
    /// Was given.
    Set(T),
}

impl<T> Change<T> {
    /// Lays the change over a field that may be empty.
    pub fn over(self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *field = None,
            Self::Set(value) => *field = Some(value),
        }
    }
}

impl Change<String> {
    /// Lays the change over a field that must not be empty: cleared, it is empty text, which the domain refuses.
    pub fn over_text(self, field: &mut String) {
        match self {
            Self::Keep => {}
            Self::Clear => field.clear(),
            Self::Set(value) => *field = value,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Patch {
        #[serde(default)]
        venue: Change<String>,
    }

    fn changed(patch: &str) -> Option<String> {
        let mut venue = Some("Aburi".to_string());
        serde_json::from_str::<Patch>(patch).unwrap().venue.over(&mut venue);
        venue
    }

    #[test]
    fn absent_keeps_null_clears_a_value_sets() {
        assert_eq!(changed("{}").as_deref(), Some("Aburi"));
        assert_eq!(changed(r#"{"venue":null}"#), None);
        assert_eq!(changed(r#"{"venue":"Accra"}"#).as_deref(), Some("Accra"));
    }
}
