//! A screen's size, as browsers write it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Largest screen side in CSS pixels: a wall of sixteen 4K screens, with room.
const SCREEN_SIDE_MAX: u32 = 65_535;

/// A screen in CSS pixels, written `390x844`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Screen {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl Screen {
    /// The same screen however it is held: shorter side first.
    pub fn upright(self) -> Self {
        Self { width: self.width.min(self.height), height: self.width.max(self.height) }
    }
}

impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// A text that is no screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("screen is not two numbers such as 390x844")]
pub struct ScreenError;

impl FromStr for Screen {
    type Err = ScreenError;

    fn from_str(text: &str) -> Result<Self, ScreenError> {
        let (width, height) = text.split_once('x').ok_or(ScreenError)?;
        let side = |text: &str| {
            let plain = text.bytes().all(|byte| byte.is_ascii_digit());
            let side = text.parse().map_err(|_| ScreenError)?;
            if plain && (1..=SCREEN_SIDE_MAX).contains(&side) { Ok(side) } else { Err(ScreenError) }
        };
        Ok(Self { width: side(width)?, height: side(height)? })
    }
}

impl Serialize for Screen {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Screen {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
