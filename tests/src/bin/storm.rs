//! `make storm`: desks, holders, thieves and faults by seed, against cardd's own code.

use std::{
    fs,
    io::{self, Write as _},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    process::ExitCode,
    str::FromStr,
    time::Instant,
};

use cardd_tests::storm::{
    LENGTH,
    campaign::{Campaign, Failure, Summary, shortest},
    check::{self, Catch},
    dialogue::dialogue,
    run::run_with,
    sabotage::Wrapper,
    step::{from_text, to_text},
    through_pcscd,
    transcript::Transcript,
};
use clap::{Parser, Subcommand};

const EXIT_CODES: &str = "Exit codes:
  0  every promise held; of check: every broken terminal was caught
  1  a promise was broken; of check: a broken terminal was not caught
  2  the command line is wrong
  3  the storm cannot be held";

/// Holds cardd's promises against seeded storms of desks, holders, thieves, operators and faults.
#[derive(Debug, Parser)]
#[command(name = "storm", after_help = EXIT_CODES)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Hold many storms.
    Run {
        /// Seeds: a count, or FROM-TO.
        #[arg(long, default_value = "1000")]
        seeds: Seeds,
        /// Print the sum as JSON, and make nothing shorter.
        #[arg(long)]
        json: bool,
        /// End after so many broken seeds.
        #[arg(long, default_value_t = 3)]
        failures: usize,
        /// In a copy of the source that holds broken terminals: which one.
        #[arg(long, hide = true, value_name = "TAG")]
        broken: Option<String>,
        /// Storms at once; without, one for each core.
        #[arg(long)]
        workers: Option<usize>,
        /// Where dialogues of broken seeds go.
        #[arg(long, default_value = "storm-failures", value_name = "DIR")]
        keep: PathBuf,
    },
    /// Play dialogues through rack, driver, pcscd, cardd as a process, and gRPC.
    ThroughPcscd {
        /// Seeds: a count, or FROM-TO.
        #[arg(long, default_value = "5")]
        seeds: Seeds,
        /// Steps of each dialogue.
        #[arg(long, default_value_t = LENGTH)]
        length: usize,
        /// Print the sum as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Hold one storm again.
    Replay {
        /// Its seed.
        seed: u64,
        /// A dialogue in place of the seed's own.
        #[arg(long, value_name = "FILE")]
        dialogue: Option<PathBuf>,
        /// Print everything that happens.
        #[arg(long)]
        trace: bool,
    },
    /// Break cardd on purpose, in each of many ways, and see whether the storm notices.
    Check {
        /// Seeds in which each must be noticed.
        #[arg(long, default_value_t = 200)]
        seeds: u64,
        /// Also what is broken inside cardd's code: builds a copy of the source each time.
        #[arg(long)]
        mutants: bool,
        /// Of those, only the ones with this text in their name.
        #[arg(
            long,
            value_name = "TEXT",
            requires = "mutants",
            conflicts_with = "document"
        )]
        only: Option<String>,
        /// Writes the table into this document, between its marks.
        #[arg(long, value_name = "FILE")]
        document: Option<PathBuf>,
    },
}

#[derive(Debug, Clone)]
struct Seeds(RangeInclusive<u64>);

impl FromStr for Seeds {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(match text.split_once('-') {
            Some((from, to)) => from.parse()?..=to.parse()?,
            None => 1..=text.parse()?,
        }))
    }
}

type Done = Result<bool, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::Run {
            seeds: Seeds(seeds),
            json,
            failures,
            workers,
            keep,
            // Read by the copy's own edits.
            broken: _,
        } => {
            let workers = workers.unwrap_or_else(cores);
            let campaign = Campaign {
                wrapper: Wrapper::Sound,
                most_failures: failures,
                workers,
            };
            run(campaign, seeds, json, &keep)
        }
        Command::ThroughPcscd {
            seeds: Seeds(seeds),
            length,
            json,
        } => through(seeds, length, json),
        Command::Replay {
            seed,
            dialogue,
            trace,
        } => replay(seed, dialogue, trace),
        Command::Check {
            seeds,
            mutants,
            only,
            document,
        } => check(seeds, mutants.then(|| only.unwrap_or_default()), document),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            // Nobody may read it.
            let _told = writeln!(io::stderr(), "the storm cannot be held: {error}");
            ExitCode::from(3)
        }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn run(campaign: Campaign, seeds: RangeInclusive<u64>, json: bool, keep: &Path) -> Done {
    let began = Instant::now();
    let progress = |held: u64| {
        if held.is_multiple_of(100) {
            let _told = writeln!(io::stderr(), "{held} storms");
        }
    };
    let sum = campaign.hold(seeds, progress)?;
    let seconds = began.elapsed().as_secs_f64();
    for failure in sum.failures.iter().filter(|_| !json) {
        kept(failure, keep)?;
    }
    tell(&sum, seconds, json)?;
    Ok(sum.failures.is_empty())
}

/// Writes the shortest dialogue that still fails, and says how to replay it.
fn kept(failure: &Failure, keep: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let Failure {
        seed,
        promise,
        what,
        ..
    } = failure;
    let steps = shortest(failure, Wrapper::Sound);
    fs::create_dir_all(keep)?;
    let path = keep.join(format!("seed-{seed}.storm"));
    let text = format!("# seed {seed}\n# {promise}: {what}\n{}", to_text(&steps)?);
    fs::write(&path, text)?;
    writeln!(
        io::stderr(),
        "seed {seed}: {promise}: {what}\n  storm replay {seed} --trace\n  {} steps of it, as short as was \
         found: storm replay {seed} --dialogue {} --trace",
        steps.len(),
        path.display()
    )?;
    Ok(())
}

fn tell(sum: &Summary, seconds: f64, json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        return writeln!(out, "{}", serde_json::to_string(sum)?);
    }
    let per_minute = sum.pin_operations as f64 * 60.0 / seconds.max(0.001);
    writeln!(
        out,
        "{} storms, {} steps, {} PINs typed in {seconds:.1} s: {per_minute:.0} a minute; {} broken",
        sum.storms,
        sum.steps,
        sum.pin_operations,
        sum.failures.len()
    )
}

fn through(seeds: RangeInclusive<u64>, length: usize, json: bool) -> Done {
    let began = Instant::now();
    let runtime = tokio::runtime::Runtime::new()?;
    let mut sum = Summary::default();
    for seed in seeds {
        let steps = dialogue(seed, length);
        let passed = runtime.block_on(through_pcscd::play(seed, &steps))?;
        sum.storms += 1;
        sum.steps += steps.len() as u64;
        sum.pin_operations += passed.pin_operations;
        writeln!(
            io::stderr(),
            "seed {seed}: {} PINs typed, {} unlocks and resets",
            passed.pin_operations,
            passed.carried_out
        )?;
        if let Some((step, broken)) = passed.broken {
            let (promise, what) = (broken.promise, broken.what);
            writeln!(io::stderr(), "seed {seed}, step {step}: {promise}: {what}")?;
            let steps = steps.into_iter().take(step + 1).collect();
            sum.failures.push(Failure {
                seed,
                promise,
                what,
                step,
                steps,
            });
        }
    }
    tell(&sum, began.elapsed().as_secs_f64(), json)?;
    Ok(sum.failures.is_empty())
}

fn replay(seed: u64, file: Option<PathBuf>, trace: bool) -> Done {
    let steps = match file {
        Some(file) => from_text(&fs::read_to_string(file)?)?,
        None => dialogue(seed, LENGTH),
    };
    let outcome = run_with(seed, &steps, Wrapper::Sound, Transcript::kept())?;
    let mut out = io::stdout().lock();
    if trace {
        for line in &outcome.lines {
            writeln!(out, "{line}")?;
        }
    }
    match &outcome.broken {
        None => writeln!(
            out,
            "{} steps, every promise held; {}",
            outcome.steps, outcome.hash
        )?,
        Some((step, broken)) => writeln!(out, "step {step}: {}: {}", broken.promise, broken.what)?,
    }
    Ok(outcome.broken.is_none())
}

/// `mutants`: what their names have in them; empty for all.
fn check(seeds: u64, mutants: Option<String>, document: Option<PathBuf>) -> Done {
    let mut catches = check::wrappers(seeds)?;
    if let Some(only) = mutants {
        let told = |catch: &Catch| {
            let _told = writeln!(io::stderr(), "{}", catch.row());
        };
        catches.extend(check::mutants(seeds, &only, told)?);
    }
    let table = check::table(&catches);
    write!(io::stdout(), "{table}")?;
    if let Some(path) = document {
        let text = fs::read_to_string(&path)?;
        fs::write(
            path,
            check::put_into(&text, &table).ok_or("the document has no marks")?,
        )?;
    }
    Ok(catches.iter().all(Catch::is_caught))
}
