//! The table of `make fuzz-coverage`, from what `llvm-cov export -summary-only` says.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Deserialize;

/// Where bytes from outside are read: of files elsewhere nothing is said.
const READS: [&str; 18] = [
    "card-sim/src/apdu/",
    "card-sim/src/card.rs",
    "card-sim/src/card/",
    "card-sim/src/crypto/",
    "card-sim/src/faults/",
    "card-sim/src/files/",
    "card-sim/src/persona.rs",
    "card-sim/src/persona/",
    "cardd/src/apdu/",
    "cardd/src/card/",
    "cardd/src/config.rs",
    "cardd/src/config/",
    "hall-client/src/evidence/",
    "hall-client/src/measure/frequencies.rs",
    "hall-client/src/receipt/",
    "proto/rules/src/region/",
    "proto/src/entry.rs",
    "proto/src/receipt.rs",
];

#[derive(Deserialize)]
struct Export {
    data: Vec<Data>,
}

#[derive(Deserialize)]
struct Data {
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    filename: String,
    summary: Summary,
}

#[derive(Deserialize)]
struct Summary {
    lines: Lines,
}

#[derive(Deserialize, Clone, Copy)]
struct Lines {
    count: u64,
    covered: u64,
}

/// Lines of each file that reads from outside, and how many are reached.
///
/// # Errors
/// It is not what `llvm-cov` writes.
pub fn table(export: &str) -> Result<String, serde_json::Error> {
    let export: Export = serde_json::from_str(export)?;
    let files = export.data.into_iter().flat_map(|data| data.files);
    let lines = files.filter_map(|file| {
        let place = READS.iter().find_map(|part| file.filename.find(part))?;
        let name = file.filename.get(place..)?.to_owned();
        Some((name, file.summary.lines))
    });
    let lines: BTreeMap<String, Lines> = lines.collect();
    let mut table = "| file | lines | not reached | reached |\n|---|---|---|---|\n".to_owned();
    for (name, Lines { count, covered }) in lines {
        let share = 100 * covered / count.max(1);
        // Writing to a text does not fail.
        let _written = writeln!(
            table,
            "| `{name}` | {count} | {} | {share}% |",
            count - covered
        );
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_read_from_outside_have_a_row() {
        let export = r#"{"data":[{"files":[
            {"filename":"/w/cardd/src/config/log.rs","summary":{"lines":{"count":6,"covered":4}}},
            {"filename":"/w/cardd/src/terminal/mod.rs","summary":{"lines":{"count":6,"covered":0}}}
        ]}]}"#;
        let table = table(export).unwrap();
        assert_eq!(table.lines().count(), 3);
        assert!(table.ends_with("| `cardd/src/config/log.rs` | 6 | 2 | 66% |\n"));
    }
}
