//! Drawings of a report: ROC curves and a reliability diagram, as SVG that needs no script.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::evaluate::Bin;

/// Sides of a drawing and of its frame, in pixels.
const SIDE: f64 = 360.0;
const LEFT: f64 = 60.0;
const TOP: f64 = 30.0;
const COLOURS: &[&str] = &[
    "#1b6ca8", "#c0392b", "#2e8b57", "#8e44ad", "#d68910", "#117a65", "#6e2c00", "#34495e", "#b03a69",
    "#7d8a2e",
];

/// ROC curves; false positives from .01 % to 100 % on a logarithmic scale, since only the left part matters.
pub fn roc(curves: &BTreeMap<String, Vec<(f64, f64)>>) -> String {
    let across = |fpr: f64| LEFT + SIDE * (fpr.max(1e-4).log10() + 4.0) / 4.0;
    let mut out =
        frame("False positives (share of clean accesses)", "Detected (share of the attack's accesses)");
    for (power, label) in [(0.0, ".01 %"), (1.0, ".1 %"), (2.0, "1 %"), (3.0, "10 %"), (4.0, "100 %")] {
        tick(&mut out, LEFT + SIDE * power / 4.0, label);
    }
    for (index, (name, points)) in curves.iter().enumerate() {
        let colour = COLOURS[index % COLOURS.len()];
        let mut path = String::new();
        let mut last = f64::MIN;
        for (fpr, tpr) in points {
            let x = across(*fpr);
            // A point for each half pixel is all that an eye can tell.
            if x - last >= 0.5 || *fpr >= 1.0 {
                let _ = write!(
                    path,
                    "{}{x:.1} {:.1}",
                    if path.is_empty() { "M" } else { "L" },
                    TOP + SIDE * (1.0 - tpr)
                );
                last = x;
            }
        }
        let _ = write!(out, "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\"/>");
        let y = TOP + 14.0 + 16.0 * f64::from(u32::try_from(index).unwrap_or(0));
        let _ = write!(out, "<text x=\"{}\" y=\"{y}\" fill=\"{colour}\">{name}</text>", LEFT + SIDE + 10.0);
    }
    out + "</svg>\n"
}

/// What was said against what was; circles grow with how many.
pub fn reliability(bins: &[Bin]) -> String {
    let mut out = frame("Said (mean p of the bin)", "Was (share not the guest)");
    for part in 0..=5_u32 {
        tick(&mut out, LEFT + SIDE * f64::from(part) / 5.0, &format!("{:.1}", f64::from(part) / 5.0));
    }
    let _ = write!(
        out,
        "<path d=\"M{LEFT} {}L{} {TOP}\" stroke=\"#999\" stroke-dasharray=\"4 4\"/>",
        TOP + SIDE,
        LEFT + SIDE
    );
    for bin in bins.iter().filter(|bin| bin.count > 0) {
        let many = f64::from(u32::try_from(bin.count).unwrap_or(u32::MAX));
        let _ = write!(
            out,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{:.1}\" fill=\"#1b6ca8\" fill-opacity=\".7\"><title>{} openings: said {:.3}, was {:.3}</title></circle>",
            LEFT + SIDE * bin.said,
            TOP + SIDE * (1.0 - bin.was),
            2.0 + many.log10() * 1.5,
            bin.count,
            bin.said,
            bin.was
        );
    }
    out + "</svg>\n"
}

fn frame(across: &str, up: &str) -> String {
    let (width, height) = (LEFT + SIDE + 90.0, TOP + SIDE + 50.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><rect x=\"{LEFT}\" y=\"{TOP}\" width=\"{SIDE}\" height=\"{SIDE}\" fill=\"none\" stroke=\"#444\"/>\
         <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{across}</text><text transform=\"translate(16 {}) rotate(-90)\" text-anchor=\"middle\">{up}</text>",
        LEFT + SIDE / 2.0,
        TOP + SIDE + 40.0,
        TOP + SIDE / 2.0
    );
    for part in 0..=5_u32 {
        let share = f64::from(part) / 5.0;
        let _ = write!(
            out,
            "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{share:.1}</text>",
            LEFT - 6.0,
            TOP + SIDE * (1.0 - share) + 4.0
        );
    }
    out
}

fn tick(out: &mut String, x: f64, label: &str) {
    let _ =
        write!(out, "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{label}</text>", TOP + SIDE + 18.0);
}
