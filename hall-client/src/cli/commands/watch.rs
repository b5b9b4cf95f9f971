//! `hall watch`: goes on after a broken connection, a bounded number of times.

use std::{num::NonZeroU64, time::Duration};

use hall_client::{ClientError, Reason, Watch};

use crate::{
    cli::{
        args::{Hall, WatchArgs},
        commands::connect::connect,
        json,
        output::Output,
        problem::Problem,
        table,
    },
    text::Say,
};

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// Failures in a row before the command gives up: about a minute.
const MOST_FAILURES: u32 = 12;

pub(super) async fn run(
    hall: &Hall,
    args: WatchArgs,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    tokio::select! {
        ended = follow(hall, args, output) => ended,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted.map_err(Problem::system("listen for Ctrl-C"))?;
            Err(Problem::Interrupted)
        }
    }
}

/// How far it came, and how often it failed since.
struct Progress {
    after: Option<u64>,
    left: Option<NonZeroU64>,
    failures: u32,
}

async fn follow(hall: &Hall, args: WatchArgs, output: &mut Output<'_>) -> Result<(), Problem> {
    let mut progress = Progress {
        after: args.after,
        left: args.count,
        failures: 0,
    };
    loop {
        match follow_once(hall, &mut progress, output).await {
            Err(Problem::Client(error)) if passes(&error) && progress.failures < MOST_FAILURES => {
                output.say(Say::Resuming);
                tokio::time::sleep(pause(progress.failures)).await;
                progress.failures += 1;
            }
            ended => return ended,
        }
    }
}

/// Until `--count` is reached or the connection breaks.
async fn follow_once(
    hall: &Hall,
    progress: &mut Progress,
    output: &mut Output<'_>,
) -> Result<(), Problem> {
    let mut watch = open(hall, progress).await?;
    loop {
        let event = match watch.next().await {
            Ok(event) => event,
            Err(ended) => {
                progress.after = ended.resume_after;
                return Err(ended.cause.into());
            }
        };
        progress.failures = 0;
        output.result(|| json::event(&event), |_| table::event(&event))?;
        if let Some(left) = progress.left {
            progress.left = NonZeroU64::new(left.get() - 1);
            if progress.left.is_none() {
                return Ok(());
            }
        }
    }
}

/// A watch from the last known position, which the list of readers gives at the start: so a break
/// before the first event loses nothing either.
async fn open(hall: &Hall, progress: &mut Progress) -> Result<Watch, Problem> {
    let terminal = connect(hall).await?;
    let after = match progress.after {
        Some(position) => position,
        None => terminal.readers().await?.position,
    };
    progress.after = Some(after);
    Ok(terminal.watch(Some(after)).await?)
}

fn pause(failures: u32) -> Duration {
    FIRST_PAUSE
        .saturating_mul(1 << failures.min(16))
        .min(LONGEST_PAUSE)
}

/// Whether waiting may help.
fn passes(error: &ClientError) -> bool {
    match error {
        ClientError::Unreachable { .. } | ClientError::Timeout { .. } => true,
        ClientError::Card(failure) => {
            matches!(
                failure.reason,
                Reason::ShuttingDown | Reason::TooManyWatchers
            )
        }
        ClientError::EntryTooLong | ClientError::Contract { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_bound() {
        let pauses: Vec<_> = (0..MOST_FAILURES).map(pause).collect();
        assert_eq!(pauses[0], FIRST_PAUSE);
        assert_eq!(pauses[1], FIRST_PAUSE * 2);
        assert!(pauses.iter().all(|pause| *pause <= LONGEST_PAUSE));
        assert!(pauses.iter().sum::<Duration>() < Duration::from_secs(80));
        assert_eq!(pause(u32::MAX), LONGEST_PAUSE);
    }
}
