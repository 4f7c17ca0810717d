//! Where a link was opened, as people say it: "Accra, Ghana".

use gg_domain::snapshot::SeenNetwork;

/// Codes and names, a line each.
const COUNTRIES: &str = include_str!("countries.tsv");

/// The place of a network; nothing where no database named one.
pub fn place_words(net: &SeenNetwork) -> Option<String> {
    let country = net.country.as_deref().map(country_words);
    match (net.city.as_deref(), country) {
        (Some(city), Some(country)) => Some(format!("{city}, {country}")),
        (Some(city), None) => Some(city.to_owned()),
        (None, country) => country.map(str::to_owned),
    }
}

/// The name of a country; its code where the list has none.
fn country_words(code: &str) -> &str {
    let named = COUNTRIES.lines().filter_map(|line| line.split_once('\t')).find(|(of, _)| *of == code);
    named.map_or(code, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(city: Option<&str>, country: Option<&str>) -> Option<String> {
        let owned = |text: &str| text.to_owned();
        place_words(&SeenNetwork {
            city: city.map(owned),
            country: country.map(owned),
            ..SeenNetwork::default()
        })
    }

    #[test]
    fn a_place_is_said_as_far_as_it_is_known() {
        assert_eq!(words(Some("Accra"), Some("GH")).as_deref(), Some("Accra, Ghana"));
        assert_eq!(words(None, Some("DE")).as_deref(), Some("Germany"));
        assert_eq!(words(Some("Köln"), None).as_deref(), Some("Köln"));
        assert_eq!(words(None, Some("XK")).as_deref(), Some("XK"));
        assert_eq!(words(None, None), None);
    }
}
