//! The files of the pages, embedded at build time.

use crate::desk::Kind;

/// One file.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Its path on the server.
    pub path: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
}

macro_rules! assets {
    ($( $path:literal, $content_type:expr; )+) => {
        [ $( Asset {
            path: concat!("/", $path),
            content_type: $content_type,
            bytes: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/desk/", $path)),
        }, )+ ]
    };
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

const SVG: &str = "image/svg+xml";

/// Every file.
pub const ASSETS: &[Asset] = &assets! {
    "seal.js", JS;
    "hpke.js", JS;
    "frame/app.js", JS;
    "frame/card.svg", SVG;
    "frame/countdown.js", JS;
    "frame/digits.js", JS;
    "frame/dom.js", JS;
    "frame/frame.css", CSS;
    "frame/keypad.js", JS;
    "frame/link.js", JS;
    "frame/parts.js", JS;
    "frame/refused.js", JS;
    "frame/sealing.js", JS;
    "frame/text.js", JS;
    "kiosk/enter.js", JS;
    "kiosk/kiosk.css", CSS;
    "kiosk/kiosk.html", HTML;
    "kiosk/kiosk.js", JS;
};

/// The file at a path. `/` is the first page of the desk.
pub(super) fn find(kind: Kind, path: &str) -> Option<&'static Asset> {
    let path = if path == "/" { first_page(kind) } else { path };
    ASSETS.iter().find(|asset| asset.path == path)
}

const fn first_page(kind: Kind) -> &'static str {
    match kind {
        Kind::Kiosk => "/kiosk/kiosk.html",
    }
}
