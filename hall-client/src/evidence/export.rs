//! Records for other programs: JSON Lines, which can be checked again, and CSV, for a table.

use std::io::{self, BufRead, Write};

use super::{EndSeal, EvidenceRecord, body::Body, verify::Place};

/// First line of a CSV export.
pub const CSV_HEAD: &str = "sequence,time_unix_ms,kind,body,previous_hash,hash,mac";

/// Longest line that is read, in bytes; a record has some hundreds.
const LINE_LIMIT: u64 = 1 << 20;

/// A record as one line of JSON Lines, with its line feed.
///
/// # Errors
/// As the writer fails.
pub fn write_jsonl(out: &mut dyn Write, record: &EvidenceRecord) -> io::Result<()> {
    serde_json::to_writer(&mut *out, record)?;
    out.write_all(b"\n")
}

/// The seal of the end as the last line of JSON Lines.
///
/// # Errors
/// As the writer fails.
pub fn write_end(out: &mut dyn Write, end: &EndSeal) -> io::Result<()> {
    writeln!(
        out,
        r#"{{"end":{},"hash":"{}","mac":"{}"}}"#,
        end.place.sequence,
        hex::encode(end.place.hash),
        hex::encode(end.mac)
    )
}

/// A record as one line of CSV (RFC 4180), with its line end.
///
/// # Errors
/// As the writer fails.
pub fn write_csv(out: &mut dyn Write, record: &EvidenceRecord) -> io::Result<()> {
    let body = Body::parse(&record.body);
    let time = body.as_ref().map(|body| body.time_unix_ms.to_string());
    let kind = body.map_or_else(String::new, |body| body.kind);
    write!(
        out,
        "{},{},{},{},{},{},{}\r\n",
        record.sequence,
        time.unwrap_or_default(),
        quoted(&kind),
        quoted(&record.body),
        hex::encode(record.previous_hash),
        hex::encode(record.hash),
        record.mac.map(hex::encode).unwrap_or_default()
    )
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// What an export holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Export {
    /// Its records, in the order of the file.
    pub records: Vec<EvidenceRecord>,
    /// The seal of the end, where it has one.
    pub end: Option<EndSeal>,
}

/// Why a file is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It cannot be read.
    #[error("the export cannot be read")]
    Read(#[from] io::Error),
    /// A line is neither a record nor, in the last place, the seal of the end.
    #[error("line {0} is no record")]
    Line(u64),
}

/// Reads an export in JSON Lines.
///
/// # Errors
/// [`ExportError`].
pub fn read_jsonl(mut file: impl BufRead) -> Result<Export, ExportError> {
    let mut export = Export::default();
    for number in 1.. {
        let mut line = String::new();
        let read = io::Read::take(&mut file, LINE_LIMIT).read_line(&mut line)?;
        if read == 0 {
            break;
        }
        if export.end.is_some() {
            return Err(ExportError::Line(number));
        }
        match serde_json::from_str(&line) {
            Ok(record) => export.records.push(record),
            Err(_) => export.end = Some(end(&line).ok_or(ExportError::Line(number))?),
        }
    }
    Ok(export)
}

fn end(line: &str) -> Option<EndSeal> {
    #[derive(serde::Deserialize)]
    struct Written {
        end: u64,
        #[serde(with = "hex::serde")]
        hash: [u8; 32],
        #[serde(with = "hex::serde")]
        mac: [u8; 32],
    }
    let Written { end, hash, mac } = serde_json::from_str(line).ok()?;
    let place = Place {
        sequence: end,
        hash,
    };
    Some(EndSeal { place, mac })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> EvidenceRecord {
        EvidenceRecord {
            sequence: 3,
            previous_hash: [1; 32],
            hash: [2; 32],
            mac: Some([3; 32]),
            body: r#"{"v":1,"time_unix_ms":5,"kind":"denied","reason":"a, \"b\""}"#.to_owned(),
        }
    }

    #[test]
    fn json_lines_read_back() {
        let plain = EvidenceRecord {
            mac: None,
            ..record()
        };
        let end = EndSeal {
            place: Place {
                sequence: 4,
                hash: [4; 32],
            },
            mac: [5; 32],
        };
        let mut file = Vec::new();
        write_jsonl(&mut file, &plain).unwrap();
        write_jsonl(&mut file, &record()).unwrap();
        write_end(&mut file, &end).unwrap();
        let read = read_jsonl(file.as_slice()).unwrap();
        assert_eq!(read.records, [plain, record()]);
        assert_eq!(read.end, Some(end));
        file.extend_from_slice(b"{}\n");
        let broken = read_jsonl(file.as_slice());
        assert!(matches!(broken, Err(ExportError::Line(4))), "{broken:?}");
    }

    #[test]
    fn csv_quotes_the_body() {
        let mut line = Vec::new();
        write_csv(&mut line, &record()).unwrap();
        let line = String::from_utf8(line).unwrap();
        assert!(line.starts_with("3,5,\"denied\",\"{\"\"v\"\":1,"), "{line}");
        assert!(line.ends_with("\r\n"));
        assert_eq!(CSV_HEAD.split(',').count(), 7);
    }
}
