//! What the pages of one desk show, each with a turn of its own: it rises only when that page shows
//! something else, so that what happens on the holder's page does not disturb the staff's.

use std::time::Instant;

use serde::Serialize;

use super::machine::View;

/// The views of a desk, by page.
#[derive(Debug)]
pub(crate) struct Views {
    shown: Vec<(&'static str, View)>,
}

impl Views {
    /// Empty views of these pages.
    pub(crate) fn new(pages: &[&'static str]) -> Self {
        let empty = |name: &&'static str| (*name, View::new(1, &(), None));
        Self {
            shown: pages.iter().map(empty).collect(),
        }
    }

    /// Shows a screen on a page. A touch of another screen that was there before counts no more.
    pub(crate) fn show(&mut self, page: &str, screen: &impl Serialize, until: Option<Instant>) {
        if let Some((_, view)) = self.shown.iter_mut().find(|(name, _)| *name == page) {
            let next = View::new(view.turn, screen, until);
            let turn = view.turn + u64::from(next.screen != view.screen);
            *view = View { turn, ..next };
        }
    }

    /// What a page shows; a page that is none shows nothing.
    pub(crate) fn of(&self, page: &str) -> View {
        let found = self.shown.iter().find(|(name, _)| *name == page);
        found.map_or_else(|| View::new(0, &(), None), |(_, view)| view.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_rises_with_what_its_page_shows_and_with_nothing_else() {
        let mut views = Views::new(&["staff", "holder"]);
        let now = Instant::now();
        views.show("staff", &"a", None);
        views.show("holder", &"x", None);
        let (staff, holder) = (views.of("staff").turn, views.of("holder").turn);
        views.show("staff", &"a", Some(now));
        views.show("holder", &"y", None);
        assert_eq!(views.of("staff").turn, staff);
        assert_eq!(views.of("staff").until, Some(now));
        assert_eq!(views.of("holder").turn, holder + 1);
        assert_eq!(views.of("nobody").turn, 0);
    }
}
