//! The commands, as CONTRIBUTING and README name them. Only shapes: what each does is in `commands`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Personal invitation links that tell the guest from a stranger.
#[derive(Debug, Parser)]
#[command(name = "guestguard", version, about, propagate_version = true)]
pub struct Cli {
    /// Settings file; without it, guestguard.toml in the current folder where there is one
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve pages, API and live feed until told to stop
    Serve(ServeArgs),
    /// Bring the database to this version's schema
    Migrate,
    /// Say what is wrong with this installation and what to do about it
    Doctor,
    /// Check or show the settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Copy database and keys to FILE, also while serving (SQLite)
    Backup {
        /// The file to make; it must not exist yet
        file: PathBuf,
    },
    /// Bring a backup back into an empty data folder (SQLite)
    Restore {
        /// A file that `backup` made
        file: PathBuf,
    },
    /// Accounts and API keys, also beside a running server
    #[command(subcommand)]
    Admin(AdminCommand),
    /// The keys that sign invitation links
    #[command(subcommand)]
    Keys(KeysCommand),
    /// The risk engine: on logs of simulated worlds, and on what an installation keeps of openings
    #[command(subcommand)]
    Risk(RiskCommand),
    /// Print the OpenAPI document
    #[command(hide = true)]
    Openapi,
}

/// `guestguard serve`
#[derive(Debug, Default, Args)]
pub struct ServeArgs {
    /// A throw-away data folder with a sample event, 200 guests and simulated traffic
    #[arg(long)]
    pub demo: bool,
    /// Serve this part alone; repeat for more, leave out for all
    #[arg(long = "role", value_name = "ROLE", value_enum)]
    pub roles: Vec<Role>,
}

/// A part of the server that can be a process of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Pages, API and live feed
    Web,
    /// What happens later: messages, relays, sweeps
    Worker,
    /// The risk engine over gRPC
    Risk,
}

/// `guestguard config …`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Name everything that is wrong with the settings
    Check,
    /// Show the settings in force and where each comes from, secrets hidden
    Print,
}

/// `guestguard admin …`
#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Make an organiser's account
    CreateAccount {
        /// The address to sign in with
        #[arg(long)]
        email: String,
        /// Read the password from standard input (its first line)
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// Make an API key; it is printed once, alone on standard output
    CreateApiKey {
        /// The account's address
        #[arg(long, value_name = "EMAIL")]
        account: String,
        /// What the key is for
        #[arg(long)]
        name: String,
        /// What it may do; repeat for more, leave out for all
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
    },
    /// List API keys: id, account, name, scopes, last use
    ListApiKeys,
    /// End an API key; servers refuse it within 5 seconds
    RevokeApiKey {
        /// Its id, as `list-api-keys` shows it
        id: String,
    },
}

/// `guestguard keys …`
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// List signing keys: id, age, living links
    List,
    /// Sign new links with a new key; older links live on
    Rotate,
    /// Give up a key that no living link uses
    Retire {
        /// Its id, as `keys list` shows it
        id: String,
        /// Give it up although links die; says how many
        #[arg(long)]
        force: bool,
    },
}

/// `guestguard risk …`
#[derive(Debug, Subcommand)]
pub enum RiskCommand {
    /// Write the access log of a simulated world, and what is true of each access beside it
    Simulate {
        /// The same seed gives the same world, byte for byte
        #[arg(long)]
        seed: u64,
        /// How many events
        #[arg(long)]
        events: usize,
        /// Which world: as the design page has it, to the letter or with what is usual, or another for each seed
        #[arg(long, value_enum, default_value_t = WorldKind::Usual)]
        world: WorldKind,
        /// The access log to write
        #[arg(long, value_name = "ACCESSES.jsonl")]
        out: PathBuf,
        /// The labels to write
        #[arg(long, value_name = "LABELS.jsonl")]
        labels: PathBuf,
    },
    /// Score an access log in file order with the engine that serves requests
    Score {
        /// The access log
        #[arg(value_name = "ACCESSES.jsonl")]
        log: PathBuf,
        /// The scores to write, a line an access
        #[arg(long, value_name = "SCORES.jsonl")]
        out: PathBuf,
    },
    /// Say how well scores do against labels
    Evaluate {
        /// What `risk score` wrote
        #[arg(value_name = "SCORES.jsonl")]
        scores: PathBuf,
        /// What `risk simulate` wrote beside the log
        #[arg(value_name = "LABELS.jsonl")]
        labels: PathBuf,
        /// As JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Make what is known of guests again from the record of their openings and your words, also beside a running server
    Rebuild {
        /// Of this event alone
        #[arg(long, value_name = "ID")]
        event: Option<String>,
        /// Only say whose row is not what its record makes, and end with 1 where there is one
        #[arg(long)]
        check: bool,
    },
    /// Judge an event's openings again, and say whose would be treated otherwise and why; writes nothing
    Replay {
        /// The event
        #[arg(long, value_name = "ID")]
        event: String,
        /// Under this policy, in the form of the API; without it, the event's own
        #[arg(long, value_name = "POLICY.json")]
        policy: Option<PathBuf>,
        /// By this model; without it, the one in force
        #[arg(long, value_name = "NAME")]
        model: Option<String>,
        /// As JSON instead of text
        #[arg(long)]
        json: bool,
    },
}

impl RiskCommand {
    /// Whether it works on files alone, and no settings are asked for.
    pub const fn is_of_logs(&self) -> bool {
        matches!(self, Self::Simulate { .. } | Self::Score { .. } | Self::Evaluate { .. })
    }
}

/// Worlds that can be simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WorldKind {
    /// RISK.md 7 with people on security networks and households known in part
    Usual,
    /// RISK.md 7 to the letter
    Specified,
    /// Figures and structures drawn anew for each seed
    Drawn,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split_whitespace())
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn config_may_stand_before_or_after_the_command() {
        let before = parse("guestguard --config a.toml serve").expect("a command");
        let after = parse("guestguard serve --config a.toml").expect("a command");
        assert_eq!((before.config.clone(), before.config), (after.config, Some(PathBuf::from("a.toml"))));
    }

    #[test]
    fn roles_add_up() {
        let cli = parse("guestguard serve --role web --role worker").expect("a command");
        let Command::Serve(serve) = cli.command else { panic!("not serve") };
        assert_eq!(serve.roles, [Role::Web, Role::Worker]);
    }

    #[test]
    fn a_password_is_never_an_argument() {
        assert!(parse("guestguard admin create-account --email a@example.com").is_err());
        assert!(parse("guestguard admin create-account --email a@example.com --password x").is_err());
        assert!(parse("guestguard admin create-account --email a@example.com --password-stdin").is_ok());
    }

    #[test]
    fn the_risk_commands_are_as_the_contract_has_them() {
        for line in [
            "guestguard risk simulate --seed 7 --events 3 --out a.jsonl --labels l.jsonl",
            "guestguard risk score a.jsonl --out s.jsonl",
            "guestguard risk evaluate s.jsonl l.jsonl",
            "guestguard risk evaluate s.jsonl l.jsonl --json",
            "guestguard risk rebuild",
            "guestguard risk rebuild --event 0193 --check",
            "guestguard risk replay --event 0193 --policy p.json --model argued-2 --json",
        ] {
            assert!(matches!(parse(line).expect("a command").command, Command::Risk(_)), "{line}");
        }
        assert!(parse("guestguard risk simulate --events 3 --out a --labels l").is_err(), "no seed");
    }

    #[test]
    fn a_mistyped_command_is_answered_with_the_nearest() {
        let said = parse("guestguard serv").expect_err("no such command").to_string();
        assert!(said.contains("'serve'"), "{said}");
    }
}
