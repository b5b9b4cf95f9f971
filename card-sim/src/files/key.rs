//! Keys of the environment by name (LD/T 33).

use super::KeyId;

/// IRK, internal authentication: the card is genuine.
pub const IRK: KeyId = KeyId::global(0x00);
/// STK, secure messaging of the environment.
pub const STK: KeyId = KeyId::global(0x02);
/// UKSSSE (UKMF on 1.0 cards), writing EF05 to EF08.
pub const UKSSSE: KeyId = KeyId::global(0x04);
/// BK, right to APPLICATION BLOCK and CARD BLOCK.
pub const BK: KeyId = KeyId::global(0x05);
/// PUK, right to PIN CHANGE/UNBLOCK.
pub const PUK: KeyId = KeyId::global(0x06);
/// RKSSSE, reading EF07 and EF08, on 3.0 cards EF06.
pub const RKSSSE: KeyId = KeyId::global(0x0A);
