//! A report as people read it.

use std::fmt::Write as _;

use crate::evaluate::Report;

/// The report as a table.
pub fn table(report: &Report) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "accesses {} · clean guests {} · clean accesses {}",
        report.accesses, report.clean_guests, report.clean_accesses
    );
    let _ = writeln!(
        out,
        "macro AUC {:.3} [{:.3} {:.3}] · TPR at 5/1/.1 % {:.2}/{:.2} [{:.2} {:.2}]/{:.2} · unknown attacks AUC {:.3}, TPR at 1 % {:.2}",
        report.macro_auc,
        report.macro_auc_90[0],
        report.macro_auc_90[1],
        report.macro_tpr_5,
        report.macro_tpr_1,
        report.macro_tpr_1_90[0],
        report.macro_tpr_1_90[1],
        report.macro_tpr_01,
        report.unknown_auc,
        report.unknown_tpr_1,
    );
    let percent = |shares: &[f64]| {
        shares.iter().map(|share| format!("{:.2}", share * 100.0)).collect::<Vec<_>>().join(" / ")
    };
    let _ =
        writeln!(out, "clean guests ever Review / Suspicious / Blocked, %: {}", percent(&report.clean_ever));
    let _ = writeln!(out, "guests of leaked links ever, %: {}", percent(&report.collateral_ever));
    let _ = writeln!(out, "the same on a device known, %: {}", percent(&report.collateral_known_ever));
    let _ = writeln!(out, "clean accesses by band, %: {}", percent(&report.clean_bands));
    let _ = writeln!(
        out,
        "machines scored {:.2} % (scanners {:.2} %) · people gated {:.3} % · ECE {:.4} · Brier {:.4} (base {:.4})",
        report.machines_scored * 100.0,
        report.scanners_scored * 100.0,
        report.humans_gated * 100.0,
        report.ece,
        report.brier[0],
        report.brier[1],
    );
    let _ = writeln!(out, "attack  accesses links   AUC  T@5%  T@1% T@.1%  Review Susp.  delay p90");
    for (kind, one) in &report.attacks {
        let _ = writeln!(
            out,
            "{kind:<8}{:>8}{:>6}  {:.3}  {:.2}  {:.2}  {:.2}   {:.2}   {:.2}   {:>4} {:>4}",
            one.accesses,
            one.links,
            one.auc,
            one.tpr_5,
            one.tpr_1,
            one.tpr_01,
            one.links_review,
            one.links_suspicious,
            one.delay_median,
            one.delay_p90,
        );
    }
    out
}
