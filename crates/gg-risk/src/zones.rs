//! Time zones and the countries that keep them (`lists/zones.tsv`: source and licence stand there).

use std::collections::HashMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../lists/zones.tsv");

static COUNTRIES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| line.split_once('\t')).collect()
});

/// Is `zone` kept in `country`? None where the zone is unknown: a zone of no country says nothing.
pub(crate) fn kept_in(zone: &str, country: &str) -> Option<bool> {
    let countries = COUNTRIES.get(zone)?;
    Some(countries.split(',').any(|one| one.eq_ignore_ascii_case(country)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_know_their_countries_by_every_name() {
        assert_eq!(kept_in("Europe/Berlin", "DE"), Some(true));
        assert_eq!(kept_in("Europe/Berlin", "US"), Some(false));
        assert_eq!(kept_in("Asia/Calcutta", "IN"), Some(true), "the older name, which browsers still say");
        assert_eq!(kept_in("UTC", "DE"), None);
        assert_eq!(kept_in("Mars/Olympus", "DE"), None);
        assert!(COUNTRIES.len() > 400);
    }
}
