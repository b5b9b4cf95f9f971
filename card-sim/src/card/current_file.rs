//! Which file a command means, and whether it may be used.

use super::Card;
use crate::apdu::StatusWord;
use crate::files::{Access, Application, Content, FileId, KeyId};

impl Card {
    /// The EF of a short file identifier in the current application; SFI 0 is the current EF, 6986
    /// when there is none.
    pub(super) fn file_of_sfi(&self, sfi: u8) -> Result<FileId, StatusWord> {
        if sfi == 0 {
            return self.session.ef.ok_or(StatusWord::NO_CURRENT_EF);
        }
        let file = FileId {
            application: self.session.application,
            ef: sfi,
        };
        self.files
            .get(file)
            .map(|_| file)
            .ok_or(StatusWord::FILE_NOT_FOUND)
    }

    /// What a file holds now: what was written to it, else what the issuer put there.
    pub(super) fn content(&self, file: FileId) -> Result<&Content, StatusWord> {
        let personalised = || self.files.get(file).map(|ef| &ef.content);
        let written = self.state.written_files.get(&file);
        written
            .or_else(personalised)
            .ok_or(StatusWord::FILE_NOT_FOUND)
    }

    /// Refuses reading without the rights of the file.
    pub(super) fn may_read(&self, file: FileId) -> Result<(), StatusWord> {
        let access = self.files.get(file).map_or(Access::Never, |ef| ef.read);
        if self.is_granted(file, access) {
            return Ok(());
        }
        let holder = FileId {
            application: Application::Ssse,
            ef: 0x06,
        };
        if file == holder {
            Err(self.persona.behaviour.holder_refusal)
        } else {
            Err(StatusWord::SECURITY_NOT_SATISFIED)
        }
    }

    /// Refuses writing without the rights of the file.
    pub(super) fn may_write(&self, file: FileId) -> Result<(), StatusWord> {
        let access = self.files.get(file).map_or(Access::Never, |ef| ef.write);
        if self.is_granted(file, access) {
            Ok(())
        } else {
            Err(StatusWord::SECURITY_NOT_SATISFIED)
        }
    }

    fn is_granted(&self, file: FileId, access: Access) -> bool {
        let holds = |kid| self.session.holds(KeyId::resolve(file.application, kid));
        access.is_granted(self.session.pin_right, holds)
    }
}
