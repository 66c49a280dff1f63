//! States of other providers as states of this one.
