//! The corpus of `make fuzz`.
//!
//! `fuzz_seeds DIRECTORY` writes it anew from good input. `fuzz_seeds --run DIRECTORY` runs every
//! target over it and over mutations, as the tests do: what `make fuzz-coverage` measures, and
//! `fuzz_seeds --table EXPORT DOCUMENT` puts into the document.

use std::{
    error::Error,
    fs, io,
    path::{Path, PathBuf},
};

use cardd_tests::{
    fuzz::{MUTATIONS, Mutator, TARGETS, coverage, seeds},
    storm::check::put_into,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--run", directory] => Ok(run(Path::new(directory))?),
        ["--table", export, document] => document_it(export.as_ref(), document.as_ref()),
        [directory] => Ok(write(Path::new(directory))?),
        _other => Err("DIRECTORY, --run DIRECTORY, or --table EXPORT DOCUMENT".into()),
    }
}

fn write(directory: &Path) -> io::Result<()> {
    for (target, _) in TARGETS {
        let folder = directory.join(target);
        fs::create_dir_all(&folder)?;
        for (number, seed) in seeds::of(target).iter().enumerate() {
            fs::write(folder.join(format!("seed-{number}")), seed)?;
        }
    }
    Ok(())
}

fn run(directory: &Path) -> io::Result<()> {
    for (name, target) in TARGETS {
        let files = fs::read_dir(directory.join(name))?;
        let files = files.map(|file| Ok(file?.path()));
        let mut files = files.collect::<io::Result<Vec<PathBuf>>>()?;
        files.sort();
        let corpus = files.iter().map(fs::read).collect::<io::Result<Vec<_>>>()?;
        let mut mutator = Mutator::new(17);
        for input in corpus.iter() {
            target(input);
        }
        for _ in 0..MUTATIONS {
            target(&mutator.next(&corpus));
        }
    }
    Ok(())
}

fn document_it(export: &Path, document: &Path) -> Result<(), Box<dyn Error>> {
    let table = coverage::table(&fs::read_to_string(export)?)?;
    let before = fs::read_to_string(document)?;
    let after = put_into(&before, &table).ok_or("the document has no place for a table")?;
    Ok(fs::write(document, after)?)
}
