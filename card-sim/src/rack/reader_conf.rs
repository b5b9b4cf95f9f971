//! `reader.conf` stanzas that make pcscd show the slots of a rack.

use std::path::Path;

use ifdcardsim::device_name::{DeviceName, DeviceNameError};

use super::config::SlotConfig;

/// Stanzas for our own driver: one reader per slot, all on one library.
///
/// # Errors
/// [`DeviceNameError`] if the socket path cannot stand in `reader.conf`.
pub fn own_driver(
    slots: &[SlotConfig],
    socket: &Path,
    library: &Path,
) -> Result<String, DeviceNameError> {
    let stanza = |(channel, slot): (usize, &SlotConfig)| {
        let device = DeviceName::new(socket, &slot.name)?;
        Ok(stanza(
            &slot.reader_name(),
            &device.to_string(),
            library,
            channel,
        ))
    };
    let slots = slots.iter().filter(|slot| slot.vpcd_port.is_none());
    slots
        .enumerate()
        .map(stanza)
        .collect::<Result<Vec<_>, _>>()
        .map(|all| all.join("\n"))
}

/// Stanzas for Debian's vsmartcard-vpcd. Its library shows two readers at the port and the next
/// one, and two stanzas on the same file hang pcscd: give each stanza a copy of its own.
#[must_use]
pub fn stock_driver(slots: &[SlotConfig], library: &Path) -> String {
    let ports = slots
        .iter()
        .filter_map(|slot| Some((slot.vpcd_port?, slot)));
    let stanza = |(port, slot): (u16, &SlotConfig)| {
        let device = format!("/dev/null:{port}");
        stanza(&slot.reader_name(), &device, library, usize::from(port))
    };
    ports.map(stanza).collect::<Vec<_>>().join("\n")
}

fn stanza(name: &str, device: &str, library: &Path, channel: usize) -> String {
    let library = library.display();
    format!(
        "FRIENDLYNAME \"{name}\"\nDEVICENAME {device}\nLIBPATH {library}\nCHANNELID {channel}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(name: &str, vpcd_port: Option<u16>) -> SlotConfig {
        SlotConfig {
            name: name.to_owned(),
            reader: None,
            card: None,
            vpcd_port,
        }
    }

    #[test]
    fn each_driver_gets_its_own_slots() {
        let slots = [slot("a", None), slot("b", Some(35_963)), slot("c", None)];
        let own = own_driver(&slots, Path::new("/r/ifd.sock"), Path::new("/l.so")).unwrap();
        let expected = "FRIENDLYNAME \"card-sim a\"\nDEVICENAME unix:/r/ifd.sock:a\nLIBPATH /l.so\n\
                        CHANNELID 0\n\nFRIENDLYNAME \"card-sim c\"\nDEVICENAME \
                        unix:/r/ifd.sock:c\nLIBPATH /l.so\nCHANNELID 1\n";
        assert_eq!(own, expected);
        let stock = stock_driver(&slots, Path::new("/v.so"));
        let expected = "FRIENDLYNAME \"card-sim b\"\nDEVICENAME /dev/null:35963\nLIBPATH /v.so\n\
                        CHANNELID 35963\n";
        assert_eq!(stock, expected);
    }

    #[test]
    fn a_socket_path_that_reader_conf_cannot_carry_is_refused() {
        assert!(own_driver(&[slot("a", None)], Path::new("/a b"), Path::new("/l.so")).is_err());
    }
}
