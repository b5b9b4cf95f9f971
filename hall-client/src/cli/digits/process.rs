//! This process while it holds digits.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

use crate::cli::problem::Problem;

/// No core dump, no debugger of the same user, from here to the end of the process (prctl(2),
/// PR_SET_DUMPABLE).
pub(super) fn close_to_dumps() -> Result<(), Problem> {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).map_err(Problem::system("forbid core dumps"))?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .map_err(Problem::system("close the process to debuggers"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_leaves_no_dump() {
        close_to_dumps().unwrap();
        let dumpable = rustix::process::dumpable_behavior().unwrap();
        assert_eq!(dumpable, DumpableBehavior::NotDumpable);
        assert_eq!(rustix::process::getrlimit(Resource::Core).maximum, Some(0));
    }
}
