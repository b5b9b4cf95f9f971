use std::{
    fs::File,
    io::{Read as _, Write as _},
    os::unix::ffi::OsStrExt as _,
    thread,
    time::Duration,
};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::*;

/// A keyboard and screen, the terminal they belong to, and the end that a signal writes to.
fn pair() -> (File, Tty, UnixStream) {
    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&screen).unwrap();
    unlockpt(&screen).unwrap();
    let name = ptsname(&screen, Vec::new()).unwrap();
    let terminal = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(OFlags::NOCTTY.bits().cast_signed())
        .open(std::ffi::OsStr::from_bytes(name.to_bytes()))
        .unwrap();
    let (end, told) = UnixStream::pair().unwrap();
    (
        File::from(screen),
        Tty {
            terminal: terminal.into(),
            end,
        },
        told,
    )
}

fn soon() -> Deadline {
    Deadline::after(Duration::from_secs(5))
}

/// Types once the prompt is on the screen, and returns all that was shown.
fn typed(keys: &'static [u8]) -> (Result<Secret, Problem>, Vec<u8>) {
    let (mut screen, tty, _told) = pair();
    let person = thread::spawn(move || {
        let mut shown = vec![0; 5];
        screen.read_exact(&mut shown).unwrap();
        screen.write_all(keys).unwrap();
        let mut end = [0; 2];
        screen.read_exact(&mut end).unwrap();
        shown.extend(end);
        shown
    });
    let answer = tty.ask("PIN: ", soon());
    (answer, person.join().unwrap())
}

#[test]
fn no_key_is_shown_and_the_line_can_be_mended() {
    let table: [(&[u8], &[u8]); 5] = [
        (b"8317\r", b"8317"),
        (b"83x\x7F17\n", b"8317"),
        (b"99\x158317\r", b"8317"),
        (b"\x08\r", b""),
        (b"\x0183\x0217\r", b"8317"),
    ];
    for (keys, expected) in table {
        let (answer, shown) = typed(keys);
        assert_eq!(answer.unwrap().expose(), expected);
        assert!(shown.starts_with(b"PIN: "));
        assert!(!shown.iter().any(u8::is_ascii_digit), "{shown:?}");
    }
}

#[test]
fn ctrl_c_and_ctrl_d_end_the_prompt() {
    assert!(matches!(typed(b"83\x03").0, Err(Problem::Interrupted)));
    assert!(matches!(typed(b"83\x04").0, Err(Problem::MissingLine)));
}

#[test]
fn a_signal_and_the_end_of_the_entry_end_the_prompt() {
    let (_screen, tty, mut told) = pair();
    let now = Deadline::after(Duration::ZERO);
    assert!(matches!(tty.ask("PIN: ", now), Err(Problem::Expired)));
    told.write_all(b"x").unwrap();
    assert!(matches!(
        tty.ask("PIN: ", soon()),
        Err(Problem::Interrupted)
    ));
}

#[test]
fn the_terminal_is_given_back_as_it_was() {
    let (_screen, tty, _told) = pair();
    let before = tcgetattr(&tty.terminal).unwrap();
    {
        let _quiet = Quiet::on(&tty.terminal).unwrap();
        let modes = tcgetattr(&tty.terminal).unwrap().local_modes;
        assert!(!modes.intersects(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG));
    }
    let after = tcgetattr(&tty.terminal).unwrap();
    assert_eq!(after.local_modes, before.local_modes);
    assert!(after.local_modes.contains(LocalModes::ECHO));
}

/// The terminal itself puts a carriage return before each line feed.
#[test]
fn a_number_is_shown_as_it_is_typed_and_mended() {
    let table: [(&'static [u8], &[u8], &[u8]); 3] = [
        (b"4201X\r", b"4201X", b"4201X\r\r\n"),
        (b"42\x7F\x7F\x7F1\r", b"1", b"42\x08 \x08\x08 \x081\r\r\n"),
        (b"42\x157\r", b"7", b"42\x08 \x08\x08 \x087\r\r\n"),
    ];
    for (keys, expected, shown) in table {
        let (mut screen, tty, _told) = pair();
        let bytes = shown.len();
        let person = thread::spawn(move || {
            let (mut prompt, mut shown) = ([0; 4], vec![0; bytes]);
            screen.read_exact(&mut prompt).unwrap();
            screen.write_all(keys).unwrap();
            screen.read_exact(&mut shown).unwrap();
            shown
        });
        let typed = tty.ask_aloud("No: ", soon()).unwrap();
        assert_eq!(typed.expose(), expected);
        assert_eq!(person.join().unwrap(), shown);
    }
}
