//! The one writer of the tour: plain text within 100 columns, colours only where asked for.

use std::io::{self, Write};

use card_sim::rack::wire::Exchange;

use super::{
    width::{padded, wrapped},
    wire,
};

const COLUMNS: usize = 100;
/// Columns before the text of a labelled line.
const MARGIN: usize = 22;

/// A colour of the terminal (ECMA-48 SGR).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Paint {
    Bold,
    Dim,
    Green,
}

impl Paint {
    fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Green => "32",
        }
    }
}

/// Where the story is written.
pub struct Page<'a> {
    out: &'a mut dyn Write,
    colour: bool,
    scenes: u8,
}

impl<'a> Page<'a> {
    /// An empty page; `colour` where `out` is a terminal.
    pub fn new(out: &'a mut dyn Write, colour: bool) -> Self {
        Self {
            out,
            colour,
            scenes: 0,
        }
    }

    /// The first lines.
    ///
    /// # Errors
    /// The writer fails, here and below.
    pub fn title(&mut self, zh: &str, en: &str) -> io::Result<()> {
        let rule = "─".repeat(COLUMNS);
        self.line(Paint::Bold, &format!("{zh}  {en}"))?;
        self.line(Paint::Dim, &rule)
    }

    /// A new scene with the next number.
    ///
    /// # Errors
    /// As [`Page::title`].
    pub fn scene(&mut self, zh: &str, en: &str) -> io::Result<()> {
        self.scenes += 1;
        let heading = format!("{:>2}  {zh} · {en}", self.scenes);
        writeln!(self.out)?;
        self.line(Paint::Bold, &heading)
    }

    /// A heading without a number.
    ///
    /// # Errors
    /// As [`Page::title`].
    pub fn heading(&mut self, zh: &str, en: &str) -> io::Result<()> {
        writeln!(self.out)?;
        self.line(Paint::Bold, &format!("    {zh} · {en}"))
    }

    /// Something that is so.
    ///
    /// # Errors
    /// As [`Page::title`].
    pub fn fact(&mut self, label: &str, text: &str) -> io::Result<()> {
        let mut label = label;
        for line in wrapped(text, COLUMNS - MARGIN) {
            writeln!(self.out, "    {}{line}", padded(label, MARGIN - 4))?;
            label = "";
        }
        self.out.flush()
    }

    /// What a person at the desk reads: Chinese, then English.
    ///
    /// # Errors
    /// As [`Page::title`].
    pub fn screen(&mut self, zh: &str, en: &str) -> io::Result<()> {
        self.fact("屏幕 screen", zh)?;
        self.fact("", en)
    }

    /// Every command that went over the wire.
    ///
    /// # Errors
    /// As [`Page::title`].
    pub fn wire(&mut self, exchanges: &[Exchange]) -> io::Result<()> {
        if exchanges.is_empty() {
            return self.labelled(Paint::Green, "线上 wire", "没有任何指令 · nothing at all");
        }
        let mut label = "线上 wire";
        for exchange in exchanges {
            self.labelled(Paint::Dim, label, &wire::line(exchange))?;
            label = "";
        }
        Ok(())
    }

    /// The commands about the PIN and those of the issuer, and how many others there were.
    ///
    /// # Errors
    /// As [`Page::title`].
    pub fn pin_wire(&mut self, exchanges: &[Exchange]) -> io::Result<()> {
        let (about_pin, others): (Vec<Exchange>, Vec<Exchange>) =
            exchanges.iter().cloned().partition(wire::is_told);
        self.wire(&about_pin)?;
        if others.is_empty() {
            return Ok(());
        }
        let more = format!("另有 {0} 条只读指令 · and {0} that only read", others.len());
        self.labelled(Paint::Dim, "", &more)
    }

    /// A command to copy, as it is.
    ///
    /// # Errors
    /// As [`Page::title`].
    pub fn command(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "    {text}")?;
        self.out.flush()
    }

    fn labelled(&mut self, paint: Paint, label: &str, text: &str) -> io::Result<()> {
        write!(self.out, "    {}", padded(label, MARGIN - 4))?;
        self.line(paint, text)
    }

    fn line(&mut self, paint: Paint, text: &str) -> io::Result<()> {
        if self.colour {
            writeln!(self.out, "\x1b[{}m{text}\x1b[0m", paint.code())?;
        } else {
            writeln!(self.out, "{text}")?;
        }
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(colour: bool, write: impl FnOnce(&mut Page<'_>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut Page::new(&mut out, colour)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn scenes_are_numbered() {
        let text = written(false, |page| {
            page.scene("甲", "a")?;
            page.scene("乙", "b")
        });
        assert_eq!(text, "\n 1  甲 · a\n\n 2  乙 · b\n");
    }

    #[test]
    fn colours_only_where_asked_for() {
        assert!(!written(false, |page| page.title("甲", "a")).contains('\x1b'));
        assert!(written(true, |page| page.title("甲", "a")).contains("\x1b[1m"));
    }

    #[test]
    fn an_empty_wire_is_said() {
        assert!(written(false, |page| page.wire(&[])).contains("nothing at all"));
    }

    #[test]
    fn no_line_is_wider_than_the_page() {
        let text = written(false, |page| {
            page.screen(&"字".repeat(90), &"word ".repeat(60))
        });
        assert!(text.lines().count() > 4);
        let widest = text.lines().map(super::super::width::width).max();
        assert!(widest <= Some(COLUMNS), "{widest:?}");
    }
}
