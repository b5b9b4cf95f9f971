//! The guided tour, as `make demo` runs it: the story, its end, and that nothing is left behind.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

/// What the story must say, in this order.
const STORY: [&str; 44] = [
    "第一代 first generation · 规范版本 1.00 · 卡号 ZZ0000117",
    "测** · 社会保障号码 4201**********0007",
    "00 20 00 00  Lc 00  SW 63 C6",
    "这是初始密码，不能办理业务，请先修改密码。本次不计次数。",
    "没有任何指令 · nothing at all",
    "新密码不能是持卡人的出生日期，无论怎样书写（月日、日月、年月、年份等）。",
    "没有任何指令 · nothing at all",
    "80 5E 01 00  Lc 05  SW 90 00",
    "00 20 00 00  Lc 02  SW 90 00",
    "00 20 00 00  Lc 02  SW 63 C5",
    "00 20 00 00  Lc 02  SW 63 C1",
    "One try is left, and this machine never spends it.",
    "00 20 00 00  Lc 02  SW 63 C0",
    "Wrong PIN, and the card is now locked.",
    "00 20 00 00  Lc 00  SW 69 83",
    "此处不能办理该业务，请到其他窗口。",
    "没有任何指令 · nothing at all",
    "身份证号码与卡内号码不一致",
    "授权一次有效",
    "00 82 00 06  Lc 10  SW 90 00",
    "84 24 00 00  Lc 04  SW 90 00   PIN CHANGE/UNBLOCK 解锁",
    "6 / 6",
    "3 / 3",
    "授权已使用",
    "00 20 00 00  Lc 02  SW 90 00",
    "忘记密码",
    "新密码不能是持卡人的出生日期",
    "84 24 00 01  Lc 0C  SW 90 00   PIN CHANGE/UNBLOCK 重置，PIN ****",
    "80 5E 01 00  Lc 05  SW 90 00",
    "3 / 3",
    "00 20 00 00  Lc 02  SW 90 00",
    "00 20 00 00  Lc 02  SW 90 00",
    "CR1.",
    "凭证已被改动或不是凭证",
    "凭证有效，已核销。",
    "凭证已用过一次",
    "exit code  26",
    "intent   change  desk kiosk",
    "now_blocked",
    "unblock  desk hall",
    "change  desk counter",
    "The chain is whole",
    "台账不可信，首条异常记录: 19",
    "exit code  10",
];

fn tour(mode: &str, scratch: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_tour"))
        .arg(mode)
        .env("TMPDIR", scratch)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// No file and no process of a tour that ran in `scratch`.
fn nothing_is_left(scratch: &Path) {
    let files: Vec<_> = fs::read_dir(scratch).unwrap().collect();
    assert!(files.is_empty(), "{files:?}");
    let named_after_it = |process: &fs::DirEntry| {
        let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(scratch.to_str().unwrap())
    };
    let left = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    assert_eq!(left.filter(named_after_it).count(), 0);
}

/// Columns of a terminal: Chinese characters and full-width marks take two.
fn columns(line: &str) -> usize {
    let wide = line
        .chars()
        .filter(|c| ('\u{2E80}'..='\u{FFEF}').contains(c));
    line.chars().count() + wide.count()
}

/// Reads up to the line that says how the stay ends.
fn until_it_waits(tour: &mut Child) -> (String, BufReader<ChildStdout>) {
    let mut out = BufReader::new(tour.stdout.take().unwrap());
    let mut text = String::new();
    while !text.contains("Enter, Ctrl-C or SIGTERM") {
        assert_ne!(out.read_line(&mut text).unwrap(), 0, "{text}");
    }
    (text, out)
}

#[test]
fn the_story_is_told_and_nothing_is_left() {
    let scratch = tempfile::tempdir().unwrap();
    let output = tour("once", scratch.path()).wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    let mut rest = text.as_str();
    for line in STORY {
        let at = rest.find(line);
        assert!(at.is_some(), "{line:?} is not told, or too early:\n{text}");
        rest = &rest[at.unwrap() + line.len()..];
    }
    assert!(!text.contains('\x1b'), "colours without a terminal");
    let too_wide: Vec<_> = text.lines().filter(|line| columns(line) > 100).collect();
    assert!(too_wide.is_empty(), "{too_wide:#?}");
    nothing_is_left(scratch.path());
}

#[test]
fn enter_ends_the_stay() {
    let scratch = tempfile::tempdir().unwrap();
    let mut tour = tour("stay", scratch.path());
    let (text, mut out) = until_it_waits(&mut tour);
    for command in [
        "card-sim rack swap a w2",
        "pin change",
        "CARD_SIM_DIR=",
        "counter open unblock",
        "issuer unblock --keys",
    ] {
        assert!(text.contains(command), "{command}");
    }
    tour.stdin.take().unwrap().write_all(b"\n").unwrap();
    out.read_to_string(&mut String::new()).unwrap();
    assert_eq!(tour.wait().unwrap().code(), Some(0));
    nothing_is_left(scratch.path());
}

#[test]
fn sigterm_ends_the_stay_where_nobody_types() {
    let scratch = tempfile::tempdir().unwrap();
    let mut tour = tour("stay", scratch.path());
    drop(tour.stdin.take());
    let (_text, mut out) = until_it_waits(&mut tour);
    kill_process(Pid::from_child(&tour), Signal::TERM).unwrap();
    out.read_to_string(&mut String::new()).unwrap();
    assert_eq!(tour.wait().unwrap().code(), Some(0));
    nothing_is_left(scratch.path());
}

#[test]
fn a_wrong_word_is_wrong_usage() {
    let output = Command::new(env!("CARGO_BIN_EXE_tour"))
        .arg("twice")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}
