//! What two answers in a row agree on.
//!
//! libpcsclite keeps the states of all readers once for the whole process, and every call of every
//! thread that asks for them (SCardGetStatusChange, SCardStatus, SCardListReaders) overwrites all of
//! them. A thread that is held up between the service's answer and its own look at it sees whatever
//! another thread was told last, which may be older: an empty reader, another count of events, a
//! protocol that was not chosen yet. One such sight is no reason to call a card mute or gone.

/// Answers that are asked for at most, until two in a row are the same.
const ANSWERS: usize = 6;

/// Asks until two answers in a row are the same and `plausible`, `first` being the first of them.
/// Where they never agree, the last one holds.
///
/// # Errors
/// Those of `ask`.
pub(super) fn agreed<T: PartialEq, E>(
    first: T,
    plausible: impl Fn(&T) -> bool,
    mut ask: impl FnMut() -> Result<T, E>,
) -> Result<T, E> {
    let mut last = first;
    for _ in 1..ANSWERS {
        let next = ask()?;
        let same = next == last;
        last = next;
        if same && plausible(&last) {
            break;
        }
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(answers: &[u8], plausible: impl Fn(&u8) -> bool) -> (Result<u8, ()>, usize) {
        let mut asked = answers.iter().copied();
        let first = asked.next().unwrap();
        let found = agreed(first, plausible, || asked.next().ok_or(()));
        (found, answers.len() - asked.count())
    }

    #[test]
    fn two_answers_that_agree_are_enough() {
        assert_eq!(over(&[7, 7, 8, 8], |_| true), (Ok(7), 2));
    }

    #[test]
    fn one_old_answer_is_passed_over_wherever_it_comes() {
        assert_eq!(over(&[1, 7, 7], |_| true), (Ok(7), 3));
        assert_eq!(over(&[7, 1, 7, 7], |_| true), (Ok(7), 4));
    }

    #[test]
    fn what_cannot_be_is_asked_again_even_if_it_is_said_twice() {
        assert_eq!(over(&[0, 0, 7, 7], |answer| *answer != 0), (Ok(7), 4));
    }

    #[test]
    fn the_number_of_questions_is_bounded() {
        assert_eq!(over(&[1, 2, 3, 4, 5, 6, 7, 8], |_| true), (Ok(6), 6));
        assert_eq!(over(&[0; 9], |answer| *answer != 0), (Ok(0), 6));
    }

    #[test]
    fn an_error_ends_the_questions() {
        assert_eq!(over(&[1, 2], |_| true), (Err(()), 2));
    }
}
