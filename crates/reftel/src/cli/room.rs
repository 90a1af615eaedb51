//! The reading room's door: a port on this machine, and the server behind it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use super::Failure;
use crate::web;

/// Where the reading room is, unless another port is asked for.
pub(crate) const PORT: u16 = 7373;

/// A port that is held for the reading room.
#[derive(Debug)]
pub(crate) struct Room {
    listener: TcpListener,
    address: SocketAddr,
}

impl Room {
    /// Takes the port, so that nobody else does while the first telegrams are read.
    pub(crate) fn reserve(port: u16) -> Result<Room, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
            let failure = Failure::because(format!("can't listen on port {port} of this machine"), &error);
            match error.kind() {
                io::ErrorKind::AddrInUse => failure
                    .help("another program has it; take another with `--port N`, or any with `--port 0`"),
                io::ErrorKind::PermissionDenied => failure.help("take one above 1023 with `--port N`"),
                _ => failure,
            }
        })?;
        let trouble = |error: io::Error| Failure::because("can't use the port", &error);
        // The runtime expects it.
        listener.set_nonblocking(true).map_err(trouble)?;
        let address = listener.local_addr().map_err(trouble)?;
        Ok(Room { listener, address })
    }

    /// What tells the user where to go.
    pub(crate) fn announcement(&self) -> String {
        format!("The reading room is open: http://{}/ (Ctrl-C closes it)", self.address)
    }

    /// Serves until Ctrl-C.
    pub(crate) fn serve(self, dir: &Path) -> Result<(), Failure> {
        let trouble = |error: io::Error| Failure::because("the reading room had to close", &error);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(trouble)?;
        let served = runtime.block_on(web::serve(dir.to_owned(), self.listener)).map_err(trouble);
        // A question that is still being answered doesn't keep the door open.
        runtime.shutdown_timeout(Duration::from_secs(1));
        served
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_says_what_to_do() {
        let first = Room::reserve(0).unwrap();
        let failure = Room::reserve(first.address.port()).unwrap_err();
        let report = failure.report(false);
        assert!(report.starts_with("error: can't listen on port") && report.contains("--port"), "{report}");
    }
}
