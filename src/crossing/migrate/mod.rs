//! A stack of one tool as a stack of the other, secrets included.
