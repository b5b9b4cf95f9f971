//! Which card a command means.

use std::num::NonZeroU64;

use hall_client::{Insertion, Reader, Terminal};

use crate::cli::{args::CardArgs, problem::Problem};

/// Reader and insertion of the card that the command line means.
pub(super) async fn chosen(
    terminal: &Terminal,
    args: &CardArgs,
) -> Result<(String, Insertion), Problem> {
    let readers = terminal.readers().await?.list;
    card(&readers, args.reader.as_deref(), args.insertion)
}

/// The named reader's card, or the only card there is. A named insertion is passed on as it is:
/// whether it still holds is cardd's to say.
pub(super) fn card(
    readers: &[Reader],
    named: Option<&str>,
    insertion: Option<NonZeroU64>,
) -> Result<(String, Insertion), Problem> {
    let reader = match named {
        Some(name) => readers
            .iter()
            .find(|reader| reader.name == name)
            .ok_or(Problem::ReaderUnknown)?,
        None => only(readers)?,
    };
    let insertion = insertion
        .map(Insertion)
        .or(reader.insertion())
        .ok_or(Problem::NoCard)?;
    Ok((reader.name.clone(), insertion))
}

fn only(readers: &[Reader]) -> Result<&Reader, Problem> {
    let mut holding = readers.iter().filter(|reader| reader.insertion().is_some());
    let first = holding.next().ok_or(Problem::NoCard)?;
    let others: Vec<_> = holding.map(|reader| reader.name.clone()).collect();
    if others.is_empty() {
        return Ok(first);
    }
    let names = std::iter::once(first.name.clone()).chain(others);
    Err(Problem::SeveralCards(names.collect()))
}

#[cfg(test)]
mod tests {
    use hall_client::Slot;

    use super::*;

    fn reader(name: &str, insertion: u64) -> Reader {
        let slot =
            Insertion::new(insertion).map_or(Slot::Empty, |insertion| Slot::Present { insertion });
        Reader {
            name: name.to_owned(),
            slot,
        }
    }

    fn chosen(readers: &[Reader], named: Option<&str>) -> (String, u64) {
        let (name, insertion) = card(readers, named, None).unwrap();
        (name, insertion.get())
    }

    #[test]
    fn the_only_card_needs_no_name() {
        let readers = [reader("A", 0), reader("B", 4)];
        assert_eq!(chosen(&readers, None), ("B".to_owned(), 4));
    }

    #[test]
    fn with_several_cards_the_reader_must_be_named() {
        let readers = [reader("A", 3), reader("B", 4)];
        let Err(Problem::SeveralCards(names)) = card(&readers, None, None) else {
            panic!("chose one of two");
        };
        assert_eq!(names, ["A", "B"]);
        assert_eq!(chosen(&readers, Some("A")), ("A".to_owned(), 3));
    }

    #[test]
    fn what_is_not_there_is_told_apart() {
        let readers = [reader("A", 0)];
        assert!(matches!(card(&readers, None, None), Err(Problem::NoCard)));
        assert!(matches!(
            card(&readers, Some("A"), None),
            Err(Problem::NoCard)
        ));
        assert!(matches!(
            card(&readers, Some("Z"), None),
            Err(Problem::ReaderUnknown)
        ));
    }

    #[test]
    fn a_named_insertion_is_passed_on() {
        let readers = [reader("A", 9)];
        let (_, insertion) = card(&readers, Some("A"), NonZeroU64::new(8)).unwrap();
        assert_eq!(insertion.get(), 8);
    }
}
