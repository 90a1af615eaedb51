//! The pages: each a function from plain values to markup.

pub(crate) mod about;
pub(crate) mod books;
pub(crate) mod browse;
pub(crate) mod failure;
pub(crate) mod home;
pub(crate) mod number;
pub(crate) mod prose;
pub(crate) mod search;
pub(crate) mod telegram;
