//! The kiosk's page in a real browser: from the server's start to a page that can be read, and from a
//! card's arrival to another screen.

use std::time::Duration;

use serde_json::json;

use super::{BenchError, CARD, effort::Effort, report::PageFigures, samples::Samples};
use crate::{browser, journey::play, pages::Pages, stand::Stand};

/// The figures; `None` on a machine without a browser.
pub(super) fn figures(stand: &Stand, effort: &Effort) -> Result<Option<PageFigures>, BenchError> {
    if !browser::is_there() {
        return Ok(None);
    }
    let pages = Pages::start(stand, "kiosk", "")?;
    let more = json!({
        "rounds": effort.page_starts,
        "insertions": effort.page_insertions,
        "card": CARD,
    });
    let measured = play("bench-kiosk.mjs", stand, &pages, &more)?;
    let spread = |name: &str| {
        let mut samples = Samples::default();
        for ms in measured.get(name).into_iter().flatten() {
            samples.push(Duration::from_secs_f64(ms / 1000.0));
        }
        samples.spread()
    };
    Ok(Some(PageFigures {
        empty_page: spread("empty_page"),
        start_to_page: spread("start_to_page"),
        insert_to_screen: spread("insert_to_screen"),
        insert_to_card: spread("insert_to_card"),
        pull_to_clean: spread("pull_to_clean"),
    }))
}
