//! The way into a token.

use std::path::Path;
use std::sync::Mutex;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;

use super::user_pin::UserPin;
use crate::issuer::error::KeyError;

/// A token whose user is logged in. On drop the last session ends, and the login with it.
#[derive(Debug)]
pub(super) struct Login {
    pub(super) context: Pkcs11,
    pub(super) slot: Slot,
    /// Keeps the login: PKCS#11 logs a program out when its last session at a token ends. Nothing
    /// is done in it, and the lock only lets threads share it.
    _kept: Mutex<Session>,
}

impl Login {
    /// Loads the module, finds the one token of that label and logs in, once: a token counts wrong
    /// PINs.
    pub(super) fn new(module: &Path, label: &str, pin: &UserPin) -> Result<Self, KeyError> {
        let context = Pkcs11::new(module).map_err(KeyError::token("load the module"))?;
        let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        match context.initialize(arguments) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(KeyError::token("start the module")(error)),
        }
        let slot = slot(&context, label)?;
        let session = context.open_rw_session(slot);
        let session = session.map_err(KeyError::token("open a session"))?;
        session
            .login(UserType::User, Some(pin.expose()))
            .map_err(refused)?;
        Ok(Self {
            context,
            slot,
            _kept: Mutex::new(session),
        })
    }

    /// A session of its own: what is derived in it ends with it.
    pub(super) fn session(&self) -> Result<Session, KeyError> {
        let session = self.context.open_ro_session(self.slot);
        session.map_err(KeyError::token("open a session"))
    }

    /// A session that may put objects into the token.
    pub(super) fn writing_session(&self) -> Result<Session, KeyError> {
        let session = self.context.open_rw_session(self.slot);
        session.map_err(KeyError::token("open a session"))
    }
}

fn slot(context: &Pkcs11, label: &str) -> Result<Slot, KeyError> {
    let slots = context
        .get_slots_with_initialized_token()
        .map_err(KeyError::token("list the tokens"))?;
    let mut found = Vec::new();
    for slot in slots {
        let info = context
            .get_token_info(slot)
            .map_err(KeyError::token("look at a token"))?;
        if info.label() == label {
            found.push(slot);
        }
    }
    match found.as_slice() {
        [slot] => Ok(*slot),
        tokens => Err(KeyError::TokenNotFound {
            label: label.to_owned(),
            found: tokens.len(),
        }),
    }
}

fn refused(error: Error) -> KeyError {
    let Error::Pkcs11(said, _) = &error else {
        return KeyError::token("log in")(error);
    };
    if matches!(
        said,
        RvError::PinIncorrect | RvError::PinLenRange | RvError::PinInvalid
    ) {
        KeyError::UserPinWrong
    } else if matches!(said, RvError::PinLocked) {
        KeyError::UserPinLocked
    } else {
        KeyError::token("log in")(error)
    }
}
