//! `reftel serve`

use std::path::Path;

use super::room::Room;
use super::terminal::Screen;
use super::{Failure, Status};

/// Open the reading room on an archive
///
/// Serves pages on this machine alone, prints their address, and runs until Ctrl-C. Telegrams that are
/// imported meanwhile appear by themselves.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 closed by Ctrl-C; 2 an error, such as a port that is taken.

Example: reftel serve --archive ~/archive --port 8080")]
pub(crate) struct Serve {
    /// The port; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = super::room::PORT)]
    port: u16,
}

impl Serve {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        super::archive(dir)?;
        let room = Room::reserve(self.port)?;
        screen.line(&room.announcement())?;
        screen.flush()?;
        room.serve(dir)?;
        Ok(Status::Fine)
    }
}
