//! The pages: each a function from plain values to markup.

pub(crate) mod about;
pub(crate) mod books;
pub(crate) mod browse;
pub(crate) mod copies;
pub(crate) mod dates;
pub(crate) mod desk;
pub(crate) mod failure;
pub(crate) mod gaps;
pub(crate) mod home;
pub(crate) mod number;
pub(crate) mod picture;
pub(crate) mod prose;
pub(crate) mod search;
pub(crate) mod telegram;
pub(crate) mod thread;
