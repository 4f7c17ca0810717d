//! Settings as a whole: who goes before whom, what stops the start, what is warned of, what is printed.

use std::io::Write as _;

use super::*;

fn places(file: Option<&Path>, env: &[(&str, &str)]) -> Places {
    let env = env.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect();
    Places { file: file.map(Path::to_owned), env }
}

fn with_env(env: &[(&str, &str)]) -> Result<Settings, Problems> {
    Settings::load(&places(None, env))
}

fn said(problems: Result<Settings, Problems>) -> String {
    problems.expect_err("something is wrong").to_string()
}

/// A settings file that goes when the test ends.
struct File(PathBuf);

impl File {
    fn holding(text: &str, test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("guestguard-{}-{test}.toml", std::process::id()));
        std::fs::File::create(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .expect("a temporary file");
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn nothing_set_serves_sqlite_on_loopback() {
    let settings = with_env(&[]).expect("defaults fit");
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.database.to_string(), "sqlite:guestguard-data/guestguard.db");
    assert_eq!(settings.public_url, None);
    assert!(settings.warnings().is_empty());
}

#[test]
fn the_example_file_names_the_variable_of_every_key() {
    for key in Sources::gather(None, []).written.keys() {
        let heading = format!("# {}", source::variable(key));
        assert!(EXAMPLE.lines().any(|line| line.starts_with(&heading)), "{key} has no line {heading}");
    }
}

#[test]
fn the_example_file_may_be_used_as_it_is() {
    let file = File::holding(EXAMPLE, "example");
    assert!(Settings::load(&places(Some(&file.0), &[])).is_ok());
}

#[test]
fn the_environment_goes_before_the_file_and_the_file_before_the_default() {
    let file = File::holding("listen = \"127.0.0.1:1\"\ndata_dir = \"kept\"\n", "layers");
    let settings =
        Settings::load(&places(Some(&file.0), &[("GUESTGUARD_LISTEN", "127.0.0.1:2")])).expect("they fit");
    assert_eq!((settings.listen.port(), settings.data_dir), (2, PathBuf::from("kept")));
    assert_eq!(settings.log_format, LogFormat::Text);
}

#[test]
fn an_unknown_variable_stops_the_start_and_names_the_nearest() {
    assert_eq!(
        said(with_env(&[("GUESTGUARD_LISTN", "x")])),
        "1 setting is wrong:\n  GUESTGUARD_LISTN: no such setting; did you mean GUESTGUARD_LISTEN?"
    );
}

#[test]
fn an_unknown_key_of_the_file_is_told_with_its_line() {
    let file = File::holding("log = \"info\"\n\n[database]\nurll = \"x\"\n", "unknown");
    let said = said(Settings::load(&places(Some(&file.0), &[])));
    assert!(said.contains("database.urll ("), "{said}");
    assert!(said.contains("line 4): no such setting; did you mean database.url?"), "{said}");
}

#[test]
fn a_key_like_no_other_is_sent_to_the_example_file() {
    assert!(said(with_env(&[("GUESTGUARD_", "x")])).contains("no such setting"));
    let file = File::holding("zzz = 1\n", "far");
    assert!(
        said(Settings::load(&places(Some(&file.0), &[]))).contains("guestguard.example.toml has them all")
    );
}

#[test]
fn other_variables_and_those_of_tests_are_left_alone() {
    assert!(with_env(&[("GUESTGUARDIAN", "x"), ("GUESTGUARD_TEST_POSTGRES_URL", "x")]).is_ok());
    assert!(with_env(&[("GUESTGUARD_TEST_POSTGRES_URI", "x")]).is_err());
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let Problems(problems) = with_env(&[
        ("GUESTGUARD_LISTEN", "localhost"),
        ("GUESTGUARD_PUBLIC_URL", "guests.example.com"),
        ("GUESTGUARD_TRUSTED_PROXIES", "10.0.0.0/8, proxy, 10.0.0.0/99"),
        ("GUESTGUARD_LOG_FORMAT", "xml"),
        ("GUESTGUARD_NATS_URL", "nats://bus:4222"),
        ("GUESTGUARD_NOISE", "1"),
    ])
    .expect_err("six things are wrong");
    assert_eq!(problems.len(), 7, "{problems:?}");
}

#[test]
fn a_wrong_value_is_told_with_its_remedy() {
    assert_eq!(
        said(with_env(&[("GUESTGUARD_LISTEN", "8080")])),
        "1 setting is wrong:\n  listen (GUESTGUARD_LISTEN): `8080` does not fit; write an IP address with a port, \
         such as 127.0.0.1:8080 or [::]:8080"
    );
}

#[test]
fn a_wrong_secret_is_not_repeated() {
    let said = said(with_env(&[
        ("GUESTGUARD_SECRET", "hunter2"),
        ("GUESTGUARD_DATABASE_URL", "mysql://u:hunter2@h/d"),
        ("GUESTGUARD_RISK_URL", "http://u:hunter2@risk:1"),
        ("GUESTGUARD_RISK_TOKEN", "hunter2"),
    ]));
    assert!(said.contains("secret (GUESTGUARD_SECRET)") && said.contains("database.url ("), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn a_setting_of_a_later_part_is_refused_rather_than_ignored() {
    let said = said(with_env(&[("GUESTGUARD_SMTP_URL", "smtp://u:p@mail:25")]));
    assert!(said.contains("smtp.url (GUESTGUARD_SMTP_URL): not supported by this build yet"), "{said}");
    assert!(with_env(&[("GUESTGUARD_SMTP_URL", "")]).is_ok());
}

#[test]
fn the_outbox_viewer_is_off_and_is_warned_of_where_guests_come() {
    let with = |env: &[(&str, &str)]| with_env(env).unwrap();
    let on = ("GUESTGUARD_OUTBOX_VIEWER", "true");
    let warns = |settings: &Settings| settings.warnings().iter().any(|said| said.contains("outbox_viewer"));

    assert!(!with(&[]).outbox_viewer);
    assert!(with(&[on]).outbox_viewer && !warns(&with(&[on])), "on this machine it is what it is for");
    assert!(warns(&with(&[on, ("GUESTGUARD_PUBLIC_URL", "https://guests.example.com")])));
    assert!(said(with_env(&[("GUESTGUARD_OUTBOX_VIEWER", "yes")])).contains("write true or false"));
}

#[test]
fn a_file_that_is_no_settings_file_is_told_apart() {
    let missing = said(Settings::load(&places(Some(Path::new("/nowhere/guestguard.toml")), &[])));
    assert!(missing.contains("/nowhere/guestguard.toml: cannot be read"), "{missing}");
    let file = File::holding("log = \"info\"\nlisten = 127.0.0.1:1\n", "broken");
    let broken = said(Settings::load(&places(Some(&file.0), &[])));
    assert!(broken.contains("line 2: "), "{broken}");
    let file = File::holding("listen = 1.5\nlog = [\"info\"]\n", "types");
    let types = said(Settings::load(&places(Some(&file.0), &[])));
    assert!(
        types.contains("line 1: listen takes") && types.contains("write one value, not a list"),
        "{types}"
    );
}

#[test]
fn a_value_that_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStringExt as _;
    let env = vec![("GUESTGUARD_DATA_DIR".into(), OsString::from_vec(vec![0xff]))];
    assert!(
        said(Settings::load(&Places { file: None, env }))
            .contains("GUESTGUARD_DATA_DIR: the value is not UTF-8")
    );
}

#[test]
fn a_list_is_written_alike_in_file_and_environment() {
    let file = File::holding("trusted_proxies = [\"10.0.0.0/8\", \"192.0.2.1\"]\n", "list");
    let of_file = Settings::load(&places(Some(&file.0), &[])).expect("it fits");
    let of_env = with_env(&[("GUESTGUARD_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1,")]).expect("it fits");
    assert_eq!(of_file.trusted_proxies, of_env.trusted_proxies);
    assert_eq!(of_file.trusted_proxies.len(), 2);
}

#[test]
fn dangerous_pairs_are_warned_of() {
    let warnings = |env: &[(&str, &str)]| with_env(env).expect("allowed").warnings().join("\n");
    assert!(warnings(&[("GUESTGUARD_LISTEN", "0.0.0.0:80")]).contains("public_url is not set"));
    assert!(warnings(&[("GUESTGUARD_PUBLIC_URL", "http://guests.example.com")]).contains("without TLS"));
    assert!(warnings(&[("GUESTGUARD_TRUSTED_PROXIES", "::/0")]).contains("any address"));
    assert!(warnings(&[("GUESTGUARD_SECRET", "sixteen letters!")]).contains("fewer than 32"));
    assert!(warnings(&[("GUESTGUARD_RISK_LISTEN", "0.0.0.0:50051")]).contains("risk.token is not set"));
    let safe = [
        ("GUESTGUARD_LISTEN", "0.0.0.0:80"),
        ("GUESTGUARD_PUBLIC_URL", "https://guests.example.com"),
        ("GUESTGUARD_TRUSTED_PROXIES", "10.0.0.0/8"),
        ("GUESTGUARD_SECRET", "0123456789abcdef0123456789abcdef"),
        ("GUESTGUARD_RISK_LISTEN", "0.0.0.0:50051"),
        ("GUESTGUARD_RISK_TOKEN", "sixteen letters!"),
    ];
    assert_eq!(warnings(&safe), "");
}

#[test]
fn what_is_printed_holds_no_secret_and_can_be_read_again() {
    let env = [
        ("GUESTGUARD_SECRET", "0123456789abcdef0123456789abcdef"),
        ("GUESTGUARD_DATABASE_URL", "postgres://ada:hunter2@db/gg"),
        ("GUESTGUARD_TRUSTED_PROXIES", "10.0.0.0/8"),
        ("GUESTGUARD_RISK_URL", "http://risk:50051/"),
        ("GUESTGUARD_RISK_TOKEN", "0123456789abcdef"),
    ];
    let printed = print(&places(None, &env)).expect("it fits");
    assert!(printed.contains("secret = \"***\"  # GUESTGUARD_SECRET\n"), "{printed}");
    assert!(printed.contains("url = \"postgres://***@db/gg\"  # GUESTGUARD_DATABASE_URL\n"), "{printed}");
    assert!(printed.contains("trusted_proxies = [\"10.0.0.0/8\"]"), "{printed}");
    assert!(printed.contains("url = \"http://risk:50051\"  # GUESTGUARD_RISK_URL\n"), "{printed}");
    assert!(printed.contains("token = \"***\"  # GUESTGUARD_RISK_TOKEN\n"), "{printed}");
    assert!(!printed.contains("hunter2") && !printed.contains("0123"), "{printed}");
    assert!(toml::de::DeTable::parse(&printed).is_ok(), "{printed}");
}

#[test]
fn settings_show_no_secret_in_debug() {
    let settings = with_env(&[
        ("GUESTGUARD_SECRET", "0123456789abcdef0123456789abcdef"),
        ("GUESTGUARD_DATABASE_URL", "postgres://ada:hunter2@db/gg"),
        ("GUESTGUARD_RISK_TOKEN", "0123456789abcdef"),
    ])
    .expect("it fits");
    let shown = format!("{settings:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("0123"), "{shown}");
}
