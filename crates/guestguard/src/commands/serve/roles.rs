//! Which parts a process serves.

use anyhow::{Result, ensure};

use crate::cli::{Role, ServeArgs};
use crate::config::Settings;

/// What this process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parts {
    /// Web and worker; `engine`: the risk engine too.
    Site {
        /// Is the engine served to others, where the settings say where?
        engine: bool,
    },
    /// The risk engine alone.
    Engine,
}

impl Parts {
    /// The parts that were asked for.
    ///
    /// # Errors
    /// For those that cannot be alone yet: a web and a worker apart need the bus.
    pub(super) fn of(args: &ServeArgs, settings: &Settings) -> Result<Self> {
        let has = |role| args.roles.is_empty() || args.roles.contains(&role);
        match (has(Role::Web), has(Role::Worker), has(Role::Risk)) {
            (true, true, true) => Ok(Self::Site { engine: true }),
            (true, true, false) => {
                ensure!(
                    settings.risk_url.is_some(),
                    "without --role risk the engine must be somewhere else: set GUESTGUARD_RISK_URL"
                );
                Ok(Self::Site { engine: false })
            }
            (false, false, true) => {
                ensure!(!args.demo, "--demo needs every role: leave --role out");
                Ok(Self::Engine)
            }
            _ => anyhow::bail!(
                "web and worker cannot be served apart by this build yet: leave --role out to serve all, or write --role web \
                 --role worker with GUESTGUARD_RISK_URL, or --role risk alone"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Places;

    fn parts(roles: &[Role], risk_url: Option<&str>) -> Result<Parts> {
        let env = risk_url.map(|url| ("GUESTGUARD_RISK_URL".into(), url.into())).into_iter().collect();
        let settings = Settings::load(&Places { file: None, env })?;
        Parts::of(&ServeArgs { demo: false, roles: roles.to_vec() }, &settings)
    }

    #[test]
    fn all_together_or_the_engine_apart() {
        let all = Parts::Site { engine: true };
        assert_eq!(parts(&[], None).unwrap(), all);
        assert_eq!(parts(&[Role::Risk, Role::Web, Role::Worker], None).unwrap(), all);
        assert_eq!(parts(&[Role::Risk], None).unwrap(), Parts::Engine);
        let apart = parts(&[Role::Web, Role::Worker], Some("http://127.0.0.1:50051"));
        assert_eq!(apart.unwrap(), Parts::Site { engine: false });
    }

    #[test]
    fn a_part_that_cannot_be_alone_is_refused_rather_than_ignored() {
        let url = Some("http://127.0.0.1:50051");
        for roles in
            [&[Role::Web][..], &[Role::Worker], &[Role::Web, Role::Risk], &[Role::Worker, Role::Risk]]
        {
            assert!(parts(roles, url).is_err(), "{roles:?}");
        }
        let said = parts(&[Role::Web, Role::Worker], None).unwrap_err().to_string();
        assert!(said.contains("GUESTGUARD_RISK_URL"), "{said}");
    }
}
