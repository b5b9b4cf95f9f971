//! The whole interface of a card towards whatever plugs it into a reader.

/// A card as a reader sees it: four verbs, bytes in, bytes out.
///
/// Implementations answer every input, however malformed, with at least a two-byte status word;
/// an empty answer means that the card stayed mute.
pub trait VirtualCard: Send {
    /// Applies power and returns the answer to reset (ISO 7816-3, at most 33 bytes).
    /// An empty ATR is a card that stays mute, such as one inserted upside down.
    fn power_on(&mut self) -> Vec<u8>;

    /// Removes power. Everything volatile is lost: selection, rights, challenges.
    fn power_off(&mut self);

    /// Warm reset: volatile state is lost, power stays. Returns the answer to reset.
    fn reset(&mut self) -> Vec<u8>;

    /// Executes one command APDU and returns the response APDU, status word last.
    fn execute(&mut self, command: &[u8]) -> Vec<u8>;
}
