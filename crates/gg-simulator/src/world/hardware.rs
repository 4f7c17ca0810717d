//! What machines are made of, and how their browsers name themselves.

use gg_domain::signals::Screen;

use super::device::{Browser, Device, System};

impl Device {
    pub(super) fn agent(&self, (os, minor): (u32, u32), major: u32, engine: u32, app: bool) -> String {
        const WEBKIT: &str = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
        const BLINK: &str = "AppleWebKit/537.36 (KHTML, like Gecko)";
        let model = self.model;
        match (self.system, self.browser) {
            (System::Ios, _) if app => {
                format!(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS {os}_{minor} like Mac OS X) {WEBKIT} Mobile/15E148 Instagram 410.0.0.29 (iPhone15,{}; iOS {os}_{minor})",
                    model % 9
                )
            }
            (System::Ios, Browser::Chrome) => {
                format!(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS {os}_{minor} like Mac OS X) {WEBKIT} CriOS/{major}.0.0.0 Mobile/15E148 Safari/604.1"
                )
            }
            (System::Ios, _) => {
                format!(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS {os}_{minor} like Mac OS X) {WEBKIT} Version/{os}.{minor} Mobile/15E148 Safari/604.1"
                )
            }
            (System::Ipad | System::Mac, Browser::Safari) => {
                format!(
                    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/{major}.{minor} Safari/605.1.15"
                )
            }
            (System::Android | System::AndroidTablet, _) if app => {
                format!(
                    "Mozilla/5.0 (Linux; Android {os}; M{model:03} Build/AP3A.240905.015; wv) {BLINK} Version/4.0 Chrome/{engine}.0.7000.{} Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/520.0.0.1;]",
                    model % 200
                )
            }
            (System::Android | System::AndroidTablet, Browser::Firefox) => {
                format!("Mozilla/5.0 (Android {os}; Mobile; rv:{major}.0) Gecko/{major}.0 Firefox/{major}.0")
            }
            (System::Android, Browser::Samsung) => {
                format!(
                    "Mozilla/5.0 (Linux; Android 10; K) {BLINK} SamsungBrowser/{major}.0 Chrome/{engine}.0.0.0 Mobile Safari/537.36"
                )
            }
            (System::Android, _) => format!(
                "Mozilla/5.0 (Linux; Android 10; K) {BLINK} Chrome/{engine}.0.0.0 Mobile Safari/537.36"
            ),
            (System::AndroidTablet, _) => {
                format!("Mozilla/5.0 (Linux; Android 10; K) {BLINK} Chrome/{engine}.0.0.0 Safari/537.36")
            }
            (_, Browser::Firefox) => {
                format!(
                    "Mozilla/5.0 ({}; rv:{major}.0) Gecko/20100101 Firefox/{major}.0",
                    self.desktop("10.15")
                )
            }
            (_, browser) => {
                let edge =
                    if browser == Browser::Edge { format!(" Edg/{major}.0.0.0") } else { String::new() };
                format!(
                    "Mozilla/5.0 ({}) {BLINK} Chrome/{engine}.0.0.0 Safari/537.36{edge}",
                    self.desktop("10_15_7")
                )
            }
        }
    }

    fn desktop(&self, mac: &str) -> String {
        match self.system {
            System::Windows => "Windows NT 10.0; Win64; x64".to_owned(),
            System::Linux => "X11; Linux x86_64".to_owned(),
            _ => format!("Macintosh; Intel Mac OS X {mac}"),
        }
    }

    pub(super) fn hardware(
        &self,
        part: &dyn Fn(u64, u64) -> u64,
    ) -> (&'static str, u32, u32, Screen, f64, (String, String)) {
        let of = |n: u64| usize::try_from(n).unwrap_or(0);
        let screen = |(width, height): (u32, u32)| Screen { width, height };
        match self.system {
            System::Ios => {
                let sizes =
                    [(390, 844), (393, 852), (375, 812), (428, 926), (430, 932), (402, 874), (414, 896)];
                let gpu = ("Apple Inc.".to_owned(), "Apple GPU".to_owned());
                ("iPhone", 5, 4 + 2 * u32::from(self.model > 6), screen(sizes[of(part(1, 7))]), 3.0, gpu)
            }
            System::Ipad => {
                let gpu = ("Apple Inc.".to_owned(), "Apple GPU".to_owned());
                ("MacIntel", 5, 8, screen([(820, 1180), (834, 1194), (1024, 1366)][of(part(1, 3))]), 2.0, gpu)
            }
            System::Android | System::AndroidTablet => {
                let sizes = [
                    (360, 800),
                    (412, 915),
                    (384, 832),
                    (393, 873),
                    (360, 780),
                    (412, 892),
                    (411, 914),
                    (432, 960),
                ];
                let gpus = [
                    "Adreno (TM) 610",
                    "Adreno (TM) 740",
                    "Mali-G57 MC2",
                    "Mali-G68",
                    "Adreno (TM) 660",
                    "Xclipse 940",
                    "Mali-G76",
                    "PowerVR BXM",
                ];
                let ratio = [2.0, 2.625, 2.75, 3.0, 3.5][of(part(3, 5))];
                let gpu = ("Qualcomm".to_owned(), gpus[of(part(2, 8))].to_owned());
                ("Linux armv81", 5, 8, screen(sizes[of(part(1, 8))]), ratio, gpu)
            }
            System::Windows | System::Linux => {
                let sizes = [(1920, 1080), (1536, 864), (1366, 768), (2560, 1440), (1707, 1067), (1280, 720)];
                let gpus = [
                    "Intel(R) UHD Graphics 620",
                    "Intel(R) Iris(R) Xe Graphics",
                    "NVIDIA GeForce RTX 3060",
                    "AMD Radeon(TM) Graphics",
                    "NVIDIA GeForce GTX 1650",
                    "Intel(R) UHD Graphics 770",
                    "NVIDIA GeForce RTX 4070",
                    "AMD Radeon RX 6600",
                    "Intel(R) HD Graphics 530",
                    "Intel(R) Arc(TM) Graphics",
                ];
                let gpu = ("Google Inc.".to_owned(), format!("ANGLE ({}, D3D11)", gpus[of(part(2, 10))]));
                let platform = if self.system == System::Windows { "Win32" } else { "Linux x86_64" };
                (
                    platform,
                    10 * u32::from(part(7, 5) == 0),
                    [4, 8, 8, 12, 16, 20][of(part(3, 6))],
                    screen(sizes[of(part(1, 6))]),
                    1.0,
                    gpu,
                )
            }
            System::Mac => {
                let gpu = (
                    "Apple".to_owned(),
                    ["Apple M1", "Apple M2", "Apple M3", "Apple M4 Pro", "Intel Iris Plus"][of(part(2, 5))]
                        .to_owned(),
                );
                (
                    "MacIntel",
                    0,
                    [8, 10, 12][of(part(3, 3))],
                    screen([(1440, 900), (1512, 982), (1728, 1117), (1680, 1050)][of(part(1, 4))]),
                    2.0,
                    gpu,
                )
            }
        }
    }
}
