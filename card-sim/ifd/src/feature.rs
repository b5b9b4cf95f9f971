//! Reader features of PC/SC Part 10 behind IFDHControl.

use crate::handler::Code;

/// Answers one control code. This reader has no pinpad and no display, so there is no feature to
/// offer, CM_IOCTL_GET_FEATURE_REQUEST included (PC/SC Part 10 2.2): OpenSC and others read the
/// refusal as "an ordinary reader".
pub(crate) fn control(_code: u32, _input: &[u8]) -> Result<Vec<u8>, Code> {
    Err(Code::ErrorNotSupported)
}
