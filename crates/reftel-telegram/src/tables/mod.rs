//! Posts, TAGS, captions and the other closed lists.
