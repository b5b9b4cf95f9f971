//! An HSM in software (SoftHSM 2), with a token of its own in a scratch directory.
//!
//! SoftHSM finds its configuration through the environment, so whoever uses it is a process of its
//! own: the `hall` command, or a test that starts itself again.

use std::{
    ffi::OsStr,
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{daemon::program, hall::roots_file};

/// The variable that names SoftHSM's configuration.
pub const VARIABLE: &str = "SOFTHSM2_CONF";

/// SoftHSM's PKCS#11 module, where Debian and Ubuntu put it.
pub const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";

/// Label of the token.
pub const TOKEN: &str = "issuer";

/// PIN of its user: made up, and known to whoever reads this.
pub const USER_PIN: &str = "74218305";

/// A token. Gone with everything in it when dropped.
#[derive(Debug)]
pub struct SoftHsm {
    directory: tempfile::TempDir,
}

impl SoftHsm {
    /// An empty token; `config` are more lines of SoftHSM's configuration.
    ///
    /// # Errors
    /// SoftHSM is not installed, or refuses.
    pub fn new(config: &str) -> io::Result<Self> {
        let directory = tempfile::tempdir()?;
        let hsm = Self { directory };
        let tokens = hsm.path("tokens");
        fs::create_dir(&tokens)?;
        fs::write(
            hsm.path("softhsm2.conf"),
            format!(
                "directories.tokendir = {}\nlog.level = ERROR\n{config}\n",
                tokens.display()
            ),
        )?;
        hsm.private("user-pin", &format!("{USER_PIN}\n"))?;
        roots_file(hsm.directory())?;
        hsm.name_roots(&["irk", "puk", "stk", "rkssse"], "national")?;
        let mut util = Command::new("softhsm2-util");
        util.args(["--init-token", "--free", "--label", TOKEN])
            .args(["--pin", USER_PIN, "--so-pin", "00000000"])
            .env(VARIABLE, hsm.path("softhsm2.conf"));
        let output = util.output()?;
        if output.status.success() {
            return Ok(hsm);
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(io::Error::other(format!("softhsm2-util: {said}")))
    }

    /// A token with the roots of the simulated cards' DES suite, put there by `hall issuer import-keys`.
    ///
    /// # Errors
    /// As [`SoftHsm::new`], or the import fails.
    pub fn with_roots(config: &str) -> io::Result<Self> {
        let hsm = Self::new(config)?;
        let roots = hsm.path("roots.toml");
        let output = hsm
            .hall(["issuer", "import-keys", "--from"])?
            .arg(roots)
            .arg("--hsm")
            .arg(hsm.file())
            .output()?;
        if output.status.success() {
            return Ok(hsm);
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(io::Error::other(format!("hall issuer import-keys: {said}")))
    }

    /// The hall's file that names module, token and roots.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.path("hsm.toml")
    }

    /// A file of this token.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes the hall's file anew, with these roots of one level.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn name_roots(&self, kinds: &[&str], level: &str) -> io::Result<()> {
        let mut text = format!(
            "module = {MODULE:?}\ntoken = {TOKEN:?}\npin_file = {:?}\n",
            self.path("user-pin")
        );
        for kind in kinds {
            text += &format!(
                "[[root]]\nkind = {kind:?}\nsuite = \"des\"\nlevel = {level:?}\nkey = \"{kind}-des\"\n"
            );
        }
        self.private("hsm.toml", &text)
    }

    /// Writes a file of mode 0600.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn private(&self, name: &str, text: &str) -> io::Result<()> {
        let path = self.path(name);
        fs::write(&path, text)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))
    }

    /// The `hall` command, which finds this token.
    ///
    /// # Errors
    /// It is not built.
    pub fn hall<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> io::Result<Command> {
        let mut hall = Command::new(program("hall")?);
        hall.args(arguments);
        self.lend(&mut hall);
        Ok(hall)
    }

    /// Lets a process find this token.
    pub fn lend(&self, command: &mut Command) {
        command.env(VARIABLE, self.path("softhsm2.conf"));
        command.stdin(std::process::Stdio::null());
    }

    /// Directory of everything.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }
}
