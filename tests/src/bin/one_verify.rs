//! A desk that presents one PIN and then stays, so that its memory can be looked at.
//!
//! `one_verify SOCKET READER` reads sixteen digits from standard input, says what came of it in
//! one line, and ends when standard input does. `one_verify keep` reads them into memory that it
//! does not wipe, in every encoding, and `one_verify drop` gives such memory back: the checks of the
//! search itself. `one_verify panic` panics in a handler that holds them; `one_verify rest` does what both
//! ends do with them, and leaves its threads' stacks as they are then; it takes two canaries.

use std::{
    error::Error,
    fs::File,
    io::{self, Read as _, Write as _},
    path::Path,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
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
    let first = arguments
        .next()
        .ok_or("a socket, keep, drop, panic or rest")?;
    match first.as_str() {
        "keep" => return keep(&mut input),
        "drop" => return give_back(&mut input),
        "panic" => return panic_in_a_handler(&mut input).await,
        "rest" => return rest(&mut input),
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
    // Whoever comes next would get the block.
    let others: Vec<_> = (0..1000).map(|_| vec![0xFF; DIGITS]).collect();
    stay("dropped", input)?;
    drop(others);
    Ok(())
}

/// As in cardd: the sealed entry is opened in a task of the runtime, the PIN is parsed and packed
/// into a command, and then something is wrong.
async fn panic_in_a_handler(input: &mut File) -> Result<(), Box<dyn Error>> {
    let pin = typed(input)?;
    let rng = &mut StdRng::seed_from_u64(7);
    let key = EntryKey::generate(rng);
    let binding = binding(Purpose::Verify);
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

fn binding(purpose: Purpose) -> Binding {
    Binding {
        entry_id: [1; 16],
        insertion: 1,
        purpose,
    }
}

/// Two threads: on one, digits go all the way; on the other, they cannot be sealed. Both then call
/// nothing more: their stacks stay as they were left, until the program is told to end.
fn rest(input: &mut File) -> Result<(), Box<dyn Error>> {
    let (pin, other) = (typed(input)?, typed(input)?);
    let (done, end) = (AtomicUsize::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| rest_after(|| all_the_way(pin), (&done, &end)));
        scope.spawn(|| rest_after(|| not_sealed(other), (&done, &end)));
        while done.load(Ordering::Acquire) < 2 {
            thread::yield_now();
        }
        let stayed = stay("at rest", input);
        end.store(true, Ordering::Release);
        stayed
    })
}

fn rest_after(work: impl FnOnce(), (done, end): (&AtomicUsize, &AtomicBool)) {
    work();
    done.fetch_add(1, Ordering::Release);
    while !end.load(Ordering::Acquire) {
        std::hint::spin_loop();
    }
}

/// Sealed, opened, parsed, packed.
fn all_the_way(pin: Secret) {
    let rng = &mut StdRng::seed_from_u64(7);
    let (key, binding) = (EntryKey::generate(rng), binding(Purpose::Verify));
    let typed = entry::Typed::Verify { pin };
    if let Ok(sealed) = seal(&typed, &binding, &key.public_key(), rng)
        && let Ok(entry::Typed::Verify { pin }) = deep(|| key.open(&sealed, &binding))
        && let Ok(length) = PinLength::new(4, 16)
        && let Ok(parsed) = Pin::parse(pin.expose(), &length)
    {
        let command = Command::new(0x00, 0x20, 0x00, 0x00).with_data(packed_bcd(&parsed));
        drop((command.to_bytes(), parsed));
    }
}

/// The field beside it is too long for a seal.
fn not_sealed(old: Secret) {
    let rng = &mut StdRng::seed_from_u64(7);
    let (key, binding) = (EntryKey::generate(rng), binding(Purpose::Change));
    let (mut new, again) = (Secret::new(), Secret::new());
    while new.push(b'0').is_ok() {}
    let typed = entry::Typed::Change { old, new, again };
    let _refused = deep(|| seal(&typed, &binding, &key.public_key(), rng));
}

/// Works far down the stack, where what is called afterwards does not write over what it left.
#[inline(never)]
fn deep<T>(work: impl FnOnce() -> T) -> T {
    let between = std::hint::black_box([0_u8; 1 << 16]);
    let result = work();
    std::hint::black_box(&between);
    result
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
