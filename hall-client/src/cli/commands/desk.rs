//! `hall desk`: serves until Ctrl-C, after saying where.

use hall_client::desk::{self, Kind, settings::Settings};
use rand::{
    SeedableRng as _,
    rngs::{StdRng, SysRng},
};
use serde_json::json;

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
    };
    let desk = desk::open(kind, &hall.socket, args.listen, settings, &mut rng).await?;
    let url = desk.url();
    output.say(Say::DeskOpened);
    output.result(|| json!({ "url": url }), |_| url.clone())?;
    tokio::select! {
        ended = desk.serve() => ended.map_err(Problem::from),
        interrupted = tokio::signal::ctrl_c() => {
            interrupted.map_err(Problem::system("listen for Ctrl-C"))?;
            Err(Problem::Interrupted)
        }
    }
}
