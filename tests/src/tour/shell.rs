//! Commands of a person at a shell.

use std::process::Output;

use tokio::process::Command;

use super::{TourError, page::Page, told};
use crate::daemon::program;

/// Runs `hall` as a person would, to its end.
pub(super) async fn hall(arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> Result<Output, TourError> {
    let mut command = Command::new(program("hall")?);
    for argument in arguments {
        command.arg(argument.as_ref());
    }
    Ok(command.output().await?)
}

/// Tells what a command printed, and answers it.
pub(super) fn said(page: &mut Page<'_>, output: &Output, code: i32) -> Result<String, TourError> {
    let printed = [output.stdout.as_slice(), &output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    for line in printed.lines() {
        page.fact("", line)?;
    }
    page.fact("退出码 exit code", &code.to_string())?;
    told("exit code", output.status.code(), Some(code))?;
    Ok(printed)
}
