//! One connection to the control socket.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::control::{Answer, MAX_LINE, Outcome, Refusal, RefusalCode, Request};
use super::orders::Room;
use super::wire::News;

/// How long a client may take to accept an answer.
const WRITE_PATIENCE: Duration = Duration::from_secs(5);

/// Silence on a followed trace after which an empty line asks whether the client lives.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Serves requests until the client closes; `stop` is called when one asks for the end.
///
/// # Errors
/// The socket's.
pub(super) fn serve(stream: &UnixStream, room: &Room, stop: impl Fn()) -> io::Result<()> {
    stream.set_write_timeout(Some(WRITE_PATIENCE))?;
    let mut lines = BufReader::new(stream);
    while let Some(line) = read_line(&mut lines)? {
        let request = match serde_json::from_slice(&line) {
            Ok(request) => request,
            Err(e) => {
                let refusal = Refusal::new(RefusalCode::BadRequest, format!("no request: {e}"));
                write_line(stream, &Answer::Error(refusal))?;
                continue;
            }
        };
        if let Request::Wire {
            follow: true,
            after,
        } = request
        {
            return follow(stream, room, after);
        }
        let answer = match room.carry_out(&request) {
            Ok(outcome) => Answer::Ok(outcome),
            Err(refusal) => Answer::Error(refusal),
        };
        write_line(stream, &answer)?;
        if request == Request::Stop {
            stop();
        }
    }
    Ok(())
}

/// `None` when the client closed.
fn read_line(lines: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
    let mut line = Vec::new();
    lines.take(limit).read_until(b'\n', &mut line)?;
    match line.last() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "line too long or cut off",
        )),
    }
}

fn write_line(mut stream: &UnixStream, answer: &Answer) -> io::Result<()> {
    let mut line = serde_json::to_vec(answer).map_err(io::Error::other)?;
    line.push(b'\n');
    stream.write_all(&line)
}

fn follow(mut stream: &UnixStream, room: &Room, mut after: u64) -> io::Result<()> {
    loop {
        match room.wire.after(after, HEARTBEAT) {
            News::Exchanges(exchanges) => {
                after = exchanges.last().map_or(after, |last| last.number);
                write_line(stream, &Answer::Ok(Outcome::Exchanges(exchanges)))?;
            }
            News::Quiet => stream.write_all(b"\n")?,
            News::Closed => return Ok(()),
        }
    }
}
