//! What may come in from outside: licences, bans and sources, as deny.toml has them. `cargo deny` checks the same
//! and more, but is minutes of compilation; this needs nothing.

use std::collections::BTreeSet;

use toml::Table;

use crate::metadata::{items, metadata, root, text};

/// What deny.toml lets in.
struct Rules {
    licences: BTreeSet<String>,
    banned: BTreeSet<String>,
    registries: BTreeSet<String>,
}

/// A package as it would come in.
struct Package {
    name: String,
    version: String,
    licence: String,
    /// `registry+…`, `git+…`; empty for our own.
    source: String,
}

fn rules() -> Rules {
    let deny = std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml is there");
    let deny: Table = deny.parse().expect("deny.toml is TOML");
    let texts = |section: &str, key: &str, member: Option<&str>| -> BTreeSet<String> {
        let list = deny[section][key].as_array().expect("a list");
        let name = |item: &toml::Value| {
            member.map_or(item.as_str(), |member| item[member].as_str()).map(str::to_owned)
        };
        list.iter().filter_map(name).collect()
    };
    Rules {
        licences: texts("licenses", "allow", None),
        banned: texts("bans", "deny", Some("crate")),
        registries: texts("sources", "allow-registry", None),
    }
}

/// Why the package may not come in, or nothing.
fn complaint(package: &Package, rules: &Rules) -> Option<String> {
    let Package { name, version, licence, source } = package;
    if rules.banned.contains(name) {
        return Some(format!("{name} {version} is banned"));
    }
    if source.is_empty() {
        return None;
    }
    if !source.strip_prefix("registry+").is_some_and(|registry| rules.registries.contains(registry)) {
        return Some(format!("{name} {version} comes from {source}"));
    }
    // The old spelling of OR is still about.
    let licence = licence.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = licence.split_whitespace().collect();
    let is_allowed = Expression { words: &words, at: 0 }.judge(&rules.licences);
    (!is_allowed).then(|| format!("{name} {version} has the licence `{}`", package.licence))
}

/// An SPDX expression: OR binds less than AND, AND less than WITH.
struct Expression<'a> {
    words: &'a [&'a str],
    at: usize,
}

impl<'a> Expression<'a> {
    /// Whether all of it is understood, and let in.
    fn judge(mut self, allowed: &BTreeSet<String>) -> bool {
        self.any_of(allowed) && self.at == self.words.len()
    }

    fn any_of(&mut self, allowed: &BTreeSet<String>) -> bool {
        let mut is_allowed = self.all_of(allowed);
        while self.take("OR") {
            is_allowed |= self.all_of(allowed);
        }
        is_allowed
    }

    fn all_of(&mut self, allowed: &BTreeSet<String>) -> bool {
        let mut is_allowed = self.one_of(allowed);
        while self.take("AND") {
            is_allowed &= self.one_of(allowed);
        }
        is_allowed
    }

    fn one_of(&mut self, allowed: &BTreeSet<String>) -> bool {
        if self.take("(") {
            let is_allowed = self.any_of(allowed);
            return self.take(")") && is_allowed;
        }
        let Some(licence) = self.next() else { return false };
        if !self.take("WITH") {
            return allowed.contains(licence);
        }
        let exception = self.next().unwrap_or_default();
        allowed.contains(&format!("{licence} WITH {exception}"))
    }

    fn take(&mut self, word: &str) -> bool {
        let is_next = self.words.get(self.at) == Some(&word);
        self.at += usize::from(is_next);
        is_next
    }

    fn next(&mut self) -> Option<&'a str> {
        let word = self.words.get(self.at).copied();
        self.at += 1;
        word
    }
}

fn outside(licence: &str) -> Package {
    Package {
        name: "somebody".to_owned(),
        version: "1.0.0".to_owned(),
        licence: licence.to_owned(),
        source: "registry+https://github.com/rust-lang/crates.io-index".to_owned(),
    }
}

#[test]
fn everything_that_we_build_from_may_come_in() {
    let metadata = metadata(&[]);
    let packages: Vec<Package> = items(&metadata, "packages")
        .map(|package| Package {
            name: text(package, "name").to_owned(),
            version: text(package, "version").to_owned(),
            licence: text(package, "license").to_owned(),
            source: text(package, "source").to_owned(),
        })
        .collect();
    assert!(packages.len() > 50, "cargo named {} packages", packages.len());

    let rules = rules();
    let complaints: Vec<String> = packages.iter().filter_map(|package| complaint(package, &rules)).collect();
    assert_eq!(complaints, Vec::<String>::new());
}

#[test]
fn a_licence_that_is_not_let_in_is_seen() {
    let rules = rules();
    let is_refused = |licence: &str| complaint(&outside(licence), &rules).is_some();
    for refused in [
        "GPL-3.0-only",
        "",
        "MIT AND GPL-3.0-only",
        "(MIT OR ISC) AND AGPL-3.0-only",
        "MIT WITH Nonsense",
        "MIT GPL-3.0-only",
    ] {
        assert!(is_refused(refused), "{refused}");
    }
    for allowed in ["MIT", "GPL-3.0-only OR MIT", "MIT/Apache-2.0", "(MIT OR GPL-2.0-only) AND Unicode-3.0"] {
        assert!(!is_refused(allowed), "{allowed}");
    }
}

#[test]
fn a_banned_crate_is_seen() {
    let banned = Package { name: "openssl-sys".to_owned(), ..outside("MIT") };
    assert_eq!(complaint(&banned, &rules()).as_deref(), Some("openssl-sys 1.0.0 is banned"));
}

#[test]
fn another_source_than_the_registry_is_seen() {
    let git = Package { source: "git+https://example.com/somebody".to_owned(), ..outside("MIT") };
    assert!(complaint(&git, &rules()).is_some());
}
