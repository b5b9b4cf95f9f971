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
    "gcm.js", JS;
    "hpke.js", JS;
    "billing/billing.css", CSS;
    "billing/cashier.html", HTML;
    "billing/cashier.js", JS;
    "billing/holder.html", HTML;
    "billing/holder.js", JS;
    "billing/money.js", JS;
    "counter/holder.html", HTML;
    "counter/holder.js", JS;
    "counter/operator.html", HTML;
    "counter/operator.js", JS;
    "counter/record.js", JS;
    "counter/records.js", JS;
    "counter/slips.js", JS;
    "counter/checklist.js", JS;
    "counter/print.css", CSS;
    "frame/app.js", JS;
    "frame/card.svg", SVG;
    "frame/countdown.js", JS;
    "frame/digits.js", JS;
    "frame/dom.js", JS;
    "frame/enter.js", JS;
    "frame/field.js", JS;
    "frame/frame.css", CSS;
    "frame/keypad.js", JS;
    "frame/link.js", JS;
    "frame/parts.js", JS;
    "frame/refused.js", JS;
    "frame/sealing.js", JS;
    "frame/staff.css", CSS;
    "frame/slip.js", JS;
    "frame/sound.js", JS;
    "frame/text.js", JS;
    "kiosk/kiosk.css", CSS;
    "kiosk/kiosk.html", HTML;
    "kiosk/kiosk.js", JS;
};

/// The file at a path. `/` is the first page of the desk, `/PAGE` each of them.
pub(super) fn find(kind: Kind, path: &str) -> Option<&'static Asset> {
    let own = |(name, _): &&(&str, &str)| path == "/" || path.strip_prefix('/') == Some(name);
    let path = documents(kind)
        .iter()
        .find(own)
        .map_or(path, |(_, file)| file);
    ASSETS.iter().find(|asset| asset.path == path)
}

/// The pages of a desk and their files, the first page first.
const fn documents(kind: Kind) -> &'static [(&'static str, &'static str)] {
    match kind {
        Kind::Kiosk => &[("kiosk", "/kiosk/kiosk.html")],
        Kind::Billing => &[
            ("cashier", "/billing/cashier.html"),
            ("holder", "/billing/holder.html"),
        ],
        Kind::Counter => &[
            ("operator", "/counter/operator.html"),
            ("holder", "/counter/holder.html"),
        ],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn text(path: &str) -> &'static str {
        let asset = ASSETS.iter().find(|asset| asset.path == path);
        std::str::from_utf8(asset.map_or(b"", |asset| asset.bytes)).unwrap_or_default()
    }

    /// What stands between `before` and the next quotation mark, wherever it does.
    fn quoted(text: &str, before: &str, mark: char) -> Vec<String> {
        let parts = text.split(before).skip(1);
        parts
            .filter_map(|rest| rest.split_once(mark))
            .map(|(name, _)| name.to_owned())
            .collect()
    }

    /// The modules that a module loads, and those that they load.
    fn loaded_by(first: &str) -> BTreeSet<String> {
        let (mut all, mut open) = (BTreeSet::new(), vec![first.to_owned()]);
        while let Some(module) = open.pop() {
            let folder = module.rsplit_once('/').map_or("", |(folder, _)| folder);
            for name in quoted(text(&module), " from '", '\'') {
                let name = name
                    .strip_prefix('.')
                    .map_or(name.clone(), |name| format!("{folder}{name}"));
                if all.insert(name.clone()) {
                    open.push(name);
                }
            }
        }
        all
    }

    /// Else a browser learns of a module only from the one that loads it, and asks for one after the
    /// other.
    #[test]
    fn a_page_names_all_modules_that_it_will_need() {
        for kind in [Kind::Kiosk, Kind::Billing, Kind::Counter] {
            for (page, document) in documents(kind) {
                let html = text(document);
                let script = quoted(html, "<script type=\"module\" src=\"", '"');
                let [first] = &script[..] else {
                    unreachable!("{page}: {script:?}");
                };
                let named = quoted(html, "<link rel=\"modulepreload\" href=\"", '"');
                let named: BTreeSet<String> = named.into_iter().collect();
                assert_eq!(named, loaded_by(first), "{page}");
                assert!(
                    named.iter().all(|module| !text(module).is_empty()),
                    "{page}"
                );
            }
        }
    }
}
