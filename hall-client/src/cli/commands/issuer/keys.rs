//! The issuer's keys that the command line names.

use hall_client::issuer::{IssuerKeys, Profile, SoftwareKeys};

use crate::cli::{args::KeyArgs, problem::Problem};

pub(super) fn open(args: &KeyArgs) -> Result<Box<dyn IssuerKeys>, Problem> {
    let keys = SoftwareKeys::open(&args.keys, Profile::Simulation);
    let keys = keys.map_err(|error| Problem::Issuer(error.into()))?;
    Ok(Box::new(keys))
}
