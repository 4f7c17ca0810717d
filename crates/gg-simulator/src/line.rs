//! A line of the access log as JSON has it, before it is an [`Entry`](crate::log::Entry).

use std::net::IpAddr;

use gg_domain::access::{Act, NetClass};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A line as JSON has it.
#[derive(Deserialize, Serialize)]
pub(crate) struct Line<F> {
    pub(crate) ts: Timestamp,
    pub(crate) event: String,
    pub(crate) guest: String,
    #[serde(default)]
    pub(crate) party: Option<String>,
    #[serde(default)]
    pub(crate) ip: Option<IpAddr>,
    #[serde(default)]
    pub(crate) asn: Option<u32>,
    #[serde(default)]
    pub(crate) city: Option<String>,
    #[serde(default)]
    pub(crate) country: Option<String>,
    #[serde(default)]
    pub(crate) net_class: Option<NetClass>,
    #[serde(default)]
    pub(crate) headers: Option<HeaderLine>,
    pub(crate) fp: Option<F>,
    #[serde(default)]
    pub(crate) cookie: Option<String>,
    #[serde(default)]
    pub(crate) set_cookie: Option<String>,
    #[serde(default)]
    pub(crate) method: MethodWord,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) act: Option<Option<Act>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sent_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) plus_ones_allowed: Option<u32>,
}

/// `fp` member by member: a map would be made for each line only to be thrown away.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct FpLine {
    pub(crate) platform: Value,
    pub(crate) screen: Value,
    pub(crate) pixel_ratio: Value,
    pub(crate) color_depth: Value,
    pub(crate) touch_points: Value,
    pub(crate) cores: Value,
    pub(crate) memory: Value,
    pub(crate) timezone: Value,
    pub(crate) tz_offset: Value,
    pub(crate) languages: Value,
    pub(crate) canvas: Value,
    pub(crate) audio: Value,
    pub(crate) fonts: Value,
    pub(crate) webgl_vendor: Value,
    pub(crate) webgl_renderer: Value,
    pub(crate) webdriver: Value,
    pub(crate) plugins: Value,
    pub(crate) visible_ms: Value,
    pub(crate) interacted: Value,
}

impl FpLine {
    pub(crate) fn member(&self, name: &str) -> Option<&Value> {
        let value = match name {
            "platform" => &self.platform,
            "screen" => &self.screen,
            "pixel_ratio" => &self.pixel_ratio,
            "color_depth" => &self.color_depth,
            "touch_points" => &self.touch_points,
            "cores" => &self.cores,
            "memory" => &self.memory,
            "timezone" => &self.timezone,
            "tz_offset" => &self.tz_offset,
            "languages" => &self.languages,
            "canvas" => &self.canvas,
            "audio" => &self.audio,
            "fonts" => &self.fonts,
            "webgl_vendor" => &self.webgl_vendor,
            "webgl_renderer" => &self.webgl_renderer,
            "webdriver" => &self.webdriver,
            "plugins" => &self.plugins,
            "visible_ms" => &self.visible_ms,
            "interacted" => &self.interacted,
            _ => return None,
        };
        Some(value)
    }
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct HeaderLine {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ua: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accept_language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sec_ch_ua: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sec_ch_ua_mobile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sec_ch_ua_platform: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accept: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sec_fetch_mode: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum MethodWord {
    #[default]
    Get,
    Head,
}

/// Null and absent are two things where acts are concerned.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Act>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
