//! BER-TLV data objects (ISO 7816-4, 5.2.2), as far as cards use them.

/// One data object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// Tag field, one or two bytes.
    pub tag: &'a [u8],
    /// Value field.
    pub value: &'a [u8],
}

/// The data objects that stand side by side in `bytes`. Ends at the first one that is cut off or
/// not well formed.
pub fn tlvs(bytes: &[u8]) -> impl Iterator<Item = Tlv<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (object, after) = split_first(rest)?;
        rest = after;
        Some(object)
    })
}

/// The value of the first data object with this tag among those side by side.
#[must_use]
pub fn find<'a>(bytes: &'a [u8], tag: &[u8]) -> Option<&'a [u8]> {
    tlvs(bytes)
        .find(|object| object.tag == tag)
        .map(|object| object.value)
}

fn split_first(bytes: &[u8]) -> Option<(Tlv<'_>, &[u8])> {
    // Five low bits set: the tag goes on in a second byte.
    let tag_length = if bytes.first()? & 0x1F == 0x1F { 2 } else { 1 };
    let (tag, rest) = bytes.split_at_checked(tag_length)?;
    let (length, rest) = split_length(rest)?;
    let (value, rest) = rest.split_at_checked(length)?;
    Some((Tlv { tag, value }, rest))
}

/// Length field of one to three bytes.
fn split_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match bytes {
        [length @ 0..=0x7F, rest @ ..] | [0x81, length, rest @ ..] => {
            Some((usize::from(*length), rest))
        }
        [0x82, high, low, rest @ ..] => {
            Some((usize::from(u16::from_be_bytes([*high, *low])), rest))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn objects_side_by_side() {
        let bytes = [0x88, 1, 0x1E, 0x9F, 0x0C, 3, 0x86, 1, 3];
        let found: Vec<_> = tlvs(&bytes)
            .map(|object| (object.tag, object.value))
            .collect();
        assert_eq!(
            found,
            [(&[0x88][..], &[0x1E][..]), (&[0x9F, 0x0C], &[0x86, 1, 3])]
        );
        assert_eq!(find(&bytes, &[0x9F, 0x0C]), Some(&[0x86, 1, 3][..]));
        assert_eq!(
            find(&bytes, &[0x86]),
            None,
            "inner objects are not searched"
        );
    }

    #[test]
    fn long_length_fields() {
        let mut bytes = vec![0x84, 0x81, 0x80];
        bytes.extend([7; 0x80]);
        assert_eq!(find(&bytes, &[0x84]), Some(&[7; 0x80][..]));
        let mut bytes = vec![0x84, 0x82, 0x01, 0x00];
        bytes.extend([7; 0x100]);
        assert_eq!(find(&bytes, &[0x84]), Some(&[7; 0x100][..]));
    }

    #[test]
    fn what_is_cut_off_is_not_seen() {
        for bytes in [
            &[0x84][..],
            &[0x84, 2, 1],
            &[0x9F],
            &[0x84, 0x80],
            &[0x84, 0x81],
            &[],
        ] {
            assert_eq!(tlvs(bytes).count(), 0, "{bytes:02X?}");
        }
        assert_eq!(tlvs(&[0x84, 1, 7, 0x85, 9]).count(), 1);
    }

    proptest! {
        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let total: usize = tlvs(&bytes).map(|o| o.tag.len() + o.value.len()).sum();
            prop_assert!(total <= bytes.len());
        }
    }
}
