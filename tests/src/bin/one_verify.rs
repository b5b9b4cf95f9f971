//! A desk that presents one PIN and then stays, so that its memory can be looked at.
//!
//! `one_verify SOCKET READER` reads sixteen digits from standard input, says what came of it in
//! one line, and ends when standard input does. `one_verify keep` reads them into memory that it
//! does not wipe, in every encoding, and `one_verify drop` gives such memory back: the checks of the
//! search itself. `one_verify panic` panics in a handler that holds them.

use std::{
    error::Error,
    fs::File,
    io::{self, Read as _, Write as _},
    path::Path,
};

use cardd::{
    apdu::Command,
    pin::{Pin, PinLength, encoding::packed_bcd},
};
use cardd_proto::{
    entry::{self, Binding, EntryKey, seal},
    secret::Secret,
    v1::{Purpose, SealedEntry},
};
use hall_client::{Event, Happening, Insertion, Terminal, Verify};
use rand::{SeedableRng as _, rngs::StdRng};

const DIGITS: usize = 16;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // Not the one of the standard library, whose buffer is not wiped.
    let mut input = File::open("/dev/stdin")?;
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next().ok_or("a socket, keep, drop or panic")?;
    match first.as_str() {
        "keep" => return keep(&mut input),
        "drop" => return give_back(&mut input),
        "panic" => return panic_in_a_handler(&mut input).await,
        _socket => {}
    }
    let reader = arguments.next().ok_or("a reader")?;
    let pin = typed(&mut input)?;
    let terminal = Terminal::connect(Path::new(&first)).await?;
    let insertion = identified(&terminal, &reader).await?;
    let entry = terminal.begin_entry(&reader, insertion, Verify).await?;
    let outcome = entry.verify(pin, &mut StdRng::seed_from_u64(1)).await;
    let text = match outcome {
        Ok(_verified) => "verified".to_owned(),
        Err(error) => error.to_string(),
    };
    stay(&text, &mut input)
}

/// The digits, byte by byte, so that no other buffer holds them.
fn typed(input: &mut File) -> Result<Secret, Box<dyn Error>> {
    let mut bytes = [0; DIGITS];
    input.read_exact(&mut bytes)?;
    Ok(Secret::take_from(&mut bytes)?)
}

async fn identified(terminal: &Terminal, reader: &str) -> Result<Insertion, Box<dyn Error>> {
    let mut watch = terminal.watch(Some(0)).await?;
    loop {
        let Event { happening, .. } = watch.next().await?;
        if let Happening::CardIdentified {
            reader: at,
            insertion,
            ..
        } = happening
            && at == reader
        {
            return Ok(insertion);
        }
    }
}

fn keep(input: &mut File) -> Result<(), Box<dyn Error>> {
    let mut ascii = vec![0; DIGITS];
    input.read_exact(&mut ascii)?;
    let values: Vec<u8> = ascii.iter().map(|character| character - b'0').collect();
    let packed: Vec<u8> = values.chunks_exact(2).map(pack).collect();
    stay("kept", input)?;
    drop((ascii, values, packed));
    Ok(())
}

fn give_back(input: &mut File) -> Result<(), Box<dyn Error>> {
    let mut ascii = vec![0; DIGITS];
    input.read_exact(&mut ascii)?;
    drop(ascii);
    stay("dropped", input)
}

/// As in cardd: the sealed entry is opened in a task of the runtime, the PIN is parsed and packed
/// into a command, and then something is wrong.
async fn panic_in_a_handler(input: &mut File) -> Result<(), Box<dyn Error>> {
    let pin = typed(input)?;
    let rng = &mut StdRng::seed_from_u64(7);
    let key = EntryKey::generate(rng);
    let binding = Binding {
        entry_id: [1; 16],
        insertion: 1,
        purpose: Purpose::Verify,
    };
    let sealed = seal(
        &entry::Typed::Verify { pin },
        &binding,
        &key.public_key(),
        rng,
    )?;
    let handler = tokio::spawn(async move { fail_with_a_pin(key, &sealed, &binding) });
    let text = match handler.await {
        Err(error) if error.is_panic() => "panicked",
        Ok(()) | Err(_) => "did not panic",
    };
    stay(text, input)
}

#[expect(clippy::panic, reason = "it is what is looked at")]
fn fail_with_a_pin(key: EntryKey, sealed: &SealedEntry, binding: &Binding) {
    let length = PinLength::new(4, 16);
    if let (Ok(entry::Typed::Verify { pin }), Ok(length)) = (key.open(sealed, binding), length)
        && let Ok(parsed) = Pin::parse(pin.expose(), &length)
    {
        let command = Command::new(0x00, 0x20, 0x00, 0x00).with_data(packed_bcd(&parsed));
        panic!("{command:?} {parsed:?} {pin:?}");
    }
}

fn pack(pair: &[u8]) -> u8 {
    pair.iter().fold(0, |byte, digit| byte << 4 | digit)
}

/// Says that the work is done and lives on until standard input ends.
fn stay(text: &str, input: &mut File) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()?;
    // Whatever else might come, nobody means it.
    let _bytes = input.read(&mut [0])?;
    Ok(())
}
