//! Chance, by seed alone: the same seed gives the same world, on every machine and in every version.
//!
//! `xoshiro256++` (Blackman and Vigna, public domain) seeded by `splitmix64`; written here because a
//! world must not change when a crate does.

/// A stream of chance.
#[derive(Clone, Debug)]
pub struct Rng([u64; 4]);

/// One round of `splitmix64`: also a good hash of a number.
pub const fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A hash of several numbers in order.
pub fn hash(parts: &[u64]) -> u64 {
    parts
        .iter()
        .fold(0x5851_f42d_4c95_7f2d, |hash, part| mix(hash ^ part.wrapping_mul(0xd6e8_feb8_6659_fd93)))
}

impl Rng {
    /// The stream of `seed`.
    pub const fn new(seed: u64) -> Self {
        let a = mix(seed);
        let b = mix(a);
        let c = mix(b);
        Self([a, b, c, mix(c)])
    }

    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        let s = &mut self.0;
        let out = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        out
    }

    /// Evenly from 0 up to but not including 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double")]
    pub const fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with chance `p`.
    pub const fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Evenly from `low` to `high`.
    pub const fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Evenly from 0 to `n` − 1; 0 where there is nothing to choose from.
    pub fn below(&mut self, n: usize) -> usize {
        let n = n.max(1) as u64;
        usize::try_from(self.bits() % n).unwrap_or(0)
    }

    /// One of `things`.
    pub fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len())]
    }

    /// The index that `weights` choose.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        weights.len().saturating_sub(1)
    }

    /// Zipf: 0 to `n` − 1, the first the likeliest, by rank to the power of `s`.
    #[expect(clippy::cast_precision_loss, reason = "ranks are small")]
    pub fn zipf(&mut self, n: usize, s: f64) -> usize {
        let weight = |rank: usize| (rank as f64 + 1.0).powf(-s);
        let mut left = self.unit() * (0..n).map(weight).sum::<f64>();
        for rank in 0..n {
            left -= weight(rank);
            if left < 0.0 {
                return rank;
            }
        }
        n.saturating_sub(1)
    }

    /// Exponential with that mean.
    pub fn exp(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Normal, standard.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Lognormal with that median.
    pub fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        median * (sigma * self.normal()).exp()
    }

    /// Poisson with that mean (Knuth; means here are small).
    pub fn poisson(&mut self, mean: f64) -> usize {
        let (limit, mut product, mut count) = ((-mean.min(30.0)).exp(), self.unit(), 0);
        while product > limit {
            product *= self.unit();
            count += 1;
        }
        count
    }

    /// Gamma with that shape and mean (Marsaglia and Tsang; shape at least 1).
    pub fn gamma(&mut self, shape: f64, mean: f64) -> f64 {
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.unit().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v * mean / shape;
            }
        }
    }

    /// Failures before the first success: 0, 1, 2 …
    pub fn geometric(&mut self, p: f64) -> usize {
        let mut count = 0;
        while count < 1_000 && !self.chance(p) {
            count += 1;
        }
        count
    }
}

/// A whole number from a fraction, cut at both ends.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
pub const fn whole(value: f64, low: usize, high: usize) -> usize {
    let value = if value > 0.0 { value } else { 0.0 };
    let value = if value < 1e9 { value as usize } else { 1_000_000_000 };
    if value < low {
        low
    } else if value > high {
        high
    } else {
        value
    }
}

/// Milliseconds of that many hours.
#[expect(clippy::cast_possible_truncation, reason = "worlds last weeks")]
pub const fn hours(hours: f64) -> i64 {
    (hours * 3_600_000.0) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_stream_and_another_seed_another() {
        let of = |seed| -> Vec<u64> {
            let mut rng = Rng::new(seed);
            (0..4).map(|_| rng.bits()).collect()
        };
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "a few thousand draws")]
    fn means_are_where_they_should_be() {
        let mut rng = Rng::new(1);
        let mut mean = |draw: &mut dyn FnMut(&mut Rng) -> f64| {
            (0..20_000).map(|_| draw(&mut rng)).sum::<f64>() / 20_000.0
        };
        assert!((mean(&mut |rng| rng.exp(3.0)) - 3.0).abs() < 0.1);
        assert!((mean(&mut |rng| rng.gamma(1.2, 2.5)) - 2.5).abs() < 0.1);
        assert!((mean(&mut |rng| rng.poisson(2.5) as f64) - 2.5).abs() < 0.1);
        assert!((mean(&mut |rng| rng.geometric(0.5) as f64) - 1.0).abs() < 0.1);
        assert!(mean(&mut |rng| rng.normal()).abs() < 0.05);
    }
}
