//! What serde says of a wrong value, in words that say what would be right.

/// What to do about a value, from serde's sentence about it.
pub(super) fn remedy(said: &str) -> String {
    let said = said.rsplit_once(" at line ").map_or(said, |(said, _)| said);
    if let Some(rest) = said.strip_prefix("invalid type: ") {
        let (got, expected) = rest.rsplit_once(", expected ").unwrap_or(("", rest));
        return match kind(got) {
            Some(got) => format!("give {}, not {got}", wanted(expected)),
            None => format!("give {}", wanted(expected)),
        };
    }
    if let Some(rest) = said.strip_prefix("invalid value: ").or_else(|| said.strip_prefix("invalid length "))
    {
        return format!(
            "give {}",
            wanted(rest.rsplit_once(", expected ").map_or(rest, |(_, expected)| expected))
        );
    }
    if said.starts_with("unknown variant") {
        let known = said.rsplit_once(", expected ").map_or("", |(_, known)| known);
        return format!("give {}", known.replace('`', "\""));
    }
    if let Some(name) = quoted(said, "unknown field `") {
        let known = said.rsplit_once(", expected ").map_or("", |(_, known)| known);
        return format!("leave out \"{name}\": there is {}", known.replace('`', "\""));
    }
    if said.starts_with("UUID parsing failed") {
        return format!("give {}", wanted("a UUID"));
    }
    match said {
        "provided string was not `true` or `false`" => "give true or false".to_string(),
        "invalid float literal" | "cannot parse float from empty string" => "give a number".to_string(),
        _ if is_of_an_integer(said) => "give a whole number".to_string(),
        _ => said.to_string(),
    }
}

/// The name of a field that is missing.
pub(super) fn missing(said: &str) -> Option<&str> {
    quoted(said, "missing field `")
}

/// The name of a parameter that came twice.
pub(super) fn doubled(said: &str) -> Option<&str> {
    quoted(said, "duplicate field `")
}

fn quoted<'a>(said: &'a str, before: &str) -> Option<&'a str> {
    said.strip_prefix(before).and_then(|rest| rest.split_once('`')).map(|(name, _)| name)
}

/// What the standard library says of a text that is no integer.
fn is_of_an_integer(said: &str) -> bool {
    ["invalid digit found", "cannot parse integer", "number too large", "number too small"]
        .iter()
        .any(|start| said.starts_with(start))
}

fn wanted(expected: &str) -> &str {
    match expected {
        "a string" | "a borrowed string" | "string or map" => "a text",
        "a boolean" => "true or false",
        "i64" | "i32" | "i16" | "i8" | "isize" | "an integer" => "a whole number",
        "u64" | "u32" | "u16" | "u8" | "usize" => "a whole number from 0 on",
        "f64" | "f32" | "a number" => "a number",
        "a sequence" => "a list",
        "a map" => "an object",
        "unit" | "null" => "null",
        _ if expected.starts_with("struct ") => "an object",
        _ if expected.starts_with("enum ") => "one of the words that the document lists",
        _ if expected.contains("UUID") => "an id, as it was given",
        _ => expected,
    }
}

fn kind(got: &str) -> Option<&'static str> {
    const KINDS: [(&str, &str); 7] = [
        ("null", "null"),
        ("string", "a text"),
        ("integer", "a whole number"),
        ("floating point", "a fraction"),
        ("boolean", "true or false"),
        ("sequence", "a list"),
        ("map", "an object"),
    ];
    KINDS.iter().find(|(start, _)| got.starts_with(start)).map(|(_, words)| *words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_parser_says_becomes_what_to_do() {
        for (said, remedy_) in [
            (
                "invalid type: integer `7`, expected a string at line 1 column 10",
                "give a text, not a whole number",
            ),
            ("invalid type: sequence, expected struct Event", "give an object, not a list"),
            ("invalid type: string \"a, expected b\", expected i64", "give a whole number, not a text"),
            ("invalid value: integer `-1`, expected u32", "give a whole number from 0 on"),
            ("unknown variant `x`, expected `guest` or `not_guest`", "give \"guest\" or \"not_guest\""),
            ("unknown variant `x`, expected one of `a`, `b`, `c`", "give one of \"a\", \"b\", \"c\""),
            ("unknown field `x`, expected `a` or `b`", "leave out \"x\": there is \"a\" or \"b\""),
            ("UUID parsing failed: invalid character: found `x` at 0", "give an id, as it was given"),
            ("invalid digit found in string", "give a whole number"),
            ("give a network such as 10.0.0.0/8", "give a network such as 10.0.0.0/8"),
        ] {
            assert_eq!(remedy(said), remedy_);
        }
        assert_eq!(missing("missing field `name` at line 1 column 2"), Some("name"));
        assert_eq!(doubled("duplicate field `limit`"), Some("limit"));
    }
}
