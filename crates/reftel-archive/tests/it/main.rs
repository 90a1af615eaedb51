//! The archive from outside: what goes in comes out, whatever happens in between.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod copies;

mod corrections;

mod corpus;

mod world;

mod import;
mod meaning;
mod model;

mod sections;
mod standing;

mod desk;

mod search;

mod references;

mod collections;

mod crash;

mod damage;

mod verify;

mod documents;
