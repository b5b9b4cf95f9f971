//! `hall desk`: serves until Ctrl-C, after saying where.

use hall_client::desk::{self, Kind, settings::Settings};
use rand::{
    SeedableRng as _,
    rngs::{StdRng, SysRng},
};
use serde_json::{Map, Value, json};

use crate::{
    cli::{
        args::{DeskArgs, DeskPages, Hall},
        output::Output,
        problem::Problem,
    },
    text::Say,
};

pub(super) async fn run(
    hall: &Hall,
    args: &DeskArgs,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    let settings = args.config.as_deref().map_or_else(
        || Ok(Settings::default()),
        |path| Settings::read(path).map_err(Problem::DeskSettings),
    )?;
    let mut rng = StdRng::try_from_rng(&mut SysRng).map_err(Problem::system("read randomness"))?;
    let kind = match args.kind {
        DeskPages::Kiosk => Kind::Kiosk,
        DeskPages::Billing => Kind::Billing,
        DeskPages::Counter => Kind::Counter,
    };
    let desk = desk::open(kind, &hall.socket, args.listen, settings, &mut rng).await?;
    let urls = desk.urls();
    output.say(Say::DeskOpened);
    output.result(|| addresses(&urls), |_| lines(&urls))?;
    tokio::select! {
        ended = desk.serve() => ended.map_err(Problem::from),
        interrupted = tokio::signal::ctrl_c() => {
            interrupted.map_err(Problem::system("listen for Ctrl-C"))?;
            Err(Problem::Interrupted)
        }
    }
}

/// The first page, and all by name.
fn addresses(urls: &[(&str, String)]) -> Value {
    let pages: Map<_, _> = urls
        .iter()
        .map(|(page, url)| ((*page).to_owned(), url.as_str().into()))
        .collect();
    json!({ "url": urls.first().map(|(_, url)| url), "pages": pages })
}

/// One address a line; with more than one, each after the name of its page.
fn lines(urls: &[(&str, String)]) -> String {
    match urls {
        [(_, url)] => url.clone(),
        several => {
            let line = |(page, url): &(&str, String)| format!("{page}  {url}");
            several.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    }
}
