//! ROC curves, shares and quantiles.

/// A ROC curve; ties are straight lines between points, as a threshold drawn at random would have it.
pub(crate) struct Curve(pub(crate) Vec<(f64, f64)>);

impl Curve {
    pub(crate) fn new(positive: &[f64], negative: &[f64]) -> Self {
        let mut all: Vec<(f64, bool)> =
            positive.iter().map(|p| (*p, true)).chain(negative.iter().map(|p| (*p, false))).collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut points = vec![(0.0, 0.0)];
        let (mut hits, mut alarms) = (0_usize, 0_usize);
        for (index, (p, attack)) in all.iter().enumerate() {
            if *attack {
                hits += 1;
            } else {
                alarms += 1;
            }
            if all.get(index + 1).is_none_or(|next| next.0 < *p) {
                points.push((share(alarms, negative.len()), share(hits, positive.len())));
            }
        }
        Self(points)
    }

    pub(crate) fn auc(&self) -> f64 {
        self.0.windows(2).map(|two| (two[1].0 - two[0].0) * f64::midpoint(two[0].1, two[1].1)).sum()
    }

    pub(crate) fn tpr(&self, fpr: f64) -> f64 {
        for two in self.0.windows(2) {
            if two[1].0 > fpr {
                let part = (fpr - two[0].0) / (two[1].0 - two[0].0);
                return two[0].1 + part * (two[1].1 - two[0].1);
            }
        }
        1.0
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of lines in a file")]
pub(crate) const fn float(count: usize) -> f64 {
    count as f64
}

pub(crate) fn share(part: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { float(part) / float(all) }
}

pub(crate) fn quantile(sorted: &[f64], q: f64) -> f64 {
    let at = crate::rng::whole(q * float(sorted.len()), 0, sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_of_ties_is_a_straight_line() {
        let curve = Curve::new(&[0.5; 4], &[0.5; 10]);
        assert!((curve.auc() - 0.5).abs() < 1e-12 && (curve.tpr(0.1) - 0.1).abs() < 1e-12);
        let perfect = Curve::new(&[0.9, 0.8], &[0.1, 0.2]);
        assert!((perfect.auc() - 1.0).abs() < 1e-12 && (perfect.tpr(0.001) - 1.0).abs() < 1e-12);
        let half = Curve::new(&[0.9, 0.15], &[0.1, 0.2]);
        assert!((half.auc() - 0.75).abs() < 1e-12 && (half.tpr(0.4) - 0.5).abs() < 1e-12);
    }
}
