//! `hall completions` and `hall man`.

use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::cli::{args::Hall, output::Output, problem::Problem};

pub(super) fn completions(shell: Shell, output: &mut Output<'_>) -> Result<(), Problem> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Hall::command(), "hall", &mut script);
    output.bytes(&script)
}

pub(super) fn manual(directory: Option<&Path>, output: &mut Output<'_>) -> Result<(), Problem> {
    let step = Problem::system("write the manual pages");
    match directory {
        Some(directory) => clap_mangen::generate_to(Hall::command(), directory).map_err(step),
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Hall::command())
                .render(&mut page)
                .map_err(step)?;
            output.bytes(&page)
        }
    }
}
