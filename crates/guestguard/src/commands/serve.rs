//! `guestguard serve`: every part in one process until it is told to stop.

use anyhow::{Result, bail, ensure};

use crate::cli::{Role, ServeArgs};
use crate::config::Settings;

/// Serves until the first signal, drains, and returns.
///
/// # Errors
/// When it cannot start: roles that this build does not have, a taken port, a database out of reach.
pub async fn run(args: &ServeArgs, _settings: &Settings) -> Result<()> {
    refuse_single_roles(&args.roles)?;
    bail!("serve is not wired in this build")
}

/// Until there are a bus and a gRPC engine, the parts live in one process or not at all.
fn refuse_single_roles(roles: &[Role]) -> Result<()> {
    let all = [Role::Web, Role::Worker, Role::Risk];
    let is_all = roles.is_empty() || all.iter().all(|role| roles.contains(role));
    ensure!(is_all, "--role for a part alone is not supported by this build yet; leave it out to serve all");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_alone_is_refused_rather_than_ignored() {
        assert!(refuse_single_roles(&[Role::Web]).is_err());
        assert!(refuse_single_roles(&[]).is_ok());
        assert!(refuse_single_roles(&[Role::Risk, Role::Web, Role::Worker]).is_ok());
    }
}
