//! Overrides that somebody has read.
